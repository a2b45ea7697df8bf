import { fieldsOf, ok, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { assignRole, unassignRole } from '../../world-confluence.ts'
import type { Site, SpaceAccess, SpacePrincipal, SpaceRole } from '../../world-state.ts'
import { listPage } from './pages.ts'
import { permissionKinds } from './permission-kinds.ts'
import { confluenceOf, spaceById } from './spaces.ts'

const principalTypes = { USER: 'user', GROUP: 'group', ACCESS_CLASS: 'access-class' } as const
const accessClasses = [
  'anonymous-users',
  'jsm-project-admins',
  'authenticated-users',
  'all-licensed-users',
  'all-product-admins',
]

export function roleMode(request: SandboxRequest): Answer {
  return ok({ mode: confluenceOf(request).mode })
}

export function listPermissionKinds(request: SandboxRequest): Answer {
  rolesSite(request)
  const kinds = permissionKinds.map(({ id, displayName }) => ({
    id,
    displayName,
    description: displayName,
    requiredPermissionIds: id === 'read/space' ? [] : ['read/space'],
  }))
  return listPage(request, '/space-permissions', kinds)
}

export function listRoles(request: SandboxRequest): Answer {
  const type = request.query.get('role-type')
  const found = [...rolesSite(request).roles.values()].filter((role) => type === null || role.type === type)
  return listPage(request, '/space-roles', found.map(roleView))
}

export function getRole(request: SandboxRequest): Answer {
  const role = rolesSite(request).roles.get(request.params['id'] ?? '')
  if (!role) throw new Refusal('not-found', 'role', 'no such space role')
  return ok({ ...roleView(role), _links: { base: `${request.baseUrl}/wiki` } })
}

/** The two filters on the principal go together. */
export function roleAssignments(request: SandboxRequest): Answer {
  const { roles } = rolesSite(request)
  const { query } = request
  const [roleId, roleType, principalId, principalType] = ['role-id', 'role-type', 'principal-id', 'principal-type'].map(
    (name) => query.get(name),
  )
  if ((principalId === null) !== (principalType === null)) {
    throw new Refusal('invalid', 'principal-id', 'principal-id and principal-type go together')
  }
  const space = spaceById(request)
  const found = [...space.access.values()].filter(({ roleId: id }) => id !== undefined).map(assignmentView)
  const matching = found.filter(
    ({ principal, roleId: id }) =>
      (roleId === null || id === roleId) &&
      (roleType === null || roles.get(id)?.type === roleType) &&
      (principalId === null || (principal.principalId === principalId && principal.principalType === principalType)),
  )
  return listPage(request, `/spaces/${space.id}/role-assignments`, matching)
}

/**
 * An upsert for each entry: other principals keep what they have, an entry without `roleId` takes the principal's role.
 * Succeeds in its entirety or not at all.
 */
export function setRoleAssignments(request: SandboxRequest): Answer {
  const confluence = rolesSite(request)
  const space = spaceById(request)
  const { body } = request
  if (!Array.isArray(body)) throw new Refusal('invalid', 'body', 'the body must be an array')
  const entries = body.map((entry) => ({
    principal: principalOf(request, fieldsOf(entry)['principal']),
    roleId: textOf(fieldsOf(entry)['roleId']),
  }))
  const before = new Map(space.access)
  try {
    // roles are given before others are taken, so that an admin can be replaced in one call
    for (const { principal, roleId } of entries)
      if (roleId !== undefined) assignRole(confluence, space, principal, roleId)
    for (const { principal, roleId } of entries) if (roleId === undefined) unassignRole(confluence, space, principal)
  } catch (error) {
    space.access.clear()
    for (const [key, access] of before) space.access.set(key, access)
    throw error
  }
  const results = [...space.access.values()].filter(({ roleId }) => roleId !== undefined).map(assignmentView)
  return ok({ results, _links: { base: `${request.baseUrl}/wiki` } })
}

/** Sites before roles answer 404 on everything about them. */
function rolesSite(request: SandboxRequest): NonNullable<Site['confluence']> {
  const confluence = confluenceOf(request)
  if (confluence.mode === 'PRE_ROLES')
    throw new Refusal('not-found', 'roles', 'space roles are not available on this site')
  return confluence
}

function principalOf({ state }: SandboxRequest, value: unknown): SpacePrincipal {
  const { principalType, principalId } = fieldsOf(value)
  const id = textOf(principalId) ?? ''
  const type = Object.entries(principalTypes).find(([name]) => name === principalType)?.[1]
  const known = {
    user: state.accounts.has(id),
    group: state.groups.has(id),
    'access-class': accessClasses.includes(id),
  }
  if (type !== undefined && known[type]) return { type, id }
  throw new Refusal('invalid', 'principal', `no principal ${textOf(principalType)} ${id}`)
}

function assignmentView({ principal, roleId }: SpaceAccess) {
  const principalType = Object.entries(principalTypes).find(([, type]) => type === principal.type)?.[0] ?? 'USER'
  return { principal: { principalType, principalId: principal.id }, roleId: roleId ?? '' }
}

function roleView({ id, type, name, description, permissions }: SpaceRole) {
  return { id, type, name, description, spacePermissions: permissions }
}
