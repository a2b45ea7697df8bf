import { bodyCursorPages } from '../../atlassian/paginate.ts'
import type { ApiRequest, Reader, Writer } from '../../core/ports.ts'
import { normalEmail } from '../../core/principal.ts'
import { RemoteError } from '../../core/remote-error.ts'
import type { Fields, Json } from '../../core/resource.ts'
import { scimAttributes, type ScimOperation } from './profile.ts'

/** Calls that make and change accounts: SCIM (reference 3.2), Organizations (4.4), User management (5). */

const scimUsers = '/scim/directory/{directoryId}/Users'
const directoryUsers = '/v2/orgs/{orgId}/directories/{directoryId}/users'
const atlassianExtension = 'urn:scim:schemas:extension:atlassian-external:1.0'

interface ScimUser {
  readonly id?: string
  readonly active?: boolean
  readonly [atlassianExtension]?: { readonly atlassianAccountId?: string }
}

const post = (api: ApiRequest['api'], path: string, rest: Partial<ApiRequest> = {}): ApiRequest => ({
  api,
  method: 'POST',
  path,
  // the Organizations API answers 415 to a POST without a JSON body (reference 4.4)
  body: {},
  ...rest,
})

/** The account id, where it is known at once. 409 where the directory has the user. @throws RemoteError */
export async function createScimUser(writer: Writer, email: string, fields: Fields): Promise<string | undefined> {
  const { name, ...attributes } = scimAttributes(fields)
  const body = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: email,
    emails: [{ value: email, type: 'work', primary: true }],
    ...attributes,
    ...(Object.keys(name as Fields).length > 0 && { name: name! }),
  }
  const user = await writer.write<ScimUser | undefined>(post('scim', scimUsers, { body }))
  return user?.[atlassianExtension]?.atlassianAccountId
}

/** @throws RemoteError */
export async function patchScimUser(writer: Writer, userId: string, operations: readonly ScimOperation[]) {
  const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations as Json }
  await writer.write({ api: 'scim', method: 'PATCH', path: `${scimUsers}/{userId}`, params: { userId }, body })
}

/** The record of the identity provider's directory with this user name. @throws RemoteError */
export async function findScimUser(reader: Reader, email: string): Promise<{ readonly id: string } | undefined> {
  const query = { filter: `userName eq ${JSON.stringify(email)}` }
  const page = await reader.read<{ Resources?: readonly ScimUser[] }>({
    api: 'scim',
    method: 'GET',
    path: scimUsers,
    query,
  })
  const id = page.Resources?.[0]?.id
  return id === undefined ? undefined : { id }
}

type Assignment = { readonly status?: string; readonly statusReason?: string }
interface Invitation {
  readonly data?: readonly Invited[]
}
interface Invited {
  readonly email?: string
  readonly id?: string
  readonly results?: readonly {
    readonly roleAssignmentResult?: readonly Assignment[]
    readonly groupAssignmentResult?: readonly Assignment[]
  }[]
}

/** Most addresses of one call (specs, admin-organizations, `InviteUsersRequest`). */
export const invitationsPerCall = 25
const invitePath = '/v2/orgs/{orgId}/users/invite'

/**
 * Invites without a mail, up to `invitationsPerCall` people. Each part has its own status, and neither 200 nor 206 says of
 * anybody that it went well (reference 4.4).
 * @returns by e-mail: the account id, the refusal, or nothing where the answer does not speak of the person.
 * @throws RemoteError
 */
export async function invite(
  writer: Writer,
  emails: readonly string[],
): Promise<ReadonlyMap<string, string | RemoteError>> {
  const body = { emails, sendNotification: false }
  const { data = [] } = (await writer.write<Invitation | undefined>(post('organization', invitePath, { body }))) ?? {}
  return new Map(
    data.flatMap((person): (readonly [string, string | RemoteError])[] => {
      const answer = refusalOf(person) ?? person.id
      return person.email === undefined || answer === undefined ? [] : [[normalEmail(person.email), answer]]
    }),
  )
}

function refusalOf({ results = [] }: Invited): RemoteError | undefined {
  const parts = results.flatMap((each) => [...(each.roleAssignmentResult ?? []), ...(each.groupAssignmentResult ?? [])])
  const failed = parts.find(({ status }) => status === 'ERROR')
  if (!failed) return undefined
  const code = failed.statusReason
  return new RemoteError({
    request: `POST ${invitePath}`,
    ...(code !== undefined && { code }),
    detail: 'the invitation was not carried out',
    effect: 'refused',
  })
}

/** Ids by e-mail, of those who are there. @throws RemoteError, IncompleteReadError */
export async function findAccountIds(reader: Reader, emails: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = await bodyCursorPages<{ readonly accountId: string; readonly email?: string | null }>(
    reader,
    post('organization', `${directoryUsers}/search`, { body: { emails, limit: 100 } }),
  )
  const byEmail = Map.groupBy(found, ({ email }) =>
    email ? normalEmail(email) : emails.length === 1 ? emails[0]! : '',
  )
  return new Map(
    emails.flatMap((email) => {
      const accounts = byEmail.get(email) ?? []
      return accounts.length === 1 ? [[email, accounts[0]!.accountId] as const] : []
    }),
  )
}

/** Access to the apps of this organization only; groups and roles are kept, and no seat is billed. @throws RemoteError */
export async function suspend(writer: Writer, accountId: string): Promise<void> {
  await writer.write(post('organization', `${directoryUsers}/{accountId}/suspend`, { params: { accountId } }))
}

/** @throws RemoteError */
export async function restore(writer: Writer, accountId: string): Promise<void> {
  await writer.write(post('organization', `${directoryUsers}/{accountId}/restore`, { params: { accountId } }))
}

/** Makes somebody an administrator of the organization, or no longer one; up to 30 s until it shows. @throws RemoteError */
export async function setOrganizationRole(writer: Writer, accountId: string, role: string, isGranted: boolean) {
  const path = `/v1/orgs/{orgId}/users/{userId}/role-assignments/${isGranted ? 'assign' : 'revoke'}`
  await writer.write(post('organization', path, { params: { userId: accountId }, body: { role } }))
}
