import { appsOf, resourceAri } from './world-apps.ts'
import type { Account, Site, Space, SpaceAccess, SpacePrincipal, WorldState } from './world-state.ts'

type Confluence = NonNullable<Site['confluence']>

/** Platform roles that may do everything on a site (Organizations API, roles of a user). */
const adminRoles = ['atlassian/org-admin', 'atlassian/site-admin']

export function isSiteAdmin({ platformRoles }: Account): boolean {
  return adminRoles.some((role) => platformRoles.has(role))
}

/** What an account may do in a space (`read/space` and so on): by itself, by its groups and by access classes. */
export function spacePermissionsOf(
  state: WorldState,
  { site, confluence, space }: { readonly site: Site; readonly confluence: Confluence; readonly space: Space },
  account: Account,
): Set<string> {
  const apps = appsOf(state, account.accountId)
  const roles = apps.get(resourceAri(site, 'confluence'))?.roles ?? new Set()
  const classes: Readonly<Record<string, boolean>> = {
    'anonymous-users': true,
    'authenticated-users': true,
    'all-licensed-users': roles.size > 0,
    'all-product-admins': roles.has('atlassian/admin'),
  }
  const concerns = ({ type, id }: SpacePrincipal): boolean => {
    if (type === 'user') return id === account.accountId
    return type === 'group' ? state.groups.get(id)?.members.has(account.accountId) === true : classes[id] === true
  }
  const held = [...space.access.values()].filter(({ principal }) => concerns(principal))
  return new Set(held.flatMap((access) => givenBy(confluence, access)))
}

/** The permissions of one entry, whether it is a role or custom access. */
export function givenBy({ roles }: Confluence, { roleId, permissions }: SpaceAccess): readonly string[] {
  return roleId === undefined ? [...permissions.keys()] : (roles.get(roleId)?.permissions ?? [])
}
