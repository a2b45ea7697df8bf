import type { Change } from '../../core/change.ts'
import type { Directory } from '../../core/directory.ts'
import { principalKey, type Principal } from '../../core/principal.ts'
import type { Resource, Scope } from '../../core/resource.ts'
import { accountHolder, groupHolder, type Holder } from '../principals.ts'
import type { PermissionBean, RoleAssignmentBean, SpaceBean, SpaceRef, SpaceRoleBean } from './api.ts'
import { administerSpace, isWritable } from './permissions.ts'

/**
 * Of a holder in a space: a role, or single permissions ("custom access"), never both (reference section 9.2).
 */
export type AccessFields = { readonly role: string } | { readonly permissions: readonly string[] }
export type SpaceScope = Scope<SpaceRef>
/** `replaces`: the manifest lets this take the place of custom access. */
export type Access = Resource<SpaceRef & { readonly holder: Principal; readonly replaces: boolean }, AccessFields>

/** What a space shows of its access. What the site's mode does not have is empty. */
export interface SpaceRows {
  readonly assignments: readonly RoleAssignmentBean[]
  readonly permissions: readonly PermissionBean[]
}

export const spaceScope = (site: string, { id, key }: SpaceBean): SpaceScope => ({
  kind: 'ConfluenceSpaceGrant',
  key: `${site}/${id}`,
  ref: { site, spaceId: id, spaceKey: key },
  title: `Confluence space ${key}`,
  keepPeople: { minimum: 1, what: `space admin of ${key}` },
})

export interface Grant {
  readonly fields: AccessFields
  /** It lets its holder administer the space. */
  readonly administers: boolean
  /** The role's name: its id says nothing to people. */
  readonly notes?: readonly string[]
}

export const roleGrant = ({ id, name, spacePermissions }: SpaceRoleBean): Grant => ({
  fields: { role: id },
  administers: spacePermissions?.includes(administerSpace) ?? false,
  notes: [`role ${name}`],
})

export const permissionGrant = (permissions: readonly string[]): Grant => ({
  fields: { permissions: [...new Set(permissions)].toSorted() },
  administers: permissions.includes(administerSpace),
})

export function access(scope: SpaceScope, { principal, title, keep }: Holder, grant: Grant, replaces = false): Access {
  return {
    scope,
    key: principalKey(principal),
    ref: { ...scope.ref, holder: principal, replaces },
    fields: grant.fields,
    title,
    principal,
    ...(keep !== undefined && { keep }),
    ...(grant.administers && principal.type !== 'class' && { counts: true }),
    ...(grant.notes && { notes: grant.notes }),
  }
}

/** Everybody's access to a space, one resource for each holder. */
export function observedAccess(
  scope: SpaceScope,
  rows: SpaceRows,
  { roles, directory }: { readonly roles: readonly SpaceRoleBean[]; readonly directory: Directory },
): Access[] {
  const found = new Map<string, Access>()
  for (const { principal, roleId } of rows.assignments) {
    const role = roles.find(({ id }) => id === roleId) ?? { id: roleId, name: roleId }
    const each = access(
      scope,
      observedHolder(principal.principalType, principal.principalId, directory),
      roleGrant(role),
    )
    found.set(each.key, each)
  }
  for (const own of byPrincipal(rows.permissions)) {
    const { type, id } = own[0]!.principal
    const each = access(scope, ...customAccess(observedHolder(type, id, directory), own.map(pairOf)))
    // rows that follow from a role are shown here as well on some sites
    if (!found.has(each.key)) found.set(each.key, each)
  }
  return [...found.values()]
}

/** What Roster cannot write is not compared; who has nothing else is left alone. */
function customAccess(holder: Holder, pairs: readonly string[]): readonly [Holder, Grant] {
  const [known, unknown] = [pairs.filter(isWritable), pairs.filter((pair) => !isWritable(pair))]
  const grant = permissionGrant(known)
  if (unknown.length === 0) return [holder, grant]
  const notes = [`also ${unknown.toSorted().join(', ')}, unknown to Roster: kept while they may read the space`]
  const keep = holder.keep ?? (known.length === 0 ? 'has only permissions that Roster does not know' : undefined)
  return [
    { ...holder, ...(keep !== undefined && { keep }) },
    { ...grant, notes },
  ]
}

export const pairOf = ({ operation }: PermissionBean): string => `${operation.key}/${operation.targetType}`

/** A `role` as principal says what the role may do, and gives nobody access. */
function byPrincipal(rows: readonly PermissionBean[]): Iterable<readonly PermissionBean[]> {
  const ofPeople = rows.filter(({ principal }) => principal.type.toLowerCase() !== 'role')
  return Map.groupBy(ofPeople, ({ principal }) => `${principal.type}:${principal.id}`).values()
}

/** v2 writes types small in permissions and large in role assignments. New ones may come at any time. */
function observedHolder(type: string, id: string, directory: Directory): Holder {
  const kind = type.toLowerCase().replace('_', '-')
  if (kind === 'group') return groupHolder(id, undefined, directory)
  if (kind === 'user' && id !== 'anonymous') return accountHolder(id, directory)
  if (kind === 'user') return classHolder('anonymous-users', 'access class')
  return kind === 'access-class'
    ? classHolder(id, 'access class')
    : classHolder(`${kind}:${id}`, `principal of unknown type ${type}`)
}

const classHolder = (id: string, keep: string): Holder => ({ principal: { type: 'class', id }, title: id, keep })

/** On a site in transition a holder has a role or custom access; the one never becomes the other by the way. */
export function conversion(change: Change<Access>): string | undefined {
  if (change.action !== 'update') return undefined
  const { before, after } = change
  if ('role' in before.fields === 'role' in after.fields) return undefined
  if ('role' in before.fields) return 'has a role, which excludes custom access: grant a role or a level instead'
  return after.ref.replaces ? undefined : 'has custom access: set adoptCustomAccess to replace it'
}
