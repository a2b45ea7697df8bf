import { isRemoval, subject, type Change } from '../change.ts'
import { membershipKind, type MembersRef } from '../membership.ts'
import type { Policy, PolicyContext } from '../policy.ts'
import { groupKey, type GroupRef, type Principal } from '../principal.ts'
import { resourceId, scopeId, type Scope } from '../resource.ts'

/** The last project administrator, the last space administrator: counted through groups, on the resulting state. */
export const keepPeople: Policy = (changes, context) => {
  const removed = new Set(changes.filter(isRemoval).map((change) => resourceId(subject(change))))
  const lowered = new Set(changes.filter(lowers).map((change) => resourceId(subject(change))))
  const short = new Map<string, string>()
  const leaving = new Set(changes.flatMap((change) => closedAccount(change) ?? []))
  const deleted = new Set(
    changes.flatMap((change) => (isRemoval(change) ? (deletedGroup(change) ?? []) : [])).map(groupKey),
  )
  const guarded = [...context.desired.scopes.values()].filter(({ scope }) => scope.keepPeople)
  for (const { scope } of guarded) {
    if (context.observed.unread.has(scopeId(scope))) continue
    // apps are in no list of accounts, and neither is who was not read: they may have been people, and count as none
    const before = people(scope, context, { gone: nobody, leaving: nobody, deleted: nobody, countUnknown: true })
    const left = people(scope, context, { gone: removed.union(lowered), leaving, deleted, countUnknown: false })
    const { minimum, what } = scope.keepPeople!
    if (left.size < minimum && left.size < before.size) short.set(scopeId(scope), `would leave ${left.size} ${what}`)
  }
  return (change) => {
    const reason = shortage(change, short, context)
    return reason === undefined || change.action === 'create'
      ? undefined
      : { code: 'LAST_ONE', reason, releasable: false }
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
  const group = scope.kind === membershipKind ? (scope.ref as MembersRef).group : deletedGroup(change)
  if (!group || short.size === 0) return undefined
  const holders = [...observed.resources.values()].filter((each) => each.counts && isGroup(each.principal, group))
  return holders.map((each) => short.get(scopeId(each.scope))).find((each) => each !== undefined)
}

const isGroup = (principal: Principal | undefined, group: MembersRef['group']): boolean =>
  principal?.type === 'group' &&
  'groupId' in group &&
  'groupId' in principal.group &&
  principal.group.groupId === group.groupId

/** The group that goes with everything it holds, not one of its members. */
function deletedGroup(change: Change): GroupRef | undefined {
  const { scope, principal } = subject(change)
  return isRemoval(change) && scope.single && principal?.type === 'group' ? principal.group : undefined
}

const nobody: ReadonlySet<string> = new Set()

interface Counting {
  readonly gone: ReadonlySet<string>
  /** Account ids of those whose account is closed. */
  readonly leaving: ReadonlySet<string>
  /** Ids of groups that are deleted as a whole. */
  readonly deleted: ReadonlySet<string>
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
  { gone, leaving, deleted, countUnknown }: Counting,
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
  if (deleted.has(groupId)) return []
  const members = directory.members(groupId)
  // unknown members cannot be counted: nobody is assumed to be there
  if ('code' in members) return []
  return members
    .filter((each) => isActive(each.accountId) && !gone.has(`${membershipKind}/${groupId}/user:${each.accountId}`))
    .map((each) => each.accountId)
}
