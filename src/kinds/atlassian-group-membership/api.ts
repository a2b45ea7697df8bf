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
