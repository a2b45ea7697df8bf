import type { Account } from '../../core/directory.ts'
import { accountKey, type AccountRef } from '../../core/principal.ts'
import type { Fields, Resource, Scope } from '../../core/resource.ts'

export type UserState = 'Active' | 'Suspended' | 'Deactivated'

/** What takes a call to know of one account: its policy (100 a call), which fields the organization may write (1 each). */
export type Ask = 'policy' | 'privileges'

export interface Person {
  readonly account: AccountRef
  /** As declared, in normal form. */
  readonly email: string
  readonly asks: readonly Ask[]
  /** Fields that only somebody else may write, with the reason; as observed, where that was asked. */
  readonly denied?: Readonly<Record<string, string>>
}
export type AccountScope = Scope<Person>
/**
 * One account. `fields` has `state`, the declared part of the profile, `email` where it is to change, `organizationAdmin`
 * and `authenticationPolicyId`.
 */
export type AccountResource = Resource<Person, Fields>

export const userKind = 'AtlassianUser'

/** Platform role of those who rule the organization (Organizations API, users/search `platformRoles`). */
export const organizationAdminRole = 'atlassian/org-admin'

export function accountScope(account: AccountRef, email: string, asks: readonly Ask[] = []): AccountScope {
  const ref = { account, email, asks }
  return { kind: userKind, key: accountKey(account), ref, title: `Account ${email}`, single: true }
}

export function accountResource(scope: AccountScope, fields: Fields): AccountResource {
  const { account, email } = scope.ref
  return { scope, key: 'account', ref: scope.ref, fields, title: email, principal: { type: 'user', account } }
}

export const isAccountResource = (resource: Resource): resource is AccountResource => resource.scope.kind === userKind

/** What an account is like, in the words of the spec. */
export function observedFields(account: Account, policyId: string | undefined): Fields {
  return {
    displayName: account.name,
    ...account.profile,
    ...account.provisioned?.profile,
    state: observedState(account),
    organizationAdmin: account.platformRoles.includes(organizationAdminRole),
    ...(account.email !== undefined && { email: account.email }),
    ...(policyId !== undefined && { authenticationPolicyId: policyId }),
  }
}

/**
 * `NotInvited`: the account exists and is no member of the organization, so that it can be in no group. One that the
 * identity provider's directory holds active comes in by itself.
 */
export function observedState({ status, provisioned }: Account): UserState | 'NotInvited' {
  if (status === 'deactivated' || status === 'for_deletion' || provisioned?.active === false) return 'Deactivated'
  if (status === 'suspended') return 'Suspended'
  return status === 'not_invited' && !provisioned ? 'NotInvited' : 'Active'
}
