import { bodyCursorPages, loneCursorPages, queryCursorPages } from '../../atlassian/paginate.ts'
import type { Reader, Writer } from '../../core/ports.ts'
import { normalName } from '../../core/principal.ts'
import { cloudIdOf, type App } from './app-role.ts'

/** Calls of the Organizations API (reference section 4.5; `admin-organizations.openapi.json`). */

const groups = '/v2/orgs/{orgId}/directories/{directoryId}/groups'

interface GroupBean {
  readonly id: string
  readonly name: string
}

/** 201 without a body: the id has to be looked up. 409 where the name is taken. @throws RemoteError */
export async function createGroup(writer: Writer, group: { readonly name: string; readonly description?: string }) {
  await writer.write({ api: 'organization', method: 'POST', path: groups, body: { ...group } })
}

/** 204. 403 `ADMIN-403-6` and `-7` for default and administrators groups. @throws RemoteError */
export async function deleteGroup(writer: Writer, groupId: string): Promise<void> {
  await writer.write({ api: 'organization', method: 'DELETE', path: `${groups}/{groupId}`, params: { groupId } })
}

/** Ids of the groups of that name; the search compares whole names without case. @throws RemoteError, IncompleteReadError */
export async function groupIdsNamed(reader: Reader, name: string): Promise<readonly string[]> {
  const found = await bodyCursorPages<GroupBean>(reader, {
    api: 'organization',
    method: 'POST',
    path: `${groups}/search`,
    body: { groupNames: [name], limit: 100 },
  })
  return found.filter((each) => normalName(each.name) === normalName(name)).map(({ id }) => id)
}

const scimGroups = '/scim/directory/{directoryId}/Groups'

/**
 * 201 with a record, and the group follows later. A name of a default or built-in group answers 201 too, and no group
 * follows (reference 3.3). 409 where the name is taken. @throws RemoteError
 */
export async function createScimGroup(writer: Writer, displayName: string): Promise<void> {
  const body = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName, members: [] }
  await writer.write({ api: 'scim', method: 'POST', path: scimGroups, body })
}

/** 204. Takes the group and all that it gives. @throws RemoteError */
export async function deleteScimGroup(writer: Writer, id: string): Promise<void> {
  await writer.write({ api: 'scim', method: 'DELETE', path: `${scimGroups}/{id}`, params: { id } })
}

interface Workspace {
  readonly id: string
  readonly attributes?: { readonly typeKey?: string; readonly type?: string; readonly hostUrl?: string }
}

/** The apps of all sites: ceil(apps / 1000) calls. @throws RemoteError, IncompleteReadError */
export async function readApps(reader: Reader): Promise<readonly App[]> {
  const request = { api: 'organization', method: 'POST', path: '/v2/orgs/{orgId}/workspaces' } as const
  const workspaces = await loneCursorPages<Workspace>(reader, { ...request, body: { limit: 1000 } })
  return workspaces.flatMap(({ id, attributes }) => {
    const [cloudId, product] = [cloudIdOf(id), attributes?.typeKey ?? attributes?.type]
    if (cloudId === undefined || product === undefined || attributes?.hostUrl === undefined) return []
    return [{ product, cloudId, siteUrl: attributes.hostUrl.replace(/\/$/, '') }]
  })
}

interface RoleAssignment {
  readonly resourceId: string
  readonly resourceOwner?: string
  readonly roles?: readonly string[]
  readonly defaultRole?: string | null
}

/** What a group gives in which app. @throws RemoteError, IncompleteReadError */
export function readRoleAssignments(reader: Reader, groupId: string): Promise<RoleAssignment[]> {
  const path = `${groups}/{groupId}/role-assignments`
  return queryCursorPages(reader, {
    api: 'organization',
    method: 'GET',
    path,
    params: { groupId },
    query: { limit: 100 },
  })
}

/** 200 and 204; 409 where the members are more than the seats that are left. @throws RemoteError */
export async function setRoleAssignment(
  writer: Writer,
  groupId: string,
  { resourceId, role, isGranted }: { resourceId: string; role: string; isGranted: boolean },
): Promise<void> {
  const path = `${groups}/{groupId}/role-assignments/${isGranted ? 'assign' : 'revoke'}`
  const body = { resourceId, roleId: role }
  await writer.write({ api: 'organization', method: 'POST', path, params: { groupId }, body })
}
