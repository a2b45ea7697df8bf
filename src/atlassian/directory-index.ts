import type { Account, Directory, Group, Pins, Unread } from '../core/directory.ts'
import { normalEmail, normalName } from '../core/principal.ts'
import { namedLookUps } from './directory-pins.ts'
import { joinRecords, type JoinableRecord } from './directory-provisioning.ts'

export interface DirectoryParts {
  readonly accounts: readonly Account[] | Unread
  /** Groups all of whose members were asked for; undefined for every group. */
  readonly covered?: ReadonlySet<string>
  readonly groups: readonly Group[] | Unread
  readonly records: readonly JoinableRecord[] | Unread
  /** By product key. A product with one has its default group; with several, somebody must say which. */
  readonly defaultGroupIds: ReadonlyMap<string, readonly string[]>
  readonly counts: Directory['counts']
  readonly provisioningMethod: Directory['provisioningMethod']
  readonly provisionsGroups: boolean
  readonly authenticationPolicies: Directory['authenticationPolicies']
  readonly siteUrls: Directory['siteUrls']
  /** Ids of the groups of the SCIM directory by name in normal form, where their members are ours to write. */
  readonly provisionedGroups: ReadonlyMap<string, string> | Unread
  readonly pins: Pins
  /** Normal forms. */
  readonly formerEmails: ReadonlyMap<string, readonly string[]>
}

/** The directory over what was read. */
export function createDirectory(parts: DirectoryParts): Directory {
  const { defaultGroupIds, records } = parts
  const read = <Item>(part: readonly Item[] | Unread): readonly Item[] => ('code' in part ? [] : part)
  const accounts = joinRecords(read(parts.accounts), read(records))
  const groups = read(parts.groups).map((group) =>
    withRecord(withDefaults(group, defaultGroupIds), parts.provisionedGroups),
  )
  const byEmail = indexByEmail(accounts)
  const byAccountId = new Map(accounts.map((account) => [account.accountId, account]))
  const byName = new Map(groups.map((group) => [normalName(group.name), group]))
  const byGroupId = new Map(groups.map((group) => [group.groupId, group]))
  const named = namedLookUps({ byEmail, byAccountId, byName, byGroupId, pins: parts.pins })
  return {
    accounts,
    groups,
    counts: parts.counts,
    provisioningMethod: parts.provisioningMethod,
    provisionsGroups: parts.provisionsGroups,
    authenticationPolicies: parts.authenticationPolicies,
    siteUrls: parts.siteUrls,
    unread: {
      ...('code' in parts.accounts && { accounts: parts.accounts }),
      ...('code' in parts.groups && { groups: parts.groups }),
      ...('code' in records && { provisioning: records }),
    },
    ...named,
    account: (email) => named.account(email) ?? formerly(email, parts.formerEmails, named),
    accountById: (accountId) => byAccountId.get(accountId),
    groupById: (groupId) => byGroupId.get(groupId),
    members: createMembers(parts, accounts, byGroupId),
    groupNames: groups.map(({ name }) => name),
    defaultGroups: new Map(
      [...defaultGroupIds].flatMap(([product, ids]) => {
        const group = ids.length === 1 ? byGroupId.get(ids[0]!) : undefined
        return group ? [[product, group] as const] : []
      }),
    ),
  }
}

/**
 * A group that must not be deleted, though its members can be changed, gives access to an app by default or administers
 * one (error codes ADMIN-403-6 and -403-7, specs admin-organizations). Which app, it takes a call to know; that removals
 * need care there, it does not.
 */
const unnamedApp = 'an app or its administration'

function withDefaults(group: Group, defaultGroupIds: DirectoryParts['defaultGroupIds']): Group {
  const defaultFor = [...defaultGroupIds].flatMap(([product, ids]) => (ids.includes(group.groupId) ? [product] : []))
  if (defaultFor.length > 0) return { ...group, defaultFor }
  return group.deletable || group.readOnly !== undefined ? group : { ...group, defaultFor: [unnamedApp] }
}

/** A group of the SCIM directory that we keep is written there; nowhere else can it be (reference section 3.5). */
function withRecord(group: Group, provisioned: DirectoryParts['provisionedGroups']): Group {
  if (group.managedBy !== 'external') return group
  if ('code' in provisioned)
    return { ...group, readOnly: `the groups of the SCIM directory were not read (${provisioned.message})` }
  const id = provisioned.get(normalName(group.name))
  return id === undefined ? group : { ...group, provisionedId: id }
}

/** The account that still has a former address of the declared one. */
const formerly = (
  email: string,
  formerEmails: DirectoryParts['formerEmails'],
  named: Pick<Directory, 'account' | 'changed'>,
): Account | undefined =>
  named.changed(email) === undefined
    ? formerEmails.get(normalEmail(email))?.flatMap((former) => named.account(former) ?? [])[0]
    : undefined

/**
 * An address that belonged to a deleted account may belong to a new one, and one that a portal customer has may be that
 * of a colleague: the account that is least in use steps back.
 */
function indexByEmail(accounts: readonly Account[]): ReadonlyMap<string, Account> {
  const index = new Map<string, Account>()
  for (const account of accounts) {
    if (account.email === undefined) continue
    const other = index.get(account.email)
    if (other === undefined || claimOn(account) > claimOn(other)) index.set(account.email, account)
  }
  return index
}

function claimOn({ status, type }: Account): number {
  if (status === 'for_deletion') return 0
  const isOpen = status !== 'deactivated'
  return (type === 'atlassian' ? 3 : 1) + (isOpen ? 1 : 0)
}

function createMembers(
  { accounts: accountsRead, groups: groupsRead, covered }: DirectoryParts,
  accounts: readonly Account[],
  byGroupId: ReadonlyMap<string, Group>,
): Directory['members'] {
  const membersByGroup = new Map<string, Account[]>()
  for (const account of accounts) {
    for (const groupId of account.groupIds) {
      const members = membersByGroup.get(groupId)
      if (members) members.push(account)
      else membersByGroup.set(groupId, [account])
    }
  }
  return (groupId) => {
    if ('code' in accountsRead) return accountsRead
    if ('code' in groupsRead) return groupsRead
    const group = byGroupId.get(groupId)
    if (group === undefined) return { code: 'NOT_FOUND', message: `there is no group with the id ${groupId}` }
    if (covered && !covered.has(groupId)) return incomplete(`the members of ${group.name} were not asked for`)
    const members = membersByGroup.get(groupId) ?? []
    const { name, userCount } = group
    if (userCount === undefined || userCount === members.length) return members
    return incomplete(`${name} has ${userCount} members by its own count, and ${members.length} were shown`)
  }
}

const incomplete = (message: string): Unread => ({ code: 'INCOMPLETE', message })
