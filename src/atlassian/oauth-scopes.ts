/**
 * The granular scopes of what Roster calls on a site, and no more (`x-atlassian-oauth2-scopes` of Jira v3 and Confluence
 * v1 and v2). `GET /project/search` alone asks for those about issue types, versions, components and properties.
 */
export const siteScopes: readonly string[] = [
  'delete:project-role:jira',
  'read:application-role:jira',
  'read:avatar:jira',
  'read:group:jira',
  'read:issue-type-hierarchy:jira',
  'read:issue-type:jira',
  'read:permission:jira',
  'read:project-category:jira',
  'read:project-role:jira',
  'read:project-version:jira',
  'read:project.component:jira',
  'read:project.property:jira',
  'read:project:jira',
  'read:user:jira',
  'write:project-role:jira',
  'read:configuration:confluence',
  'read:space.permission:confluence',
  'read:space:confluence',
  'write:space.permission:confluence',
]

/** Gives the refresh token: without it a person would have to agree every hour. */
export const offlineScope = 'offline_access'
