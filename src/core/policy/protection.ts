import { isRemoval, subject, type Change } from '../change.ts'
import type { Policy, PolicyContext } from '../policy.ts'
import { normalName, type AccountRef, type GroupRef, type Principal } from '../principal.ts'
import { resourceId, scopeId, type Resource, type Scope } from '../resource.ts'
import { membershipKind, type MembersRef } from '../membership.ts'

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
export function protectedPrincipals(list: ProtectedList): Policy {
  return (_, { directory }) =>
    (change) => {
      if (!reduces(change)) return undefined
      const name = protectedName(subject(change), list, directory)
      return name === undefined
        ? undefined
        : { code: 'PROTECTED', reason: `${name} is on the protected list`, releasable: false }
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

/** Nothing is taken from the identity of Roster's own credentials: the next run would be blind. */
export function ownIdentity(emails: ReadonlySet<string>): Policy {
  const list = { emails, accountIds: new Set<string>(), groups: new Set<string>() }
  return (_, { directory }) =>
    (change) => {
      if (!reduces(change)) return undefined
      const name = protectedName(subject(change), list, directory)
      return name === undefined
        ? undefined
        : { code: 'OWN_IDENTITY', reason: `${name} is the identity Roster works with`, releasable: false }
    }
}

/** Members of default groups come by invitation too, and removing one takes the licence. */
export const guardedScopes: Policy =
  (_, { desired }) =>
  (change) => {
    const guarded = desired.scopes.get(scopeId(subject(change).scope))?.scope.guarded
    if (change.action !== 'delete' || change.why === 'withdrawn' || guarded === undefined) return undefined
    return { code: 'DEFAULT_GROUP', reason: `${guarded}: set allowDefaultGroups to remove members`, releasable: false }
  }

/** The last project administrator, the last space administrator: counted through groups, on the resulting state. */
export const keepPeople: Policy = (changes, context) => {
  const removed = new Set(changes.filter(isRemoval).map((change) => resourceId(subject(change))))
  const lowered = new Set(changes.filter(lowers).map((change) => resourceId(subject(change))))
  const short = new Map<string, string>()
  const leaving = new Set(changes.flatMap((change) => closedAccount(change) ?? []))
  const guarded = [...context.desired.scopes.values()].filter(({ scope }) => scope.keepPeople)
  for (const { scope } of guarded) {
    if (context.observed.unread.has(scopeId(scope))) continue
    // apps are in no list of accounts, and neither is who was not read: they may have been people, and count as none
    const before = people(scope, context, { gone: new Set(), leaving: new Set(), countUnknown: true })
    const left = people(scope, context, { gone: removed.union(lowered), leaving, countUnknown: false })
    const { minimum, what } = scope.keepPeople!
    if (left.size < minimum && left.size < before.size) short.set(scopeId(scope), `would leave ${left.size} ${what}`)
  }
  return (change) => {
    const reason = shortage(change, short, context)
    return reason === undefined || !reduces(change) ? undefined : { code: 'LAST_ONE', reason, releasable: false }
  }
}

const lowers = (change: Change): boolean =>
  change.action === 'update' && change.before.counts === true && change.after.counts !== true

/** The account that an update suspends or deactivates: it administers nothing from then on. */
function closedAccount(change: Change): string | undefined {
  if (change.action !== 'update') return undefined
  const { principal, fields } = change.after
  const isClosed = typeof fields['state'] === 'string' && fields['state'] !== 'Active'
  return isClosed && principal?.type === 'user' && 'accountId' in principal.account
    ? principal.account.accountId
    : undefined
}

/** A removal in the scope itself, or of a member of a group that holds it. */
function shortage(change: Change, short: ReadonlyMap<string, string>, { observed }: PolicyContext): string | undefined {
  const { scope } = subject(change)
  const own = short.get(scopeId(scope))
  if (own !== undefined) return isRemoval(change) || lowers(change) ? own : undefined
  if (scope.kind !== membershipKind || short.size === 0) return undefined
  const { group } = scope.ref as MembersRef
  const holders = [...observed.resources.values()].filter((each) => each.counts && isGroup(each.principal, group))
  return holders.map((each) => short.get(scopeId(each.scope))).find((each) => each !== undefined)
}

const isGroup = (principal: Principal | undefined, group: MembersRef['group']): boolean =>
  principal?.type === 'group' &&
  'groupId' in group &&
  'groupId' in principal.group &&
  principal.group.groupId === group.groupId

interface Counting {
  readonly gone: ReadonlySet<string>
  /** Account ids of those whose account is closed. */
  readonly leaving: ReadonlySet<string>
  /** Whether an account that the directory does not know is taken for a person. */
  readonly countUnknown: boolean
}

/** Active people who hold a counted entry of the scope once `gone` is gone. */
function people(scope: Scope, { observed, directory }: PolicyContext, counting: Counting): Set<string> {
  const active = new Set<string>()
  for (const [id, { scope: within, counts, principal }] of observed.resources) {
    if (!counts || counting.gone.has(id) || scopeId(within) !== scopeId(scope) || !principal) continue
    for (const accountId of peopleOf(principal, directory, counting)) active.add(accountId)
  }
  return active
}

function peopleOf(
  principal: Principal,
  directory: PolicyContext['directory'],
  { gone, leaving, countUnknown }: Counting,
): string[] {
  const isActive = (accountId: string): boolean => {
    if (leaving.has(accountId)) return false
    const account = directory.accountById(accountId)
    return account === undefined ? countUnknown : account.status === 'active' && account.type === 'atlassian'
  }
  if (principal.type === 'user') {
    return 'accountId' in principal.account && isActive(principal.account.accountId)
      ? [principal.account.accountId]
      : []
  }
  if (principal.type === 'class' || !('groupId' in principal.group)) return []
  const { groupId } = principal.group
  const members = directory.members(groupId)
  // unknown members cannot be counted: nobody is assumed to be there
  if ('code' in members) return []
  return members
    .filter((each) => isActive(each.accountId) && !gone.has(`${membershipKind}/${groupId}/user:${each.accountId}`))
    .map((each) => each.accountId)
}
