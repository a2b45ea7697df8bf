import { read, write, type Answer, type ApiDefinition, type Route } from '../../exchange.ts'
import type { Refusal, RefusalReason } from '../../refusal.ts'
import { getDomain, listDomains } from './domains.ts'
import { getEvent, listEventActions, listEvents, pollEvents } from './events.ts'
import { addMembership, createDirectoryGroup, removeGroup, removeMembership } from './group-writes.ts'
import { countGroups, getGroup, groupRoleAssignments, listGroups, searchGroups } from './groups.ts'
import { inviteUsers } from './invite.ts'
import { lastActiveDates, listManagedAccounts } from './managed-accounts.ts'
import { getOrganization, listDirectories, listOrganizations } from './organization.ts'
import { listPolicies } from './policies.ts'
import {
  assignAppRole,
  assignGroupRole,
  assignPlatformRole,
  revokeAppRole,
  revokeGroupRole,
  revokePlatformRole,
} from './roles.ts'
import { groupStats, userStats } from './stats.ts'
import { restoreUser, removeUser, suspendUser } from './user-writes.ts'
import { countUsers, getUser, listUsers, searchUsers, userRoleAssignments } from './users.ts'
import { searchWorkspaces } from './workspaces.ts'

const v1 = '/v1/orgs/{orgId}'
const directory = '/v2/orgs/{orgId}/directories/{directoryId}'

/** The Organizations API, v1 and v2 (API for Atlassian Access). @param others the APIs whose writes are events as well */
export function organizationApi(others: readonly ApiDefinition[]): ApiDefinition {
  const logged = [{ api: 'organization', routes }, ...others] as const
  const actions = read('GET', `${v1}/event-actions`, 'getEventActions', (request) => listEventActions(request, logged))
  return {
    api: 'organization',
    contentType: 'application/json',
    unauthorized: () => ({ status: 401, body: { code: 401, message: 'Unauthorized' } }),
    refused,
    routes: [...routes, actions],
  }
}

const routes: readonly Route[] = [
  read('GET', '/v1/orgs', 'getOrgs', listOrganizations),
  read('GET', v1, 'getOrgById', getOrganization),
  read('GET', `${v1}/domains`, 'getDomains', listDomains),
  read('GET', `${v1}/domains/{domainId}`, 'getDomainById', getDomain),
  read('GET', `${v1}/users`, 'getUsers', listManagedAccounts),
  read('GET', `${v1}/directory/users/{accountId}/last-active-dates`, 'getUserLastActiveDates', lastActiveDates),
  read('GET', `${v1}/events`, 'getEvents', listEvents),
  read('GET', `${v1}/events-stream`, 'pollEvents', pollEvents),
  read('GET', `${v1}/events/{eventId}`, 'getEventById', getEvent),
  read('GET', `${v1}/policies`, 'getPolicies', listPolicies),
  write('POST', `${v1}/users/{userId}/roles/assign`, 'assignRole', assignAppRole),
  write('POST', `${v1}/users/{userId}/roles/revoke`, 'revokeRole', revokeAppRole),
  write('POST', `${v1}/users/{userId}/role-assignments/assign`, 'assignOrganizationRole', assignPlatformRole),
  write('POST', `${v1}/users/{userId}/role-assignments/revoke`, 'revokeOrganizationRole', revokePlatformRole),
  read('GET', '/v2/orgs/{orgId}/directories', 'getDirectoriesForOrg', listDirectories),
  read('POST', '/v2/orgs/{orgId}/workspaces', 'queryWorkspacesV2', searchWorkspaces),
  write('POST', '/v2/orgs/{orgId}/users/invite', 'inviteUsers', inviteUsers),
  read('POST', `${directory}/users/search`, 'searchDirectoryUsers', searchUsers),
  read('GET', `${directory}/users`, 'getDirectoryUsers', listUsers),
  read('GET', `${directory}/users/stats`, 'getUserStats', userStats),
  read('GET', `${directory}/users/count`, 'getDirectoryUsersCount', countUsers),
  read('GET', `${directory}/users/{userId}`, 'getDirectoryUserDetails', getUser),
  read('GET', `${directory}/users/{accountId}/role-assignments`, 'getUserRoleAssignments', userRoleAssignments),
  write('POST', `${directory}/users/{accountId}/suspend`, 'suspendUserInDirectory', suspendUser),
  write('POST', `${directory}/users/{accountId}/restore`, 'restoreUserInDirectory', restoreUser),
  write('DELETE', `${directory}/users/{accountId}`, 'removeUserFromDirectory', removeUser),
  read('POST', `${directory}/groups/search`, 'searchDirectoryGroups', searchGroups),
  read('GET', `${directory}/groups`, 'getGroups', listGroups),
  read('GET', `${directory}/groups/stats`, 'getGroupsStats', groupStats),
  read('GET', `${directory}/groups/count`, 'getGroupsCount', countGroups),
  read('GET', `${directory}/groups/{groupId}`, 'getGroup', getGroup),
  write('POST', `${directory}/groups`, 'createGroup', createDirectoryGroup),
  write('DELETE', `${directory}/groups/{groupId}`, 'deleteGroup', removeGroup),
  write('POST', `${directory}/groups/{groupId}/memberships`, 'addUserToGroup', addMembership),
  write('DELETE', `${directory}/groups/{groupId}/memberships/{accountId}`, 'removeUserFromGroup', removeMembership),
  read('GET', `${directory}/groups/{groupId}/role-assignments`, 'getGroupRoleAssignments', groupRoleAssignments),
  write('POST', `${directory}/groups/{groupId}/role-assignments/assign`, 'assignGroupRole', assignGroupRole),
  write('POST', `${directory}/groups/{groupId}/role-assignments/revoke`, 'revokeGroupRole', revokeGroupRole),
]

