import { read, write, type Answer, type ApiDefinition } from '../../exchange.ts'
import type { Refusal } from '../../refusal.ts'
import { currentUser, getGroup, getUser } from './people.ts'
import { addPermission, removePermission, spacePermissions } from './permissions.ts'
import { getRole, listPermissionKinds, listRoles, roleAssignments, roleMode, setRoleAssignments } from './roles.ts'
import { getSpace, listSpaces } from './spaces.ts'

const v1 = '/wiki/rest/api'
const v2 = '/wiki/api/v2'

/** Confluence Cloud REST v1 (single permissions, people) and v2 (spaces, roles). */
export const confluenceApi: ApiDefinition = {
  api: 'confluence',
  contentType: 'application/json',
  unauthorized: () => failure(401, 'Unauthorized'),
  refused,
  routes: [
    read('GET', `${v2}/spaces`, 'getSpaces', listSpaces),
    read('GET', `${v2}/spaces/{id}`, 'getSpaceById', getSpace),
    read('GET', `${v2}/spaces/{id}/permissions`, 'getSpacePermissionsAssignments', spacePermissions),
    read('GET', `${v2}/space-role-mode`, 'getSpaceRoleMode', roleMode),
    read('GET', `${v2}/space-permissions`, 'getAvailableSpacePermissions', listPermissionKinds),
    read('GET', `${v2}/space-roles`, 'getAvailableSpaceRoles', listRoles),
    read('GET', `${v2}/space-roles/{id}`, 'getSpaceRolesById', getRole),
    read('GET', `${v2}/spaces/{id}/role-assignments`, 'getSpaceRoleAssignments', roleAssignments),
    write('POST', `${v2}/spaces/{id}/role-assignments`, 'setSpaceRoleAssignments', setRoleAssignments),
    write('POST', `${v1}/space/{spaceKey}/permission`, 'addPermissionToSpace', addPermission),
    write('DELETE', `${v1}/space/{spaceKey}/permission/{id}`, 'removePermission', removePermission),
    read('GET', `${v1}/group/by-id`, 'getGroupByGroupId', getGroup),
    read('GET', `${v1}/user`, 'getUser', getUser),
    read('GET', `${v1}/user/current`, 'getCurrentUser', currentUser),
  ],
}

function refused({ reason, message }: Refusal): Answer {
  return failure(reason === 'not-found' ? 404 : 400, message)
}

/** No error body is described for either version; this one has the fields of both. */
function failure(status: number, message: string): Answer {
  const code = { 400: 'INVALID_REQUEST_PARAMETER', 401: 'UNAUTHORIZED', 404: 'NOT_FOUND' }[status] ?? 'ERROR'
  return { status, body: { statusCode: status, message, errors: [{ status, code, title: message, detail: null }] } }
}
