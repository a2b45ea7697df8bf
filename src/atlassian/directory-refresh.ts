import type { Account, Group, IdentityNeeds, Unread } from '../core/directory.ts'
import { normalName } from '../core/principal.ts'
import type { DirectoryParts } from './directory-index.ts'

/** What was asked for of the part that is newer. */
export type Asked = Pick<IdentityNeeds, 'emails' | 'groupNames'>

/**
 * The whole estate as it was read some time ago, with what was read afresh of it. Of the groups that were asked for as a
 * whole, the members are the fresh ones; of all others, the old ones with their old counts, so that each group is
 * seen at one moment. An address or a name that was asked for and not found is nobody's any more.
 */
export function refreshed(whole: DirectoryParts, fresh: DirectoryParts, asked: Asked): DirectoryParts {
  const shown = 'code' in fresh.groups ? [] : fresh.groups.map(({ groupId }) => groupId)
  const { covered = new Set(shown), ...rest } = fresh
  const defaults = new Map([...whole.defaultGroupIds, ...fresh.defaultGroupIds])
  return {
    ...rest,
    accounts: either(whole.accounts, fresh.accounts, (old, now) => accountsAfter(old, now, { covered, asked })),
    groups: either(whole.groups, fresh.groups, (old, now) => groupsAfter(old, now, { covered, asked })),
    records: either(whole.records, fresh.records, recordsAfter),
    defaultGroupIds: defaults,
    counts: whole.counts,
    provisionedGroups:
      'code' in fresh.provisionedGroups || fresh.provisionedGroups.size > 0
        ? fresh.provisionedGroups
        : whole.provisionedGroups,
  }
}

/**
 * Everybody was read because that was cheaper than what was asked for: of default groups and of provisioned records, still
 * only that.
 */
export const rereadWhole = (whole: DirectoryParts, fresh: DirectoryParts): DirectoryParts => ({
  ...fresh,
  records: either(whole.records, fresh.records, recordsAfter),
  defaultGroupIds: new Map([...whole.defaultGroupIds, ...fresh.defaultGroupIds]),
})

function either<Item>(
  whole: readonly Item[] | Unread,
  fresh: readonly Item[] | Unread,
  merge: (whole: readonly Item[], fresh: readonly Item[]) => readonly Item[],
): readonly Item[] | Unread {
  if ('code' in fresh) return fresh
  return 'code' in whole ? whole : merge(whole, fresh)
}

interface Extent {
  readonly covered: ReadonlySet<string>
  readonly asked: Asked
}

function accountsAfter(whole: readonly Account[], fresh: readonly Account[], { covered, asked }: Extent) {
  const now = new Map(fresh.map((account) => [account.accountId, account]))
  const then = new Map(whole.map((account) => [account.accountId, account]))
  const kept = whole.flatMap((account) => {
    if (now.has(account.accountId)) return []
    const { email, ...nameless } = account
    const isRenamed = email !== undefined && asked.emails.has(email)
    return [{ ...(isRenamed ? nameless : account), groupIds: account.groupIds.difference(covered) }]
  })
  const renewed = fresh.map((account) => {
    const elsewhere = (then.get(account.accountId)?.groupIds ?? new Set<string>()).difference(covered)
    return { ...account, groupIds: account.groupIds.intersection(covered).union(elsewhere) }
  })
  return [...kept, ...renewed]
}

function groupsAfter(whole: readonly Group[], fresh: readonly Group[], { covered, asked }: Extent): readonly Group[] {
  const then = new Map(whole.map((group) => [group.groupId, group]))
  const now = new Set(fresh.map(({ groupId }) => groupId))
  const kept = whole.filter(({ groupId, name }) => !now.has(groupId) && !asked.groupNames.has(normalName(name)))
  const renewed = fresh.map((group): Group => {
    const old = then.get(group.groupId)
    return covered.has(group.groupId) || old?.userCount === undefined ? group : { ...group, userCount: old.userCount }
  })
  return [...kept, ...renewed]
}

const recordsAfter = <Item extends { readonly id: string }>(whole: readonly Item[], fresh: readonly Item[]) => [
  ...new Map([...whole, ...fresh].map((record) => [record.id, record])).values(),
]
