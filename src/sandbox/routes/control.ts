import {
  fieldsOf,
  ok,
  read,
  stringsOf,
  write,
  type Answer,
  type ApiDefinition,
  type SandboxRequest,
} from '../exchange.ts'
import { nextUuid } from '../random.ts'
import { Refusal } from '../refusal.ts'

const base = '/admin/control/v1/orgs/{orgId}'

/** Authentication policies: the three calls of the Admin Control API that there are. */
export const controlApi: ApiDefinition = {
  api: 'control',
  contentType: 'application/json',
  unauthorized: () => ({ status: 401, body: { code: 401, message: 'Unauthorized' } }),
  refused,
  routes: [
    write('POST', `${base}/auth-policy/{policyId}/add-users`, 'APIs_addUsersToPolicy', addUsers),
    read('GET', `${base}/auth-policy/task/{taskId}`, 'APIs_getTaskStatus', getTask),
    read('POST', `${base}/users/auth-policies/bulk-fetch`, 'APIs_bulkFetchAuthPolicy', bulkFetch),
  ],
}

function refused({ reason, message }: Refusal): Answer {
  if (reason === 'not-found') return { status: 404, body: { code: 404, message } }
  const error = { id: 'sandbox', status: '400', code: 'ADMIN-400-24', title: 'Invalid request body', detail: message }
  return { status: 400, body: { errors: [error] } }
}

function requireOrganization({ state, params }: SandboxRequest): void {
  if (params['orgId'] !== state.organization.id) throw new Refusal('not-found', 'organization', 'Not Found')
}

/** Users are moved, by e-mail: an account is in one policy only, and only managed accounts are in any. */
function addUsers(request: SandboxRequest): Answer {
  requireOrganization(request)
  const { state, params, body, nowMs, baseUrl } = request
  const policy = state.policies.get(params['policyId'] ?? '')
  if (!policy) throw new Refusal('not-found', 'policy', 'Not Found')
  const { users } = fieldsOf(body)
  if (!Array.isArray(users)) throw new Refusal('invalid', 'users', 'users must be a list of e-mail addresses')
  const accountIdOf = (email: string) => state.accountIdByEmail.get(email.toLowerCase()) ?? ''
  const failedEmails = stringsOf(users).filter((email) => state.accounts.get(accountIdOf(email))?.managed !== true)
  const moved = stringsOf(users).filter((email) => !failedEmails.includes(email))
  for (const accountId of moved.map(accountIdOf)) {
    for (const other of state.policies.values()) other.members.delete(accountId)
    policy.members.set(accountId, nowMs)
  }
  const taskId = nextUuid(state)
  state.policyTasks.set(taskId, { successCount: moved.length, failedEmails })
  const taskLink = `${baseUrl}/admin/control/v1/orgs/${state.organization.id}/auth-policy/task/${taskId}`
  return { status: 202, body: { taskId, taskLink } }
}

function getTask(request: SandboxRequest): Answer {
  requireOrganization(request)
  const task = request.state.policyTasks.get(request.params['taskId'] ?? '')
  if (!task) throw new Refusal('not-found', 'task', 'Not Found')
  const { successCount, failedEmails } = task
  const details = { status: 400, title: 'Bad Request', detail: 'the account is not managed by the organization' }
  const failureReasons = failedEmails.length === 0 ? [] : [{ emails: failedEmails, details }]
  return ok({ inProgressCount: 0, successCount, failureCount: failedEmails.length, failureReasons })
}

function bulkFetch(request: SandboxRequest): Answer {
  requireOrganization(request)
  const { state, body } = request
  const { accountIds } = fieldsOf(body)
  if (!Array.isArray(accountIds)) throw new Refusal('invalid', 'accountIds', 'accountIds must be a list')
  const found = stringsOf(accountIds).flatMap((accountId) => {
    const account = state.accounts.get(accountId)
    const policy = [...state.policies.values()].find(({ members }) => members.has(accountId))
    if (!account || !policy) return []
    const authPolicyInfo = { policyId: policy.id, dateAdded: policy.members.get(accountId) }
    return [{ email: account.email, name: account.name, accountId, authPolicyInfo }]
  })
  return ok(found)
}
