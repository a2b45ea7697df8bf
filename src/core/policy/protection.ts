import { subject, type Change } from '../change.ts'
import type { HoldCode, Policy, PolicyContext } from '../policy.ts'
import { normalName, type AccountRef, type GroupRef } from '../principal.ts'
import { scopeId, type Resource } from '../resource.ts'

export interface ProtectedList {
  /** Normal form. */
  readonly emails: ReadonlySet<string>
  readonly accountIds: ReadonlySet<string>
  /** Normal form. */
  readonly groups: ReadonlySet<string>
}

/** Takes away access: a removal, or an update that suspends, deactivates or lowers. */
const reduces = (change: Change): boolean => change.action !== 'create'

/** Break-glass accounts and groups keep what they have, whatever is declared. */
export const protectedPrincipals = (list: ProtectedList): Policy =>
  keeping(list, 'PROTECTED', 'is on the protected list')

/** Nothing is taken from the identity of Roster's own credentials: the next run would be blind. */
export const ownIdentity = (emails: ReadonlySet<string>): Policy =>
  keeping({ emails, accountIds: new Set(), groups: new Set() }, 'OWN_IDENTITY', 'is the identity Roster works with')

function keeping(list: ProtectedList, code: HoldCode, why: string): Policy {
  return (_, { directory }) =>
    (change) => {
      const name = reduces(change) ? protectedName(subject(change), list, directory) : undefined
      return name === undefined ? undefined : { code, reason: `${name} ${why}`, releasable: false }
    }
}

type Names = Pick<PolicyContext, 'directory'>

function protectedName(
  { principal }: Resource,
  list: ProtectedList,
  directory: Names['directory'],
): string | undefined {
  if (principal?.type === 'user') return protectedAccount(principal.account, list, directory)
  return principal?.type === 'group' ? protectedGroup(principal.group, list, directory) : undefined
}

function protectedAccount(
  ref: AccountRef,
  { accountIds, emails }: ProtectedList,
  directory: Names['directory'],
): string | undefined {
  if (!('accountId' in ref)) return undefined
  const email = directory.accountById(ref.accountId)?.email
  const listed = accountIds.has(ref.accountId) || (email !== undefined && emails.has(email))
  return listed ? (email ?? ref.accountId) : undefined
}

function protectedGroup(ref: GroupRef, { groups }: ProtectedList, directory: Names['directory']): string | undefined {
  const name = 'groupId' in ref ? directory.groupById(ref.groupId)?.name : undefined
  return name !== undefined && groups.has(normalName(name)) ? `group ${name}` : undefined
}

/** Members of default groups come by invitation too, and removing one takes the licence. */
export const guardedScopes: Policy =
  (_, { desired }) =>
  (change) => {
    const guarded = desired.scopes.get(scopeId(subject(change).scope))?.scope.guarded
    if (change.action !== 'delete' || change.why === 'withdrawn' || guarded === undefined) return undefined
    return { code: 'DEFAULT_GROUP', reason: `${guarded}: set allowDefaultGroups to remove members`, releasable: false }
  }
