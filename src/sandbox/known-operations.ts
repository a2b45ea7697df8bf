import type { Api } from './exchange.ts'
import { pathPattern } from './router.ts'

/** Operations of Atlassian's descriptions that the sandbox does not answer, by API, method and path template. */
const names: readonly (readonly [api: Api, route: string, operation: string])[] = [
  ['organization', 'GET /v1/orgs/{orgId}/domains', 'getDomains'],
  ['organization', 'GET /v1/orgs/{orgId}/users', 'getUsers'],
  ['organization', 'GET /v1/orgs/{orgId}/events', 'getEvents'],
  ['organization', 'GET /v1/orgs/{orgId}/events-stream', 'pollEvents'],
  ['organization', 'GET /v1/orgs/{orgId}/policies', 'getPolicies'],
  ['organization', 'GET /v1/orgs/{orgId}/directory/users/{accountId}/last-active-dates', 'getUserLastActiveDates'],
  ['organization', 'GET /v2/orgs/{orgId}/directories/{directoryId}/groups', 'getGroups'],
  ['organization', 'GET /v2/orgs/{orgId}/directories/{directoryId}/groups/stats', 'getGroupsStats'],
  ['organization', 'GET /v2/orgs/{orgId}/directories/{directoryId}/users', 'getDirectoryUsers'],
  ['organization', 'GET /v2/orgs/{orgId}/directories/{directoryId}/users/stats', 'getUserStats'],
  ['user-management', 'GET /users/{account_id}/manage', 'getUserManagementPermissions'],
  ['user-management', 'GET /users/{account_id}/manage/profile', 'getUserProfile'],
  ['user-management', 'PATCH /users/{account_id}/manage/profile', 'updateUserProfile'],
  ['user-management', 'PUT /users/{account_id}/manage/email', 'setUserEmail'],
  ['jira', 'POST /rest/api/3/group', 'createGroup'],
  ['jira', 'DELETE /rest/api/3/group', 'removeGroup'],
  ['jira', 'POST /rest/api/3/group/user', 'addUserToGroup'],
  ['jira', 'DELETE /rest/api/3/group/user', 'removeUserFromGroup'],
  ['jira', 'POST /rest/api/3/user', 'createUser'],
  ['jira', 'DELETE /rest/api/3/user', 'removeUser'],
  ['jira', 'POST /rest/api/3/project', 'createProject'],
  ['confluence', 'POST /wiki/api/v2/spaces', 'createSpace'],
  ['confluence', 'POST /wiki/api/v2/space-roles', 'createSpaceRole'],
  ['confluence', 'PUT /wiki/api/v2/space-roles/{id}', 'updateSpaceRole'],
  ['confluence', 'DELETE /wiki/api/v2/space-roles/{id}', 'deleteSpaceRole'],
  ['confluence', 'GET /wiki/rest/api/group', 'getGroups'],
  ['confluence', 'GET /wiki/rest/api/group/{groupId}/membersByGroupId', 'getGroupMembersByGroupId'],
]

/** The operationId of a request that is not answered, where it is known. */
export function operationName(api: Api, method: string, path: string): string | undefined {
  const found = names.find(([owner, route]) => {
    const [verb = '', template = ''] = route.split(' ')
    return owner === api && verb === method && pathPattern(template).test(path)
  })
  return found?.[2]
}
