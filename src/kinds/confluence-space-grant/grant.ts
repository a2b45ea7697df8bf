import type { Diagnostic } from '../../core/diagnostic.ts'
import { didYouMean } from '../../core/schema.ts'
import { permissionGrant, roleGrant, type Grant } from './access.ts'
import type { SpaceRoleBean } from './api.ts'
import type { SiteCatalogue } from './catalogue.ts'
import { permissionsOfLevel, roleOfLevel, withReadSpace } from './permissions.ts'
import type { ConfluenceSpaceGrantSpec } from './schema.ts'

type Granted = { readonly grant: Grant } | { readonly problem: Diagnostic }
type Wanted = Pick<ConfluenceSpaceGrantSpec, 'level' | 'role' | 'permissions'>
type Site = Pick<SiteCatalogue, 'mode' | 'roles'>

/** What a level, a role or permissions mean in the permission model of the site. Exactly one of the three is set. */
export function grantOf({ level, role, permissions }: Wanted, { mode, roles }: Site): Granted {
  if (permissions !== undefined) {
    if (mode !== 'ROLES') return { grant: permissionGrant(withReadSpace(permissions)) }
    return mistake('WRONG_MODE', 'the site grants access by role only, not by single permissions', 'permissions')
  }
  if (level !== undefined) {
    if (mode === 'PRE_ROLES') return { grant: permissionGrant(permissionsOfLevel[level]) }
    return byName(roleOfLevel[level], roles, 'level')
  }
  if (mode === 'PRE_ROLES')
    return mistake('WRONG_MODE', 'the site has no space roles: use level or permissions', 'role')
  return byName(role ?? '', roles, 'role')
}

function byName(name: string, roles: readonly SpaceRoleBean[], field: 'level' | 'role'): Granted {
  const found = roles.filter((each) => each.name === name)
  // a level means a role of Atlassian, even where somebody made one of the same name
  const role = found.find(({ type }) => type === 'SYSTEM') ?? found[0]
  if (role) return { grant: roleGrant(role) }
  const names = roles.map((each) => each.name)
  return mistake('UNKNOWN_ROLE', `the site has no space role "${name}"`, field, didYouMean(name, names))
}

const mistake = (code: Diagnostic['code'], message: string, field: string, hint: { hint?: string } = {}): Granted => ({
  problem: { code, severity: 'error', message, path: ['spec', field], ...hint },
})
