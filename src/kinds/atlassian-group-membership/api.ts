import type { Writer } from '../../core/ports.ts'

/** Calls of the Organizations API (reference section 4.5; `admin-organizations.openapi.json`). */

export interface Membership {
  readonly groupId: string
  readonly accountId: string
}

const memberships = '/v2/orgs/{orgId}/directories/{directoryId}/groups/{groupId}/memberships'

/** 204. 409 means "already a member" or "no seat left", told apart by reading alone; 404 also an account nobody invited. @throws RemoteError */
export async function addMember(writer: Writer, { groupId, accountId }: Membership): Promise<void> {
  await writer.write({
    api: 'organization',
    method: 'POST',
    path: memberships,
    params: { groupId },
    body: { accountId },
  })
}

/** 204. 404 where the account is no member. @throws RemoteError */
export async function removeMember(writer: Writer, membership: Membership): Promise<void> {
  await writer.write({
    api: 'organization',
    method: 'DELETE',
    path: `${memberships}/{accountId}`,
    params: { ...membership },
  })
}

const scimGroup = '/scim/directory/{directoryId}/Groups/{id}'

/**
 * Adds or removes many members of a group of the SCIM directory in one call, by the ids of their records there. The form of
 * a removal is the one that identity providers send; Atlassian documents none (reference 3.3).
 * @returns the ids of the records that are in the group now, undefined where the answer does not say. @throws RemoteError
 */
export async function patchMembers(
  writer: Writer,
  groupId: string,
  { op, userIds }: { readonly op: 'add' | 'remove'; readonly userIds: readonly string[] },
): Promise<ReadonlySet<string> | undefined> {
  const operation = { op, path: 'members', value: userIds.map((value) => ({ value })) }
  const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [operation] }
  const group = await writer.write<{ readonly members?: readonly { readonly value: string }[] } | undefined>({
    api: 'scim',
    method: 'PATCH',
    path: scimGroup,
    params: { id: groupId },
    body,
  })
  return group?.members && new Set(group.members.map(({ value }) => value))
}
