import { namingPermission } from '../../atlassian/jira-permission.ts'
import { offsetPages, unreadOf } from '../../atlassian/paginate.ts'
import type { Unread } from '../../core/directory.ts'
import type { ApiRequest, Reader, Writer } from '../../core/ports.ts'

/** Calls of the Jira Cloud platform REST API v3 (`jira-v3.openapi.json`; reference section 8.3). */

export interface ProjectRef {
  readonly site: string
  readonly projectId: string
}

export interface RoleRef extends ProjectRef {
  readonly projectKey: string
  readonly roleId: string
}

/** `PageBeanProject` item, as far as it is used. */
export interface ProjectBean {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly projectTypeKey: string
  /** `next-gen` is team-managed: its roles are its own. */
  readonly style?: string
  readonly projectCategory?: { readonly name: string }
}

/** `ProjectRole` and `ProjectRoleDetails`: a role without `scope` is global. */
export interface RoleBean {
  readonly id: number
  readonly name: string
  /** It administers the project. Not every list says so. */
  readonly admin?: boolean
  readonly scope?: { readonly type?: string }
}

/** `RoleActor`. `name` and `displayName` are not stable; the ids are. App users are user actors. */
export interface ActorBean {
  readonly type: string
  readonly displayName?: string
  readonly actorUser?: { readonly accountId: string }
  readonly actorGroup?: { readonly groupId: string; readonly name?: string }
}

export const keysPerSearch = 50
const rolePath = '/rest/api/3/project/{projectIdOrKey}/role/{id}'

export interface ProjectSearch {
  /** At most 50. Default: all. */
  readonly keys?: readonly string[]
  /** Default: `live`. */
  readonly status?: 'archived'
}

/** Projects that the credential can see. */
export async function searchProjects(
  reader: Reader,
  site: string,
  { keys, status }: ProjectSearch = {},
): Promise<ProjectBean[]> {
  const path = '/rest/api/3/project/search'
  const query = { maxResults: 100, ...(keys && { keys }), ...(status && { status }) }
  return offsetPages<ProjectBean>(reader, { api: 'jira', method: 'GET', path, site, query }, { nothingIs404: true })
}

/** Roles that every company-managed project has. Needs Administer Jira. */
export async function globalRoles(reader: Reader, site: string): Promise<RoleBean[]> {
  const roles = await reader.read<readonly RoleBean[]>({ api: 'jira', method: 'GET', path: '/rest/api/3/role', site })
  return roles.filter(({ scope }) => scope === undefined)
}

/** The roles of one project, or why they are not known. */
export async function projectRoles(
  reader: Reader,
  { site, projectId }: ProjectRef,
): Promise<readonly RoleBean[] | Unread> {
  const path = '/rest/api/3/project/{projectIdOrKey}/roledetails'
  try {
    return await reader.read({ api: 'jira', method: 'GET', path, params: { projectIdOrKey: projectId }, site })
  } catch (error) {
    return namingPermission(reader, { site, projectId }, unreadOf(error))
  }
}

/** Everybody who holds the role in the project, or why it is not known. */
export async function readActors(reader: Reader, role: RoleRef): Promise<readonly ActorBean[] | Unread> {
  try {
    const { actors } = await reader.read<{ readonly actors?: readonly ActorBean[] }>(roleRequest('GET', role))
    if (actors) return actors
    return { code: 'INCOMPLETE', message: 'the role was answered without its actors', request: `GET ${rolePath}` }
  } catch (error) {
    return namingPermission(reader, role, unreadOf(error))
  }
}

/** One kind of actor a call: whether users and groups may come together is not documented. @throws RemoteError */
export const addActors = (
  writer: Writer,
  role: RoleRef,
  actors: { readonly user: readonly string[] } | { readonly groupId: readonly string[] },
): Promise<unknown> => writer.write({ ...roleRequest('POST', role), body: actors })

/** @throws RemoteError */
export const removeActor = (
  writer: Writer,
  role: RoleRef,
  actor: { readonly user: string } | { readonly groupId: string },
): Promise<unknown> => writer.write({ ...roleRequest('DELETE', role), query: actor })

const roleRequest = (method: ApiRequest['method'], { site, projectId, roleId }: RoleRef): ApiRequest => ({
  api: 'jira',
  method,
  path: rolePath,
  params: { projectIdOrKey: projectId, id: roleId },
  site,
})
