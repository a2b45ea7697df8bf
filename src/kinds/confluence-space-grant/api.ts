import { linkPages } from '../../atlassian/paginate.ts'
import type { ApiRequest, Reader, Writer } from '../../core/ports.ts'
import { RemoteError } from '../../core/remote-error.ts'
import type { Json } from '../../core/resource.ts'

/** Calls of Confluence Cloud: v2 for reading and roles, v1 for writing single permissions (reference section 9). */

/** Which permission model a site uses (`space-role-mode`). */
export type RoleMode = 'PRE_ROLES' | 'ROLES_TRANSITION' | 'ROLES'

export interface SpaceRef {
  readonly site: string
  readonly spaceId: string
  /** For people and for delegations; calls take the id. */
  readonly spaceKey: string
}

/** `SpaceBulk`. Answers carry ids as strings, whatever the file says. */
export interface SpaceBean {
  readonly id: string
  readonly key: string
  readonly name?: string
  readonly type?: string
  readonly status?: string
}

/** `SpaceRole`. Ids differ from site to site. */
export interface SpaceRoleBean {
  readonly id: string
  readonly name: string
  /** `SYSTEM` or `CUSTOM`. */
  readonly type?: string
  readonly spacePermissions?: readonly string[]
}

/** `SpaceRoleAssignment`. Principal types: `USER`, `GROUP`, `ACCESS_CLASS`, and any that come later. */
export interface RoleAssignmentBean {
  readonly principal: { readonly principalType: string; readonly principalId: string }
  readonly roleId: string
}

/** `SpacePermissionAssignment`. `access-class` is returned as a principal type though the file does not say so. */
export interface PermissionBean {
  /** What the v1 DELETE takes. */
  readonly id: string
  readonly principal: { readonly type: string; readonly id: string }
  readonly operation: { readonly key: string; readonly targetType: string }
}

export const spacesPerPage = 250
const limit = 250

const get = (site: string, path: string, query: NonNullable<ApiRequest['query']> = {}): ApiRequest => ({
  api: 'confluence',
  method: 'GET',
  path: `/wiki/api/v2${path}`,
  site,
  query,
})

const ofSpace = ({ site, spaceId }: SpaceRef, path: string): ApiRequest => ({
  ...get(site, path, { limit }),
  params: { id: spaceId },
})

/** Undefined where the site does not know the question; its list of roles tells then whether it is older than roles. */
export async function readMode(reader: Reader, site: string): Promise<RoleMode | undefined> {
  const answer = await orUndefined(reader.read<{ readonly mode: RoleMode }>(get(site, '/space-role-mode')))
  return answer?.mode
}

/** Undefined where the site says 404: it has no roles, even if its mode says so (reference section 9.2). */
export const readRoles = (reader: Reader, site: string): Promise<SpaceRoleBean[] | undefined> =>
  orUndefined(linkPages<SpaceRoleBean>(reader, get(site, '/space-roles', { limit })))

/** Spaces that the credential can see: those with these keys (at most 250), or all. */
export const searchSpaces = (reader: Reader, site: string, keys?: readonly string[]): Promise<SpaceBean[]> =>
  linkPages<SpaceBean>(reader, get(site, '/spaces', { limit, ...(keys && { keys: keys.join(',') }) }))

export const readPermissions = (reader: Reader, space: SpaceRef): Promise<PermissionBean[]> =>
  linkPages<PermissionBean>(reader, ofSpace(space, '/spaces/{id}/permissions'))

export const readRoleAssignments = (reader: Reader, space: SpaceRef): Promise<RoleAssignmentBean[]> =>
  linkPages<RoleAssignmentBean>(reader, ofSpace(space, '/spaces/{id}/role-assignments'))

/** The key that the space has now: keys can be changed and reused, and v1 writes go by key. */
export async function readSpaceKey(reader: Reader, { site, spaceId }: SpaceRef): Promise<string> {
  const space = await reader.read<SpaceBean>({ ...get(site, '/spaces/{id}'), params: { id: spaceId } })
  return space.key
}

export interface RoleEntry {
  readonly principalType: 'USER' | 'GROUP'
  readonly principalId: string
  /** Left out: the assignment of this principal is removed. Other principals stay as they are. */
  readonly roleId?: string
}

/** All entries or none. @throws RemoteError */
export async function setRoleAssignments(
  writer: Writer,
  { site, spaceId }: SpaceRef,
  entries: readonly RoleEntry[],
): Promise<void> {
  const body: Json = entries.map(({ principalType, principalId, roleId }) => ({
    principal: { principalType, principalId },
    ...(roleId !== undefined && { roleId }),
  }))
  const path = '/wiki/api/v2/spaces/{id}/role-assignments'
  await writer.write({ api: 'confluence', method: 'POST', path, params: { id: spaceId }, site, body })
}

export interface PermissionSubject {
  readonly type: 'user' | 'group'
  /** Account id or group id. */
  readonly identifier: string
}

/** `pair` is `key/target`. @throws RemoteError */
export async function addPermission(
  writer: Writer,
  { site, spaceKey }: { readonly site: string; readonly spaceKey: string },
  { type, identifier }: PermissionSubject,
  pair: string,
): Promise<void> {
  const [key = '', target = ''] = pair.split('/')
  const path = '/wiki/rest/api/space/{spaceKey}/permission'
  const body = { subject: { type, identifier }, operation: { key, target } }
  await writer.write({ api: 'confluence', method: 'POST', path, params: { spaceKey }, site, body })
}

/** @throws RemoteError */
export async function removePermission(
  writer: Writer,
  { site, spaceKey }: { readonly site: string; readonly spaceKey: string },
  id: string,
): Promise<void> {
  const path = '/wiki/rest/api/space/{spaceKey}/permission/{id}'
  await writer.write({ api: 'confluence', method: 'DELETE', path, params: { spaceKey, id }, site })
}

async function orUndefined<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof RemoteError && error.status === 404) return undefined
    throw error
  }
}
