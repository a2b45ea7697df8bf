import { read, write, type ApiDefinition, type Route } from '../../exchange.ts'
import { checkAccess, inviteByEmail } from './access-by-email.ts'
import { failureOfV1, failureOfV2, ofV2, refusedOfV1 } from './failures.ts'
import {
  addGroupMember,
  createNewGroup,
  getGroup,
  groupMembers,
  listGroups,
  memberOf,
  pickGroups,
  removeGroup,
  removeGroupMember,
} from './groups.ts'
import { anonymousUser, bulkUsers, bulkUsersOfV2, currentUser, getUser } from './people.ts'
import { addPermission, removePermission, spacePermissions } from './permissions.ts'
import { roleAssignments, setRoleAssignments } from './role-assignments.ts'
import { createRole, deleteRole, updateRole } from './role-writes.ts'
import { getRole, listPermissionKinds, listRoles, roleMode } from './roles.ts'
import { getSpace, spaceOperations } from './space.ts'
import { listSpaces } from './spaces.ts'
import { getTask, listTasks } from './tasks.ts'

const v1 = '/wiki/rest/api'
const v2 = '/wiki/api/v2'
const role = `${v2}/space-roles/{id}`
const membership = `${v1}/group/userByGroupId`

const routesOfV2: readonly Route[] = [
  read('GET', `${v2}/spaces`, 'getSpaces', listSpaces),
  read('GET', `${v2}/spaces/{id}`, 'getSpaceById', getSpace),
  read('GET', `${v2}/spaces/{id}/operations`, 'getSpaceOperations', spaceOperations),
  read('GET', `${v2}/spaces/{id}/permissions`, 'getSpacePermissionsAssignments', spacePermissions),
  read('GET', `${v2}/space-role-mode`, 'getSpaceRoleMode', roleMode),
  read('GET', `${v2}/space-permissions`, 'getAvailableSpacePermissions', listPermissionKinds),
  read('GET', `${v2}/space-roles`, 'getAvailableSpaceRoles', listRoles),
  write('POST', `${v2}/space-roles`, 'createSpaceRole', createRole),
  read('GET', role, 'getSpaceRolesById', getRole),
  write('PUT', role, 'updateSpaceRole', updateRole),
  write('DELETE', role, 'deleteSpaceRole', deleteRole),
  read('GET', `${v2}/spaces/{id}/role-assignments`, 'getSpaceRoleAssignments', roleAssignments),
  write('POST', `${v2}/spaces/{id}/role-assignments`, 'setSpaceRoleAssignments', setRoleAssignments),
  read('POST', `${v2}/users-bulk`, 'createBulkUserLookup', bulkUsersOfV2),
  read('POST', `${v2}/user/access/check-access-by-email`, 'checkAccessByEmail', checkAccess),
  write('POST', `${v2}/user/access/invite-by-email`, 'inviteByEmail', inviteByEmail),
]

const routesOfV1: readonly Route[] = [
  write('POST', `${v1}/space/{spaceKey}/permission`, 'addPermissionToSpace', addPermission),
  write('DELETE', `${v1}/space/{spaceKey}/permission/{id}`, 'removePermission', removePermission),
  read('GET', `${v1}/group`, 'getGroups', listGroups),
  write('POST', `${v1}/group`, 'createGroup', createNewGroup),
  read('GET', `${v1}/group/by-id`, 'getGroupByGroupId', getGroup),
  write('DELETE', `${v1}/group/by-id`, 'removeGroupById', removeGroup),
  read('GET', `${v1}/group/picker`, 'searchGroups', pickGroups),
  read('GET', `${v1}/group/{groupId}/membersByGroupId`, 'getGroupMembersByGroupId', groupMembers),
  write('POST', membership, 'addUserToGroupByGroupId', addGroupMember),
  write('DELETE', membership, 'removeMemberFromGroupByGroupId', removeGroupMember),
  read('GET', `${v1}/user`, 'getUser', getUser),
  read('GET', `${v1}/user/anonymous`, 'getAnonymousUser', anonymousUser),
  read('GET', `${v1}/user/current`, 'getCurrentUser', currentUser),
  read('GET', `${v1}/user/bulk`, 'getBulkUserLookup', bulkUsers),
  read('GET', `${v1}/user/memberof`, 'getGroupMembershipsForUser', memberOf),
  read('GET', `${v1}/longtask`, 'getTasks', listTasks),
  read('GET', `${v1}/longtask/{id}`, 'getTask', getTask),
]

/** Confluence Cloud REST v1 (single permissions, groups, people, tasks) and v2 (spaces, roles), each with its own errors. */
export const confluenceApi: ApiDefinition = {
  api: 'confluence',
  contentType: 'application/json',
  // which version was asked is not known here: the fields of both
  unauthorized: () => {
    const { status, body } = failureOfV1(401, 'Unauthorized')
    return { status, body: { ...(body as object), ...(failureOfV2(401, 'Unauthorized').body as object) } }
  },
  refused: refusedOfV1,
  routes: [...routesOfV2.map(ofV2), ...routesOfV1],
}
