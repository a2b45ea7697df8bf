import { anonymous, read, write, type Answer, type ApiDefinition } from '../../exchange.ts'
import type { Refusal, RefusalReason } from '../../refusal.ts'
import { pickGroups } from './group-picker.ts'
import { addGroupMember, createJiraGroup, removeGroupMember, removeJiraGroup } from './group-writes.ts'
import { bulkGroups, groupMembers } from './groups.ts'
import { applicationRole, applicationRoles, serverInfo } from './instance.ts'
import { allPermissions, myPermissions } from './my-permissions.ts'
import {
  getCategory,
  getProject,
  listCategories,
  listProjects,
  projectRoleDetails,
  projectRoles,
  searchProjects,
} from './projects.ts'
import { addRoleActors, deleteRoleActor, getProjectRole, setRoleActors } from './role-actors.ts'
import {
  addDefaultActors,
  changeRole,
  createRole,
  deleteDefaultActor,
  deleteRole,
  getRole,
  listRoles,
  replaceRole,
} from './roles.ts'
import { createJiraUser, removeJiraUser } from './user-writes.ts'
import { bulkUsers, getUser, listUsers, myself, searchUsers, userGroups } from './users.ts'

const base = '/rest/api/3'
const role = `${base}/project/{projectIdOrKey}/role/{id}`
const sharedRole = `${base}/role/{id}`

/** Jira Cloud platform REST v3, the part that access rests on. */
export const jiraApi: ApiDefinition = {
  api: 'jira',
  contentType: 'application/json;charset=UTF-8',
  unauthorized: () => failure(401, 'Client must be authenticated to access this resource.'),
  refused,
  routes: [
    anonymous(read('GET', `${base}/serverInfo`, 'getServerInfo', serverInfo)),
    read('GET', `${base}/myself`, 'getCurrentUser', myself),
    read('GET', `${base}/mypermissions`, 'getMyPermissions', myPermissions),
    anonymous(read('GET', `${base}/permissions`, 'getAllPermissions', allPermissions)),
    read('GET', `${base}/applicationrole`, 'getAllApplicationRoles', applicationRoles),
    read('GET', `${base}/applicationrole/{key}`, 'getApplicationRole', applicationRole),
    read('GET', `${base}/project`, 'getAllProjects', listProjects),
    read('GET', `${base}/project/search`, 'searchProjects', searchProjects),
    read('GET', `${base}/project/{projectIdOrKey}`, 'getProject', getProject),
    read('GET', `${base}/project/{projectIdOrKey}/role`, 'getProjectRoles', projectRoles),
    read('GET', `${base}/project/{projectIdOrKey}/roledetails`, 'getProjectRoleDetails', projectRoleDetails),
    read('GET', `${base}/projectCategory`, 'getAllProjectCategories', listCategories),
    read('GET', `${base}/projectCategory/{id}`, 'getProjectCategoryById', getCategory),
    read('GET', `${base}/role`, 'getAllProjectRoles', listRoles),
    write('POST', `${base}/role`, 'createProjectRole', createRole),
    read('GET', sharedRole, 'getProjectRoleById', getRole),
    write('POST', sharedRole, 'partialUpdateProjectRole', changeRole),
    write('PUT', sharedRole, 'fullyUpdateProjectRole', replaceRole),
    write('DELETE', sharedRole, 'deleteProjectRole', deleteRole),
    read('GET', `${sharedRole}/actors`, 'getProjectRoleActorsForRole', getRole),
    write('POST', `${sharedRole}/actors`, 'addProjectRoleActorsToRole', addDefaultActors),
    write('DELETE', `${sharedRole}/actors`, 'deleteProjectRoleActorsFromRole', deleteDefaultActor),
    read('GET', role, 'getProjectRole', getProjectRole),
    write('POST', role, 'addActorUsers', addRoleActors),
    write('PUT', role, 'setActors', setRoleActors),
    write('DELETE', role, 'deleteActor', deleteRoleActor),
    read('GET', `${base}/group/bulk`, 'bulkGetGroups', bulkGroups),
    read('GET', `${base}/group/member`, 'getUsersFromGroup', groupMembers),
    write('POST', `${base}/group`, 'createGroup', createJiraGroup),
    write('DELETE', `${base}/group`, 'removeGroup', removeJiraGroup),
    write('POST', `${base}/group/user`, 'addUserToGroup', addGroupMember),
    write('DELETE', `${base}/group/user`, 'removeUserFromGroup', removeGroupMember),
    anonymous(read('GET', `${base}/groups/picker`, 'findGroups', pickGroups)),
    read('GET', `${base}/users`, 'getAllUsersDefault', listUsers),
    read('GET', `${base}/users/search`, 'getAllUsers', listUsers),
    read('GET', `${base}/user`, 'getUser', getUser),
    write('POST', `${base}/user`, 'createUser', createJiraUser),
    write('DELETE', `${base}/user`, 'removeUser', removeJiraUser),
    read('GET', `${base}/user/bulk`, 'bulkGetUsers', bulkUsers),
    read('GET', `${base}/user/groups`, 'getUserGroups', userGroups),
    read('GET', `${base}/user/search`, 'findUsers', searchUsers),
  ],
}

const statuses: Partial<Readonly<Record<RefusalReason, number>>> = {
  'already-exists': 409,
  forbidden: 403,
  'group-synced': 403,
  'not-found': 404,
}

/** What Jira hides and what is not there look the same: 404. "Nothing to do" is 400 with a text. */
function refused({ reason, message }: Refusal): Answer {
  return failure(statuses[reason] ?? 400, message)
}

function failure(status: number, message: string): Answer {
  return { status, body: { errorMessages: [message], errors: {}, status } }
}
