import type { ApiRequest } from '../core/ports.ts'

/** POST operations that change nothing, by API and path template as in its OpenAPI file. */
const searches: ReadonlySet<string> = new Set([
  'organization /v2/orgs/{orgId}/directories/{directoryId}/users/search',
  'organization /v2/orgs/{orgId}/directories/{directoryId}/groups/search',
  'organization /v2/orgs/{orgId}/workspaces',
  'control /admin/control/v1/orgs/{orgId}/users/auth-policies/bulk-fetch',
])

/** Whether a call can change anything. What is not on the list counts as a write. */
export const isRead = ({ api, method, path }: ApiRequest): boolean =>
  method === 'GET' || (method === 'POST' && searches.has(`${api} ${path}`))
