import type { Departure } from './contract-recorder.builder.ts'

/** What differs from Atlassian's description and is meant to. */
export const departures: readonly Departure[] = ['addPermissionToSpace', 'removePermission'].map((operation) => ({
  operation,
  only: 'x-atlassian-token',
  reason:
    'Confluence v1 may take a write for one of a browser and ask for this header, which its file names elsewhere only.',
}))

interface Unused {
  /** `jira removeGroup` */
  readonly operations: readonly string[]
  readonly reason: string
}

/** The described operations of access management that Roster does not call, and why not. */
export const unused: readonly Unused[] = [
  {
    operations: [
      'organization getUsers',
      'organization getGroups',
      'organization getDirectoryUsers',
      'organization getGroup',
      'organization getDirectoryUserDetails',
    ],
    reason: 'The searches (`users/search`, `groups/search`) read the same with fewer calls.',
  },
  {
    operations: [
      'organization getGroupsStats',
      'organization getUserStats',
      'organization getGroupsCount',
      'organization getDirectoryUsersCount',
    ],
    reason: 'Counts by status; the pages of the searches and `count` say as much.',
  },
  {
    operations: ['organization getDomainById'],
    reason: '`getDomains` answers them all.',
  },
  {
    operations: [
      'organization getEvents',
      'organization getEventById',
      'organization getEventActions',
      'organization pollEvents',
    ],
    reason: 'Audit events come up to a day late: live access is read, not its history.',
  },
  {
    operations: ['organization getUserLastActiveDates'],
    reason: 'Activity decides nothing: access is what is declared.',
  },
  {
    operations: [
      'organization getPolicies',
      'organization getPolicyById',
      'organization createPolicy',
      'organization updatePolicy',
      'organization deletePolicy',
      'organization addResourceToPolicy',
      'organization updatePolicyResource',
      'organization deletePolicyResource',
      'organization validatePolicy',
    ],
    reason: "IP allowlists and data residency are no one person's access.",
  },
  {
    operations: ['user-management getUserProfile'],
    reason: 'The search of people shows the profile; what may be written of it is asked with `manage`.',
  },
  {
    operations: ['user-management deleteUserApiToken'],
    reason: 'Tokens are listed, not revoked: closing the account ends them.',
  },
  {
    operations: ['user-management deleteUser', 'user-management cancelUserDeletion'],
    reason: 'Deletion cannot be taken back after its grace period; accounts are deactivated.',
  },
  {
    operations: [
      'jira createGroup',
      'jira removeGroup',
      'jira addUserToGroup',
      'jira removeUserFromGroup',
      'jira createUser',
      'jira removeUser',
      'confluence createGroup',
      'confluence removeGroupById',
      'confluence addUserToGroupByGroupId',
      'confluence removeMemberFromGroupByGroupId',
    ],
    reason: 'Groups and accounts belong to the organization and are written there.',
  },
  {
    operations: [
      'jira getGroup',
      'jira findGroups',
      'confluence getGroups',
      'confluence searchGroups',
      'confluence getGroupMembersByGroupId',
      'confluence getGroupMembershipsForUser',
      'jira bulkGetGroups',
      'jira getUsersFromGroup',
      'jira getUserGroups',
      'confluence getGroupByGroupId',
    ],
    reason: 'Groups and their members are read from the organization, in fewer calls.',
  },
  {
    operations: [
      'jira createProjectRole',
      'jira deleteProjectRole',
      'jira partialUpdateProjectRole',
      'jira fullyUpdateProjectRole',
      'jira getProjectRoleById',
      'jira getProjectRoleActorsForRole',
      'jira addProjectRoleActorsToRole',
      'jira deleteProjectRoleActorsFromRole',
    ],
    reason: 'Which roles there are, and the default actors of new projects, is configuration, not access.',
  },
  {
    operations: [
      'confluence createSpaceRole',
      'confluence updateSpaceRole',
      'confluence deleteSpaceRole',
      'confluence addCustomContentPermissions',
    ],
    reason: 'What a role may do, and what apps keep of their own, is configuration, not access.',
  },
  {
    operations: ['organization getOrgById'],
    reason: '`getOrgs` answers what a key sees.',
  },
  {
    operations: ['organization assignRole', 'organization revokeRole', 'organization getUserRoleAssignments'],
    reason: 'Products are given by groups; roles of single people in them are not declared.',
  },
  {
    operations: ['organization removeUserFromDirectory'],
    reason: 'A leaver is suspended or deactivated, which can be taken back.',
  },
  {
    operations: ['scim get', 'scim put', 'scim DeleteAGroup'],
    reason:
      'Groups of the SCIM directory are read in pages and changed by PATCH; their end is left to the identity provider.',
  },
  {
    operations: [
      'scim getSchemas',
      'scim getResourceTypes',
      'scim getUserResourceType',
      'scim getGroupResourceType',
      'scim getUserSchemas',
      'scim getGroupSchemas',
      'scim getExtensionUserSchemas',
      'scim getConfig',
    ],
    reason: 'Discovery: which fields there are is in the OpenAPI file.',
  },
  {
    operations: ['scim getAUserFromActiveDirectory', 'scim updateUserInformationInAnActiveDirectory'],
    reason: 'People are read in pages and changed by PATCH, which leaves alone what is not declared.',
  },
  {
    operations: ['scim deleteAUserFromAnActiveDirectory'],
    reason: 'It gives up the link to the account for good; `active: false` closes it and can be taken back.',
  },
  {
    operations: ['jira getProjectRoles', 'jira setActors'],
    reason: 'Roles are read with their actors; a PUT of all actors would take out those added meanwhile.',
  },
  {
    operations: ['confluence getAvailableSpacePermissions', 'confluence getSpaceRolesById'],
    reason: 'The list of space roles says what each may do.',
  },
  {
    operations: ['jira getApplicationRole'],
    reason: '`getAllApplicationRoles` answers them all.',
  },
  {
    operations: [
      'jira findBulkAssignableUsers',
      'jira findAssignableUsers',
      'jira findUsersWithAllPermissions',
      'jira findUsersForPicker',
      'jira findUsersByQuery',
      'jira findUserKeysByQuery',
      'jira findUsersWithBrowsePermission',
    ],
    reason: 'Pickers of issues: they answer a part only (at most 1,000 people are looked at).',
  },
  {
    operations: [
      'jira bulkGetUsersMigration',
      'confluence getAnonymousUser',
      'confluence getBulkUserLookup',
      'jira getUser',
      'jira bulkGetUsers',
      'jira findUsers',
      'jira getAllUsersDefault',
      'jira getAllUsers',
      'confluence getUser',
      'confluence getCurrentUser',
    ],
    reason: 'People are known by account id, from the organization.',
  },
  {
    operations: ['jira resetUserColumns', 'jira getUserDefaultColumns', 'jira setUserColumns'],
    reason: 'Columns of the issue navigator, tagged `Users` by Atlassian.',
  },
  {
    operations: [
      'jira getUserEmail',
      'jira getUserEmailBulk',
      'confluence getPrivacyUnsafeUserEmail',
      'confluence getPrivacyUnsafeUserEmailBulk',
    ],
    reason: 'Open to approved apps only.',
  },
]
