import { noContent, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { removeAccount } from '../../world-directory.ts'
import type { Account } from '../../world-state.ts'
import { requirePlace } from './organization.ts'
import { listedAccount } from './users.ts'

/** Groups and roles are kept, seats are freed. 415 without a JSON body, though the description has none. */
export function suspendUser(request: SandboxRequest): Answer {
  const account = memberAccount(request)
  requireJson(request)
  account.membershipStatus = 'suspended'
  return noContent
}

export function restoreUser(request: SandboxRequest): Answer {
  const account = memberAccount(request)
  requireJson(request)
  account.membershipStatus = 'active'
  return noContent
}

export function removeUser(request: SandboxRequest): Answer {
  removeAccount(request.state, memberAccount(request))
  return noContent
}

/** @throws Refusal (415) */
export function requireJson({ contentType, body }: SandboxRequest): void {
  if (contentType.startsWith('application/json') && body !== undefined) return
  throw new Refusal('invalid', 'content type', 'send Content-Type: application/json and a JSON body')
}

function memberAccount(request: SandboxRequest): Account {
  requirePlace(request)
  const account = listedAccount(request.state, request.params['accountId'] ?? '')
  if (account.membershipStatus === 'no_membership')
    throw new Refusal('not-found', 'user', 'the user is not in the directory')
  return account
}
