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
  readonly data?: readonly {
    readonly email?: string
    readonly id?: string
    readonly results?: readonly {
      readonly roleAssignmentResult?: readonly Assignment[]
      readonly groupAssignmentResult?: readonly Assignment[]
    }[]
  }[]
}

/**
 * Invites without a mail. Each part has its own status, and 200 does not mean that all went well (reference 4.4).
 * @returns the account id, where the answer has it. @throws RemoteError
 */
export async function invite(writer: Writer, email: string): Promise<string | undefined> {
  const request = post('organization', '/v2/orgs/{orgId}/users/invite', {
    body: { emails: [email], sendNotification: false },
  })
  const { data = [] } = (await writer.write<Invitation | undefined>(request)) ?? {}
  const person = data.find((each) => each.email !== undefined && normalEmail(each.email) === email)
  const parts = person?.results?.flatMap((each) => [
    ...(each.roleAssignmentResult ?? []),
    ...(each.groupAssignmentResult ?? []),
  ])
  const failed = parts?.find(({ status }) => status === 'ERROR')
  if (failed) {
    const code = failed.statusReason
    throw new RemoteError({
      request: `POST ${request.path}`,
      ...(code !== undefined && { code }),
      detail: 'the invitation was not carried out',
      effect: 'refused',
    })
  }
  return person?.id
}

/** @throws RemoteError, IncompleteReadError */
export async function findAccountId(reader: Reader, email: string): Promise<string | undefined> {
  const found = await bodyCursorPages<{ readonly accountId: string }>(
    reader,
    post('organization', `${directoryUsers}/search`, { body: { emails: [email], limit: 100 } }),
  )
  return found.length === 1 ? found[0]!.accountId : undefined
}

/** Access to the apps of this organization only; groups and roles are kept, and no seat is billed. @throws RemoteError */
export async function suspend(writer: Writer, accountId: string): Promise<void> {
  await writer.write(post('organization', `${directoryUsers}/{accountId}/suspend`, { params: { accountId } }))
}

/** @throws RemoteError */
export async function restore(writer: Writer, accountId: string): Promise<void> {
  await writer.write(post('organization', `${directoryUsers}/{accountId}/restore`, { params: { accountId } }))
}

/** Blocks the account everywhere; managed accounts only, and refused where SCIM owns it. @throws RemoteError */
export async function disable(writer: Writer, accountId: string): Promise<void> {
  // a body is required here and not described for `enable`
  await writer.write({ ...lifecycle('disable', accountId), body: {} })
}

/** @throws RemoteError */
export async function enable(writer: Writer, accountId: string): Promise<void> {
  await writer.write(lifecycle('enable', accountId))
}

const lifecycle = (verb: 'disable' | 'enable', accountId: string): ApiRequest => ({
  api: 'user-management',
  method: 'POST',
  path: `/users/{account_id}/manage/lifecycle/${verb}`,
  params: { account_id: accountId },
})
