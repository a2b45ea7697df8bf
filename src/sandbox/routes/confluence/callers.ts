import type { SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { accountOf } from '../../world-directory.ts'
import { isSiteAdmin, spacePermissionsOf } from '../../world-space-access.ts'
import type { Account, Space } from '../../world-state.ts'
import { confluenceOf } from './confluence-of.ts'

export function callerOf({ state, callerId }: SandboxRequest): Account {
  return accountOf(state, callerId ?? '')
}

/** @throws Refusal (403, of v2 404) where the caller is neither an admin of the organization nor of the site */
export function requireSiteAdmin(request: SandboxRequest): void {
  if (isSiteAdmin(callerOf(request))) return
  throw new Refusal('forbidden', 'caller', 'You must be a site admin')
}

/**
 * @throws Refusal where the caller does not administer the space and is no admin of the site: 404 where the caller may
 * not see it, 403 (of v2 404) where the caller may
 */
export function requireSpaceAdmin(request: SandboxRequest, space: Space): void {
  const caller = callerOf(request)
  const held = permissionsIn(request, space, caller)
  if (isSiteAdmin(caller) || held.has('administer/space')) return
  if (!held.has('read/space')) throw new Refusal('not-found', 'space', `No space with key : ${space.key}`)
  throw new Refusal('forbidden', 'caller', 'You must administer the space')
}

/** What an account may do in a space, as `read/space`. */
export function permissionsIn(request: SandboxRequest, space: Space, account: Account): Set<string> {
  const { site, state } = request
  const confluence = confluenceOf(request)
  return site ? spacePermissionsOf(state, { site, confluence, space }, account) : new Set()
}
