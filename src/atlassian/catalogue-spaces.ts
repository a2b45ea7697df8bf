import type { Unread } from '../core/directory.ts'
import type { ApiRequest, Reader } from '../core/ports.ts'
import { RemoteError } from '../core/remote-error.ts'
import { orUnread } from './directory-defaults.ts'
import { linkPages } from './paginate.ts'

/** Which permission model a site uses (reference 9.2). */
export type SpaceRoleMode = 'PRE_ROLES' | 'ROLES_TRANSITION' | 'ROLES'

export interface SiteSpaces {
  readonly mode: SpaceRoleMode
  readonly roles: readonly SpaceRole[]
  readonly spaces: readonly SpaceEntry[]
}

/** `SpaceRole` (specs, confluence-v2). */
export interface SpaceRole {
  readonly id: string
  readonly name: string
  /** `SYSTEM` or `CUSTOM`. */
  readonly type?: string
  readonly spacePermissions?: readonly string[]
}

export interface SpaceEntry {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly type: string
  readonly status: string
  /** Empty on a site that has roles only. */
  readonly permissions: readonly PermissionEntry[] | Unread
  /** Empty on a site that has no roles. */
  readonly assignments: readonly RoleAssignmentEntry[] | Unread
}

export interface PermissionEntry {
  /** `user`, `group`, `role`, `access-class`, and what may come. */
  readonly principalType: string
  readonly principalId: string
  /** `read/space` */
  readonly permission: string
}

export interface RoleAssignmentEntry {
  /** `user`, `group`, `access_class`, and what may come. */
  readonly principalType: string
  readonly principalId: string
  readonly roleId: string
}

/** `SpaceBulk`, `SpacePermissionAssignment` and `SpaceRoleAssignment` (specs, confluence-v2). */
type SpaceRow = Pick<SpaceEntry, 'id' | 'key'> & Partial<Pick<SpaceEntry, 'name' | 'type' | 'status'>>
interface PermissionRow {
  readonly principal?: { readonly type?: string; readonly id?: string }
  readonly operation?: { readonly key?: string; readonly targetType?: string }
}
interface AssignmentRow {
  readonly principal?: { readonly principalType?: string; readonly principalId?: string }
  readonly roleId: string
}

const limit = 250

/** Every space with its access: 1 call a 250 rows of each list. @throws RemoteError, IncompleteReadError */
export async function readSpaces(reader: Reader, site: string): Promise<SiteSpaces> {
  const said = await orMissing(readMode(reader, site))
  const [found, rows] = await Promise.all([
    said === 'PRE_ROLES' ? undefined : orMissing(linkPages<SpaceRole>(reader, get(site, '/space-roles'))),
    linkPages<SpaceRow>(reader, get(site, '/spaces')),
  ])
  // a site may say that it has roles and answer 404 for them, or have them and answer 404 for its mode (reference 9.2)
  const [mode, roles] = found === undefined ? (['PRE_ROLES', []] as const) : [said ?? 'ROLES_TRANSITION', found]
  const spaces = rows.map(async ({ id, key, name, type, status }): Promise<SpaceEntry> => {
    const [permissions, assignments] = await Promise.all([
      mode === 'ROLES' ? [] : orUnread(() => readPermissions(reader, site, id)),
      mode === 'PRE_ROLES' ? [] : orUnread(() => readAssignments(reader, site, id)),
    ])
    const shown = { name: name ?? key, type: type ?? 'unknown', status: status ?? 'unknown' }
    return { id: String(id), key, ...shown, permissions, assignments }
  })
  return { mode, roles, spaces: await Promise.all(spaces) }
}

async function readMode(reader: Reader, site: string): Promise<SpaceRoleMode> {
  const path = '/wiki/api/v2/space-role-mode'
  return (await reader.read<{ mode: SpaceRoleMode }>({ api: 'confluence', method: 'GET', path, site })).mode
}

/** Undefined where the site does not know the question. */
async function orMissing<Value>(answer: Promise<Value>): Promise<Value | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof RemoteError && error.status === 404) return undefined
    throw error
  }
}

async function readPermissions(reader: Reader, site: string, id: string): Promise<readonly PermissionEntry[]> {
  const rows = await linkPages<PermissionRow>(reader, { ...get(site, '/spaces/{id}/permissions'), params: { id } })
  return rows.map(({ principal, operation }) => ({
    principalType: principal?.type ?? 'unknown',
    principalId: principal?.id ?? '',
    permission: `${operation?.key ?? 'unknown'}/${operation?.targetType ?? 'unknown'}`,
  }))
}

async function readAssignments(reader: Reader, site: string, id: string): Promise<readonly RoleAssignmentEntry[]> {
  const rows = await linkPages<AssignmentRow>(reader, { ...get(site, '/spaces/{id}/role-assignments'), params: { id } })
  return rows.map(({ principal, roleId }) => ({
    principalType: principal?.principalType?.toLowerCase() ?? 'unknown',
    principalId: principal?.principalId ?? '',
    roleId,
  }))
}

const get = (site: string, path: string): ApiRequest => ({
  api: 'confluence',
  method: 'GET',
  path: `/wiki/api/v2${path}`,
  site,
  query: { limit },
})
