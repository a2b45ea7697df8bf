import { fieldsOf, noContent, ok, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { intOf } from '../../pagination.ts'
import { Refusal } from '../../refusal.ts'
import { grantPermission, revokePermission, spaceByKey } from '../../world-confluence.ts'
import { groupOf } from '../../world-directory.ts'
import type { Space, SpacePrincipal, WorldState } from '../../world-state.ts'
import { requireSpaceAdmin } from './callers.ts'
import { listPage } from './pages.ts'
import { permissionKinds } from './permission-kinds.ts'
import { confluenceOf } from './confluence-of.ts'
import { spaceById } from './spaces.ts'

/** One row for each principal and permission, in order of their ids. What a role gives is not among them. */
export function spacePermissions(request: SandboxRequest): Answer {
  const space = spaceById(request)
  return listPage(request, `/spaces/${space.id}/permissions`, permissionRows(space))
}

export function permissionRows({ access }: Space) {
  const rows = [...access.values()].flatMap(({ principal, permissions }) =>
    [...permissions].map(([permission, rowId]) => {
      const [key, targetType] = permission.split('/')
      return {
        id: String(rowId),
        principal: { type: principal.type, id: principal.id },
        operation: { key, targetType },
      }
    }),
  )
  return rows.toSorted((a, b) => Number(a.id) - Number(b.id))
}

export function addPermission(request: SandboxRequest): Answer {
  const { state, body, params } = request
  const confluence = confluenceOf(request)
  const space = spaceByKey(confluence, params['spaceKey'] ?? '')
  requireSpaceAdmin(request, space)
  const { subject, operation } = fieldsOf(body)
  const { key, target } = fieldsOf(operation)
  const permission = `${textOf(key)}/${textOf(target)}`
  if (!permissionKinds.some(({ id }) => id === permission))
    throw new Refusal('invalid', 'operation', `no permission ${permission}`)
  const id = grantPermission(state, { confluence, space }, principalOf(state, subject), permission)
  return ok({ id, subject, operation, _links: {} })
}

export function removePermission(request: SandboxRequest): Answer {
  const confluence = confluenceOf(request)
  const space = spaceByKey(confluence, request.params['spaceKey'] ?? '')
  requireSpaceAdmin(request, space)
  const id = intOf(request.params['id'], 'id', { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER })
  revokePermission({ confluence, space }, id)
  return noContent
}

/** A user by account id, `anonymous`, or a group by id or name. @throws Refusal (400) */
function principalOf(state: WorldState, subject: unknown): SpacePrincipal {
  const { type, identifier } = fieldsOf(subject)
  const id = textOf(identifier) ?? ''
  if (type === 'user' && id === 'anonymous') return { type: 'access-class', id: 'anonymous-users' }
  if (type === 'user' && state.accounts.has(id)) return { type: 'user', id }
  const known = state.groups.has(id) || state.groupIdByName.has(id.toLowerCase())
  if (type === 'group' && known) return { type: 'group', id: groupOf(state, id).groupId }
  throw new Refusal('invalid', 'subject', `no ${textOf(type) ?? 'subject'} ${id}`)
}
