import { noContent, ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { cancelDeletion, scheduleDeletion } from '../../world-deletion.ts'
import type { Account } from '../../world-state.ts'
import { withAccount } from './manage.ts'

export function disable(request: SandboxRequest): Answer {
  return withEnablement(request, 'inactive')
}

export function enable(request: SandboxRequest): Answer {
  return withEnablement(request, 'active')
}

/** An account in deletion is neither opened nor closed: the deletion is cancelled first. */
function withEnablement(request: SandboxRequest, status: 'active' | 'inactive'): Answer {
  return withAccount(request, 'lifecycle.enablement', (account) => {
    if (account.deletesAtMs !== undefined) return conflict(account)
    account.accountStatus = status
    return noContent
  })
}

export function deleteAccount(request: SandboxRequest): Answer {
  return withAccount(request, 'lifecycle.delete', (account) => {
    if (account.deletesAtMs !== undefined) return conflict(account)
    scheduleDeletion(request.state, account, request.nowMs)
    return ok({ message: 'Success' })
  })
}

/** Within the time of grace; 404 where nothing is to cancel, for the description has no 409 here. */
export function cancelDelete(request: SandboxRequest): Answer {
  return withAccount(request, 'lifecycle.delete', (account) => {
    if (account.deletesAtMs === undefined) return { status: 404, body: { key: 'notFound' } }
    cancelDeletion(request.state, account)
    return ok({ message: 'Success' })
  })
}

/** Form: IDv2 User management, Conflict.LifecycleErrors. Its codes are not published: this one is the sandbox's. */
function conflict({ accountId }: Account): Answer {
  const message = 'The account is scheduled for deletion'
  const context = { message, accountId, errorCodes: [{ code: 'deletionScheduled', message }] }
  return { status: 409, body: { key: 'conflict.lifecycleErrors', context } }
}