type Failure = readonly [status: number, code: string, title: string]

/** Codes: API for Atlassian Access, `ApplicationError.code` and `ApiError.code`. */
const failures: Readonly<Record<RefusalReason, Failure>> = {
  'already-member': [409, 'ADMIN-UAM-409-2', 'Resource conflict'],
  'already-exists': [409, 'ADMIN-UAM-409-2', 'Resource conflict'],
  'default-group': [403, 'ADMIN-403-6', 'Not allowed to delete a group with a default role'],
  forbidden: [403, 'ADMIN-UAM-403-1', 'Forbidden'],
  'group-synced': [403, 'ADMIN-403-5', 'Not allowed to manage the group'],
  invalid: [400, 'ADMIN-UAM-400-1', 'Bad request'],
  'licence-limit': [409, 'ADMIN-UAM-409-3', 'Product license limit exceeded'],
  'not-found': [404, 'ADMIN-404-1', 'Unknown resource'],
  'not-invited': [404, 'ADMIN-404-8', 'User not found'],
}

const missing: Readonly<Record<string, Failure>> = {
  organization: [404, 'ADMIN-404-2', 'Organization not found'],
  domain: [404, 'ADMIN-404-3', 'Domain not found'],
  event: [404, 'ADMIN-404-4', 'Event not found'],
  user: [404, 'ADMIN-404-8', 'User not found'],
  group: [404, 'ADMIN-404-10', 'Group not found'],
}

const wrong: Readonly<Record<string, Failure>> = {
  cursor: [400, 'ADMIN-400-1', 'Invalid page cursor'],
  time: [400, 'ADMIN-400-3', 'Invalid time'],
  role: [400, 'ADMIN-UAM-400-3', 'Invalid role for resource'],
  'content type': [415, 'ADMIN-UAM-415-1', 'Unsupported media type'],
  'admin group': [403, 'ADMIN-403-7', 'Not allowed to delete a group which grants admin access'],
}

function refused({ reason, what, message }: Refusal): Answer {
  const special = reason === 'not-found' ? missing[what] : reason === 'invalid' ? wrong[what] : undefined
  const [status, code, title] = special ?? failures[reason]
  return { status, body: { errors: [{ id: 'sandbox', status: String(status), code, title, detail: message }] } }
}
