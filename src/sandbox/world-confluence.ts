import { Refusal } from './refusal.ts'
import type { Site, Space, SpaceAccess, SpacePrincipal, WorldState } from './world-state.ts'

type Confluence = NonNullable<Site['confluence']>

/**
 * Writing one of these makes the server write the others too, and removing it removes them. That companions exist was
 * measured (folio-sec/terraform-provider-atlassian, principal_permissions_resource.go); which ones is a choice of ours.
 */
const companions: Readonly<Record<string, readonly string[]>> = {
  'create/page': ['update/page'],
  'create/comment': ['create/attachment'],
  'update/blogpost': ['create/blogpost'],
  'administer/space': ['manage_content/space', 'manage_users/space', 'manage_templates/space'],
}

export function principalKey({ type, id }: SpacePrincipal): string {
  return `${type}:${id}`
}

/** @throws Refusal */
export function spaceByKey(confluence: Confluence, key: string): Space {
  const space = [...confluence.spaces.values()].find((candidate) => candidate.key === key)
  if (space) return space
  throw new Refusal('not-found', 'space', `No space with key : ${key}`)
}

/**
 * Grants one permission and returns the id of its row. `read/space` comes first; a role and single permissions exclude
 * each other. @throws Refusal
 */
export function grantPermission(
  state: WorldState,
  { confluence, space }: { confluence: Confluence; space: Space },
  principal: SpacePrincipal,
  permission: string,
): number {
  const access = space.access.get(principalKey(principal)) ?? { principal, permissions: new Map<string, number>() }
  refuseGrant(confluence, access, permission)
  space.access.set(principalKey(principal), access)
  const id = state.nextPermissionId++
  access.permissions.set(permission, id)
  for (const companion of companionsOf(confluence, permission)) {
    if (!access.permissions.has(companion)) access.permissions.set(companion, state.nextPermissionId++)
  }
  return id
}

function refuseGrant(confluence: Confluence, access: SpaceAccess, permission: string): void {
  if (confluence.mode === 'ROLES') throw new Refusal('invalid', 'mode', 'this site grants access by space roles only')
  if (access.roleId !== undefined) throw new Refusal('invalid', 'role', 'the subject has a space role in this space')
  if (access.permissions.has(permission)) throw new Refusal('already-exists', 'permission', 'Permission already exists')
  if (permission !== 'read/space' && !access.permissions.has('read/space')) {
    throw new Refusal('invalid', 'read/space', 'The subject must have the read space permission first')
  }
}

/** Removing `read/space` removes everything that the subject has in the space. @throws Refusal */
export function revokePermission({ confluence, space }: { confluence: Confluence; space: Space }, id: number): void {
  for (const access of space.access.values()) {
    const permission = [...access.permissions].find(([, rowId]) => rowId === id)?.[0]
    if (permission === undefined) continue
    const gone =
      permission === 'read/space'
        ? [...access.permissions.keys()]
        : [permission, ...companionsOf(confluence, permission)]
    if (gone.includes('administer/space')) requireOtherAdmin(confluence, space, access)
    for (const name of gone) access.permissions.delete(name)
    if (access.permissions.size === 0) space.access.delete(principalKey(access.principal))
    return
  }
  throw new Refusal('not-found', 'permission', `no permission with id ${id} in the space ${space.key}`)
}

function companionsOf({ companionPermissions }: Confluence, permission: string): readonly string[] {
  return companionPermissions ? (companions[permission] ?? []) : []
}

/** One entry of a role-assignments call that gives a role. @throws Refusal */
export function assignRole(confluence: Confluence, space: Space, principal: SpacePrincipal, roleId: string): void {
  const access = space.access.get(principalKey(principal))
  const role = confluence.roles.get(roleId)
  if (!role) throw new Refusal('invalid', 'role', `no space role ${roleId}`)
  if (access && access.permissions.size > 0) {
    throw new Refusal('invalid', 'custom access', 'the principal has custom access in this space')
  }
  const loses = access && isAdmin(confluence, access) && !role.permissions.includes('administer/space')
  if (loses) requireOtherAdmin(confluence, space, access)
  space.access.set(principalKey(principal), { principal, roleId, permissions: new Map() })
}

/** One entry of a role-assignments call that names no role: the principal's is taken. @throws Refusal */
export function unassignRole(confluence: Confluence, space: Space, principal: SpacePrincipal): void {
  const access = space.access.get(principalKey(principal))
  if (access?.roleId === undefined) return
  if (isAdmin(confluence, access)) requireOtherAdmin(confluence, space, access)
  space.access.delete(principalKey(principal))
}

function isAdmin(confluence: Confluence, { roleId, permissions }: SpaceAccess): boolean {
  if (permissions.has('administer/space')) return true
  return roleId !== undefined && confluence.roles.get(roleId)?.permissions.includes('administer/space') === true
}

function requireOtherAdmin(confluence: Confluence, space: Space, access: SpaceAccess): void {
  const others = [...space.access.values()].filter((other) => other !== access && isAdmin(confluence, other))
  if (others.length > 0) return
  throw new Refusal('invalid', 'last admin', 'All of the admin permissions cannot be removed from a space')
}
