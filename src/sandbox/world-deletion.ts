import { removeAccount } from './world-directory.ts'
import type { Account, WorldState } from './world-state.ts'

/** "A 14-day grace period, during which the account will appear as temporarily deactivated" (IDv2 User management). */
const graceMs = 14 * 24 * 3_600_000

export function scheduleDeletion(state: WorldState, account: Account, nowMs: number): void {
  account.accountStatus = 'inactive'
  account.deletesAtMs = nowMs + graceMs
  state.accountsToDelete.add(account.accountId)
}

/** The account is restored and activated. */
export function cancelDeletion(state: WorldState, account: Account): void {
  account.accountStatus = 'active'
  delete account.deletesAtMs
  state.accountsToDelete.delete(account.accountId)
}

/** Closes the accounts whose time of grace is over: nobody's member, in no list, and the address is free again. */
export function closeAccounts(state: WorldState, nowMs: number): void {
  for (const accountId of state.accountsToDelete) {
    const account = state.accounts.get(accountId)
    if (account?.deletesAtMs === undefined || account.deletesAtMs > nowMs) continue
    removeAccount(state, account)
    for (const policy of state.policies.values()) policy.members.delete(accountId)
    state.accountIdByEmail.delete(account.email.toLowerCase())
    state.accountsToDelete.delete(accountId)
    delete account.deletesAtMs
    Object.assign(account, { accountStatus: 'closed', email: '', name: 'Former user', apiTokens: [] })
  }
}
