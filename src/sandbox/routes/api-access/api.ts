import { read, type Answer, type ApiDefinition } from '../../exchange.ts'
import type { Refusal } from '../../refusal.ts'
import { listApiKeys } from './api-keys.ts'
import { countApiTokens, listApiTokens } from './api-tokens.ts'
import { listServiceAccounts } from './service-accounts.ts'

const base = '/admin/api-access/v1/orgs/{orgId}'

/**
 * The API Access API, as far as it lists. Its description (API Access 1.0.0) is not among those that the contract is held
 * against: paths, names and shapes follow it.
 */
export const apiAccessApi: ApiDefinition = {
  api: 'api-access',
  contentType: 'application/json',
  unauthorized: () => ({ status: 401, body: { code: 401, message: 'Unauthorized' } }),
  refused,
  routes: [
    read('GET', `${base}/api-tokens`, 'getAllApiTokensByOrgId', listApiTokens),
    read('GET', `${base}/api-tokens/count`, 'getApiTokenCountByOrgId', countApiTokens),
    read('GET', `${base}/service-accounts`, 'listServiceAccounts', listServiceAccounts),
    read('GET', `${base}/api-keys`, 'getAllApiKeysByOrgId', listApiKeys),
  ],
}

const codes: Readonly<Record<string, string>> = { pageSize: 'INVALID_PAGE_SIZE', sort: 'INVALID_SORT' }

/** A parameter that is not known is an internal error to this API, not a bad request; another organization is not ours. */
function refused({ reason, what, message }: Refusal): Answer {
  if (reason === 'not-found') return failure(403, 'GENERIC_ERROR', message)
  if (what === 'parameter') return failure(500, 'GENERIC_ERROR', 'Internal Error')
  return failure(400, codes[what] ?? 'INVALID_API_TOKEN_SEARCH_QUERY', message)
}

function failure(status: number, code: string, detail: string): Answer {
  return { status, body: { errors: [{ id: 'sandbox', status: String(status), code, title: code, detail }] } }
}
