import type { Unread } from '../core/directory.ts'
import type { ApiRequest, Reader } from '../core/ports.ts'
import { RemoteError } from '../core/remote-error.ts'
import { orUnread } from './directory-defaults.ts'
import { namingPermission } from './jira-permission.ts'
import { offsetPages } from './paginate.ts'

export interface ProjectEntry {
  readonly id: string
  readonly key: string
  readonly name: string
  /** `software`, `business`, `service_desk`, and what may come. */
  readonly type: string
  /** Its roles are its own. */
  readonly teamManaged: boolean
  readonly category?: string
  readonly roles: readonly RoleEntry[] | Unread
}

export interface RoleEntry {
  readonly id: string
  readonly name: string
  readonly actors: readonly ActorEntry[] | Unread
}

/** A role that every company-managed project has. */
export interface SharedRoleEntry {
  readonly id: string
  readonly name: string
  /** Whom a new project gets in this role. Projects that are there do not change with them (reference section 8.3). */
  readonly defaultActors: readonly ActorEntry[]
}

export interface ActorEntry {
  readonly type: 'user' | 'group' | 'unknown'
  /** Account id or group id; empty where Jira does not tell it. */
  readonly id: string
  /** As Jira shows it: for people, and not stable. */
  readonly name: string
}

/** `Project` of a page of project/search (specs, jira-v3). */
interface ProjectRow {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly projectTypeKey?: string
  readonly style?: string
  readonly projectCategory?: { readonly name?: string }
}

/** `ProjectRoleDetails`, and `ProjectRole` with its `RoleActor`s (specs, jira-v3). */
interface RoleRow {
  readonly id: number
  readonly name: string
  /** Only a team-managed project's own role has it. */
  readonly scope?: object
  readonly actors?: readonly ActorRow[]
}

interface ActorRow {
  readonly displayName?: string
  readonly actorUser?: { readonly accountId?: string }
  readonly actorGroup?: { readonly groupId?: string; readonly name?: string }
}

/** One call, for who administers Jira. A site without Jira has none. @throws RemoteError */
export async function readSharedRoles(reader: Reader, site: string): Promise<readonly SharedRoleEntry[]> {
  try {
    const roles = await reader.read<readonly RoleRow[]>({ api: 'jira', method: 'GET', path: '/rest/api/3/role', site })
    return roles
      .filter(({ scope }) => scope === undefined)
      .map(({ id, name, actors }) => ({ id: String(id), name, defaultActors: actorEntries(actors) }))
  } catch (error) {
    if (error instanceof RemoteError && error.status === 404) return []
    throw error
  }
}

/** Every project with every role: 1 call a hundred projects, 1 a project, 1 a role. @throws RemoteError, IncompleteReadError */
export async function readProjects(reader: Reader, site: string): Promise<readonly ProjectEntry[]> {
  const request: ApiRequest = { api: 'jira', method: 'GET', path: '/rest/api/3/project/search', site }
  const query = { maxResults: 100, orderBy: 'key' }
  const rows = await offsetPages<ProjectRow>(reader, { ...request, query }, { nothingIs404: true })
  return Promise.all(
    rows.map(async ({ id, key, name, projectTypeKey, style, projectCategory }) => ({
      id,
      key,
      name,
      type: projectTypeKey ?? 'unknown',
      teamManaged: style === 'next-gen',
      ...(projectCategory?.name !== undefined && { category: projectCategory.name }),
      roles: await named(reader, { site, projectId: id }, () => readRoles(reader, site, id)),
    })),
  )
}

async function readRoles(reader: Reader, site: string, projectId: string): Promise<readonly RoleEntry[]> {
  const params = { projectIdOrKey: projectId }
  const ofProject = { api: 'jira', method: 'GET', site, params } as const
  const path = '/rest/api/3/project/{projectIdOrKey}/roledetails'
  const roles = await reader.read<readonly RoleRow[]>({ ...ofProject, path })
  return Promise.all(
    roles.map(async ({ id, name }) => ({
      id: String(id),
      name,
      actors: await orUnread(() => readActors(reader, { ...ofProject, params: { ...params, id: String(id) } })),
    })),
  )
}

/** What was read, or why not, with the permission that is missing where Jira hides it behind a 404. */
async function named<Value extends object>(
  reader: Reader,
  place: Parameters<typeof namingPermission>[1],
  read: () => Promise<Value>,
): Promise<Value | Unread> {
  const value = await orUnread(read)
  return 'code' in value ? namingPermission(reader, place, value) : value
}

async function readActors(reader: Reader, request: Omit<ApiRequest, 'path'>): Promise<readonly ActorEntry[]> {
  const path = '/rest/api/3/project/{projectIdOrKey}/role/{id}'
  const { actors } = await reader.read<RoleRow>({ ...request, path })
  return actorEntries(actors)
}

const actorEntries = (actors: readonly ActorRow[] = []): ActorEntry[] =>
  actors.map(({ displayName = '', actorUser, actorGroup }): ActorEntry => {
    if (actorUser) return { type: 'user', id: actorUser.accountId ?? '', name: displayName }
    if (actorGroup) return { type: 'group', id: actorGroup.groupId ?? '', name: actorGroup.name ?? displayName }
    return { type: 'unknown', id: '', name: displayName }
  })
