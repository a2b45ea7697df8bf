import { derivedUuid } from './random.ts'
import { findAccount } from './world-directory.ts'
import { seededAt } from './world-load.ts'
import type { AccountTokenSeed } from './world-seed.ts'
import type { Account, WorldState } from './world-state.ts'

export interface AccountToken extends AccountTokenSeed {
  readonly scopes: readonly string[]
}

/** The API tokens of an account: those of `credentials`, which open something, and those that are listed only. */
export function tokensOf(state: WorldState, { accountId, apiTokens }: Account): AccountToken[] {
  const working = (state.credentials.apiTokens ?? []).filter(
    ({ email }) => findAccount(state, email)?.accountId === accountId,
  )
  return [
    ...working.map(({ name }) => ({ id: workingId(name), label: name, createdAt: seededAt, scopes: [] })),
    ...apiTokens.map((token) => ({ ...token, scopes: [] })),
  ]
}

/** From then on the token is in no list and opens nothing. Returns false where the account has no such token. */
export function revokeToken(state: WorldState, account: Account, tokenId: string): boolean {
  if (!tokensOf(state, account).some(({ id }) => id === tokenId)) return false
  account.apiTokens = account.apiTokens.filter(({ id }) => id !== tokenId)
  const { apiTokens = [] } = state.credentials
  state.credentials = { ...state.credentials, apiTokens: apiTokens.filter(({ name }) => workingId(name) !== tokenId) }
  return true
}

function workingId(name: string): string {
  return derivedUuid(`api token ${name}`)
}
