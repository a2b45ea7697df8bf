import { noContent, write, type Answer, type ApiDefinition, type SandboxRequest } from '../exchange.ts'
import { Refusal } from '../refusal.ts'
import type { Account } from '../world-state.ts'

const base = '/users/{account_id}/manage'

/** The user management API, as far as a managed account is closed and opened again. */
export const userManagementApi: ApiDefinition = {
  api: 'user-management',
  contentType: 'application/json',
  unauthorized: () => ({ status: 401, body: { key: 'unauthorized' } }),
  refused: ({ reason, what }) =>
    reason === 'not-found'
      ? { status: 404, body: { key: 'accountNotFound' } }
      : { status: 403, body: { key: 'forbidden.action', context: { allowed: false, reason: { key: what } } } },
  routes: [
    write('POST', `${base}/lifecycle/disable`, 'deactivateUser', (request) => setStatus(request, 'inactive')),
    write('POST', `${base}/lifecycle/enable`, 'activateUser', (request) => setStatus(request, 'active')),
  ],
}

/** Managed accounts only; where a SCIM directory owns the account, the state is its to change. */
function setStatus({ state, params }: SandboxRequest, status: Account['accountStatus']): Answer {
  const account = state.accounts.get(params['account_id'] ?? '')
  if (!account) throw new Refusal('not-found', 'account', 'no such account')
  if (account.scim) throw new Refusal('invalid', 'externalDirectory.scim', 'its directory changes it')
  if (!account.managed) throw new Refusal('invalid', 'managedAccount', 'it is not managed by the organization')
  account.accountStatus = status
  return noContent
}
