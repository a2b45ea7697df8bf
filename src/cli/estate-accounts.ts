import type { AccountUse, ProductUse } from '../atlassian/account-details.ts'
import type { Account, Directory } from '../core/directory.ts'
import { compare } from '../core/resource.ts'
import { isOpen } from './estate-account-state.ts'
import type { UnmatchedItem } from './estate-matching.ts'

/** The authentication policy that an account is in. */
export interface PolicyItem {
  readonly id: string
  /** As the organization's manifest calls it. */
  readonly name?: string
  /** As the organization's manifest says; absent where it does not speak of the policy. No API tells. */
  readonly enforces?: readonly string[]
}

export interface AccountItem {
  readonly accountId: string
  readonly email?: string
  readonly name: string
  readonly type: string
  readonly status: string
  readonly managed: boolean
  readonly provisioned?: boolean
  /** Of managed accounts. */
  readonly mfaEnabled?: boolean
  /** `null` where the account is in none; absent where that was not asked, or not answered. */
  readonly authenticationPolicy?: PolicyItem | null
  readonly platformRoles: readonly string[]
  readonly products?: readonly ProductUse[]
  readonly addedAt?: string
  /** The last known time in any product. */
  readonly lastActiveAt?: string
  readonly groups: readonly string[]
  /** Why no manifest matches it, where that was asked. */
  readonly unmatched?: Omit<UnmatchedItem, 'accountId'>
}

/** What takes more than the directory to know of accounts. */
export interface AccountDetails {
  readonly uses: ReadonlyMap<string, AccountUse>
  /** Policy id by account id, of those who were asked about: undefined for who is in none. */
  readonly policies: ReadonlyMap<string, string | undefined>
  /** As the organization's manifest declares them. */
  readonly declaredPolicies: readonly Required<PolicyItem>[]
}

export const noDetails: AccountDetails = { uses: new Map(), policies: new Map(), declaredPolicies: [] }

export function accountItem(account: Account, directory: Directory, details: AccountDetails): AccountItem {
  const { accountId, email, name, type, status, managed, mfaEnabled, groupIds, platformRoles } = account
  const use = details.uses.get(accountId)
  const lastActiveAt = use?.products
    ?.flatMap((product) => product.lastActiveAt ?? [])
    .sort(compare)
    .at(-1)
  return {
    accountId,
    name,
    type,
    status,
    managed,
    platformRoles,
    ...(email !== undefined && { email }),
    ...(mfaEnabled !== undefined && { mfaEnabled }),
    ...use,
    ...(account.provisioned && { provisioned: true }),
    ...(lastActiveAt !== undefined && { lastActiveAt }),
    ...policyOf(accountId, details),
    groups: [...groupIds].map((id) => directory.groupById(id)?.name ?? id).sort(compare),
  }
}

function policyOf(
  accountId: string,
  { policies, declaredPolicies }: AccountDetails,
): Pick<AccountItem, 'authenticationPolicy'> {
  if (!policies.has(accountId)) return {}
  const id = policies.get(accountId)
  if (id === undefined) return { authenticationPolicy: null }
  const { name, enforces } = declaredPolicies.find((each) => each.id === id) ?? {}
  return { authenticationPolicy: { id, ...(name !== undefined && { name }), ...(enforces && { enforces }) } }
}

/**
 * A managed account that can sign in with a password alone: no two-step verification, and in no policy that is known to
 * ask for it or for single sign-on. What is not known counts as missing.
 */
export const lacksTwoStep = (account: AccountItem): boolean =>
  account.managed &&
  isOpen(account) &&
  account.mfaEnabled !== true &&
  (account.authenticationPolicy?.enforces ?? []).length === 0

/** Active, and not known to have been seen since; who came into the organization later is left out. */
export function isInactiveSince({ status, lastActiveAt, addedAt }: AccountItem, sinceMs: number): boolean {
  if (status !== 'active') return false
  const lastMs = Date.parse(lastActiveAt ?? addedAt ?? '')
  return Number.isNaN(lastMs) || lastMs < sinceMs
}
