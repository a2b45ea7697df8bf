import { fieldsOf, ok, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { assignRole, unassignRole } from '../../world-confluence.ts'
import type { Space, SpaceAccess } from '../../world-state.ts'
import { requireSpaceAdmin } from './callers.ts'
import { listPage } from './pages.ts'
import { nameOfType, principalFilter, principalOf } from './principals.ts'
import { rolesSite } from './roles.ts'
import { spaceById } from './spaces.ts'

/** The two filters on the principal go together. */
export function roleAssignments(request: SandboxRequest): Answer {
  const { roles } = rolesSite(request)
  const space = spaceById(request)
  const roleId = request.query.get('role-id')
  const roleType = request.query.get('role-type')
  const isPrincipal = principalFilter(request)
  const matching = held(space).filter(
    (access) =>
      (roleId === null || access.roleId === roleId) &&
      (roleType === null || roles.get(access.roleId ?? '')?.type === roleType) &&
      isPrincipal(access),
  )
  return listPage(request, `/spaces/${space.id}/role-assignments`, matching.map(assignmentView))
}

/**
 * An upsert for each entry: other principals keep what they have, an entry without `roleId` takes the principal's role.
 * Succeeds in its entirety or not at all.
 */
export function setRoleAssignments(request: SandboxRequest): Answer {
  const confluence = rolesSite(request)
  const space = spaceById(request)
  requireSpaceAdmin(request, space)
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
  return ok({ results: held(space).map(assignmentView), _links: { base: `${request.baseUrl}/wiki` } })
}

function held({ access }: Space): SpaceAccess[] {
  return [...access.values()].filter(({ roleId }) => roleId !== undefined)
}

function assignmentView({ principal, roleId }: SpaceAccess) {
  return { principal: { principalType: nameOfType(principal), principalId: principal.id }, roleId: roleId ?? '' }
}
