import { anonymous, read, write, type Answer, type ApiDefinition } from '../../exchange.ts'
import type { Refusal } from '../../refusal.ts'
import { bulkGroups, groupMembers } from './groups.ts'
import {
  getProject,
  listCategories,
  listProjects,
  projectRoleDetails,
  projectRoles,
  searchProjects,
} from './projects.ts'
import { addRoleActors, deleteRoleActor, getProjectRole, listGlobalRoles, setRoleActors } from './role-actors.ts'
import { applicationRoles, myPermissions, serverInfo } from './instance.ts'
import { bulkUsers, getUser, listUsers, myself, searchUsers, userGroups } from './users.ts'

const base = '/rest/api/3'
const role = `${base}/project/{projectIdOrKey}/role/{id}`

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
    read('GET', `${base}/applicationrole`, 'getAllApplicationRoles', applicationRoles),
    read('GET', `${base}/project`, 'getAllProjects', listProjects),
    read('GET', `${base}/project/search`, 'searchProjects', searchProjects),
    read('GET', `${base}/project/{projectIdOrKey}`, 'getProject', getProject),
    read('GET', `${base}/project/{projectIdOrKey}/role`, 'getProjectRoles', projectRoles),
    read('GET', `${base}/project/{projectIdOrKey}/roledetails`, 'getProjectRoleDetails', projectRoleDetails),
    read('GET', `${base}/projectCategory`, 'getAllProjectCategories', listCategories),
    read('GET', `${base}/role`, 'getAllProjectRoles', listGlobalRoles),
    read('GET', role, 'getProjectRole', getProjectRole),
    write('POST', role, 'addActorUsers', addRoleActors),
    write('PUT', role, 'setActors', setRoleActors),
    write('DELETE', role, 'deleteActor', deleteRoleActor),
    read('GET', `${base}/group/bulk`, 'bulkGetGroups', bulkGroups),
    read('GET', `${base}/group/member`, 'getUsersFromGroup', groupMembers),
    read('GET', `${base}/users`, 'getAllUsersDefault', listUsers),
    read('GET', `${base}/users/search`, 'getAllUsers', listUsers),
    read('GET', `${base}/user`, 'getUser', getUser),
    read('GET', `${base}/user/bulk`, 'bulkGetUsers', bulkUsers),
    read('GET', `${base}/user/groups`, 'getUserGroups', userGroups),
    read('GET', `${base}/user/search`, 'findUsers', searchUsers),
  ],
}

/** What Jira hides and what is not there look the same: 404. "Nothing to do" is 400 with a text. */
function refused({ reason, message }: Refusal): Answer {
  return failure(reason === 'not-found' ? 404 : 400, message)
}

function failure(status: number, message: string): Answer {
  return { status, body: { errorMessages: [message], errors: {}, status } }
}
