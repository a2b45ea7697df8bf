import type { ApiDefinition } from './exchange.ts'
import { overKeptWorld } from './kept-world.ts'
import { apiAccessApi } from './routes/api-access/api.ts'
import { confluenceApi } from './routes/confluence/api.ts'
import { controlApi } from './routes/control.ts'
import { jiraApi } from './routes/jira/api.ts'
import { oauthApi } from './routes/oauth/api.ts'
import { organizationApi } from './routes/organizations/api.ts'
import { scimApi } from './routes/scim/api.ts'
import { siteApi } from './routes/site.ts'
import { userManagementApi } from './routes/user-management/api.ts'

const beside = [controlApi, userManagementApi, apiAccessApi, scimApi, jiraApi, confluenceApi]

export const apis: readonly ApiDefinition[] = [
  ...[organizationApi(beside), ...beside].map(overKeptWorld),
  oauthApi,
  siteApi,
]
