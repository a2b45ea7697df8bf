import type { Account } from '../../core/directory.ts'
import { accountKey, type AccountRef } from '../../core/principal.ts'
import type { Fields, Resource, Scope } from '../../core/resource.ts'

export type UserState = 'Active' | 'Suspended' | 'Deactivated'

export interface Person {
  readonly account: AccountRef
  /** Normal form. */
  readonly email: string
  /** Whether its authentication policy is declared, so that it is worth a call. */
  readonly wantsPolicy: boolean
}
export type AccountScope = Scope<Person>
/** One account. `fields` has `state`, the declared part of the profile, and `authenticationPolicyId`. */
export type AccountResource = Resource<Person, Fields>

export const userKind = 'AtlassianUser'

export function accountScope(account: AccountRef, email: string, wantsPolicy: boolean): AccountScope {
  const ref = { account, email, wantsPolicy }
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
    ...account.provisioned?.profile,
    state: observedState(account),
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
