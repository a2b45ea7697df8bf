import { fieldsOf, stringsOf, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import {
  createSpaceRole,
  deleteSpaceRole,
  moveAnonymous,
  startTask,
  updateSpaceRole,
  type SpaceRoleFields,
} from '../../world-space-roles.ts'
import { requireSiteAdmin } from './callers.ts'
import { permissionKinds } from './permission-kinds.ts'
import { roleById, rolesSite, roleView } from './roles.ts'

export function createRole(request: SandboxRequest): Answer {
  const confluence = rolesSite(request)
  requireSiteAdmin(request)
  const role = createSpaceRole(request.state, confluence, roleFields(request))
  return { status: 201, body: roleView(role) }
}

/** 202. `taskId` is null where the permissions stay the same; what changed is there at once, and the task runs on. */
export function updateRole(request: SandboxRequest): Answer {
  const confluence = rolesSite(request)
  requireSiteAdmin(request)
  const before = roleById(request)
  const fields = roleFields(request)
  const heirs = ['anonymousReassignmentRoleId', 'guestReassignmentRoleId'].map((name) => heirOf(request, name))
  const { id, type, name, description, permissions } = updateSpaceRole(confluence, before, fields)
  // a world has no guests, so the second one has nobody to take over
  if (heirs[0]) moveAnonymous(confluence, before, heirs[0])
  const same =
    permissions.length === before.permissions.length && permissions.every((each) => before.permissions.includes(each))
  const taskId = same ? null : startTask(request.state, confluence, request.nowMs).id
  return { status: 202, body: { id, type, name, description, taskId } }
}

export function deleteRole(request: SandboxRequest): Answer {
  const confluence = rolesSite(request)
  requireSiteAdmin(request)
  deleteSpaceRole(confluence, roleById(request))
  return { status: 202, body: { taskId: startTask(request.state, confluence, request.nowMs).id } }
}

/** @throws Refusal where a field is missing, or a permission is not known or not without another one */
function roleFields({ body }: SandboxRequest): SpaceRoleFields {
  const { name, description, spacePermissions } = fieldsOf(body)
  const permissions = [...new Set(stringsOf(spacePermissions))]
  const text = textOf(description)
  if (!textOf(name) || text === undefined || !Array.isArray(spacePermissions))
    throw new Refusal('invalid', 'body', 'name, description and spacePermissions are required')
  for (const permission of permissions) {
    const kind = permissionKinds.find(({ id }) => id === permission)
    if (!kind) throw new Refusal('invalid', 'spacePermissions', `no permission ${permission}`)
    const needed = kind.required.find((id) => !permissions.includes(id))
    if (needed) throw new Refusal('invalid', 'spacePermissions', `${permission} requires ${needed}`)
  }
  return { name: textOf(name) ?? '', description: text, permissions }
}

/** @throws Refusal where the field names no role */
function heirOf(request: SandboxRequest, field: string) {
  const id = textOf(fieldsOf(request.body)[field])
  if (id === undefined) return undefined
  const role = rolesSite(request).roles.get(id)
  if (role) return role
  throw new Refusal('invalid', field, `no space role ${id}`)
}
