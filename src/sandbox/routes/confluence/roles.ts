import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import type { Site, SpaceRole } from '../../world-state.ts'
import { listPage } from './pages.ts'
import { permissionKinds } from './permission-kinds.ts'
import { principalFilter } from './principals.ts'
import { confluenceOf } from './confluence-of.ts'

export function roleMode(request: SandboxRequest): Answer {
  const { mode, missing } = confluenceOf(request)
  if (missing.has('role-mode')) throw new Refusal('not-found', 'role mode', 'the space role mode is not available')
  return ok({ mode })
}

export function listPermissionKinds(request: SandboxRequest): Answer {
  rolesSite(request)
  const kinds = permissionKinds.map(({ id, displayName, required }) => ({
    id,
    displayName,
    description: displayName,
    requiredPermissionIds: required,
  }))
  return listPage(request, '/space-permissions', kinds)
}

/** With a principal, the roles that it holds: in the space of `space-id`, or in any. */
export function listRoles(request: SandboxRequest): Answer {
  const { roles, spaces } = rolesSite(request)
  const { query } = request
  const type = query.get('role-type')
  const isPrincipal = principalFilter(request)
  const where = [...spaces.values()].filter(({ id }) => !query.has('space-id') || query.get('space-id') === id)
  if (where.length === 0 && query.has('space-id')) throw new Refusal('not-found', 'space', 'no such space')
  const held = new Set(
    where.flatMap(({ access }) => [...access.values()].filter(isPrincipal).map(({ roleId }) => roleId)),
  )
  const found = [...roles.values()].filter(
    (role) => (type === null || role.type === type) && (!query.has('principal-id') || held.has(role.id)),
  )
  return listPage(request, '/space-roles', found.map(roleView))
}

export function getRole(request: SandboxRequest): Answer {
  return ok({ ...roleView(roleById(request)), _links: { base: `${request.baseUrl}/wiki` } })
}

/** Sites before roles answer 404 on everything about them, and so do sites whose trial is over. @throws Refusal (404) */
export function rolesSite(request: SandboxRequest): NonNullable<Site['confluence']> {
  const confluence = confluenceOf(request)
  if (confluence.mode === 'PRE_ROLES' || confluence.missing.has('roles'))
    throw new Refusal('not-found', 'roles', 'space roles are not available on this site')
  return confluence
}

/** @throws Refusal (404) */
export function roleById(request: SandboxRequest): SpaceRole {
  const role = rolesSite(request).roles.get(request.params['id'] ?? '')
  if (role) return role
  throw new Refusal('not-found', 'role', 'no such space role')
}

export function roleView({ id, type, name, description, permissions }: SpaceRole) {
  return { id, type, name, description, spacePermissions: permissions }
}
