import {
  noPins,
  type Account,
  type Directory,
  type Group,
  type IdentityNeeds,
  type Pins,
  type Unread,
} from '../core/directory.ts'
import type { Forecast } from '../core/kind.ts'
import type { Reader } from '../core/ports.ts'
import { normalName } from '../core/principal.ts'
import { readEveryAccount, readPinnedAccounts } from './directory-accounts.ts'
import { discoverDefaultGroups, orUnread, type DefaultGroupIds } from './directory-defaults.ts'
import { readAllGroups, readSomeGroups } from './directory-groups.ts'
import { createDirectory, type DirectoryParts } from './directory-index.ts'
import {
  forecastPlan,
  membersAreCheaper,
  planDirectory,
  type DirectoryPlan,
  type DirectoryPlanOptions,
} from './directory-plan.ts'
import { readAllRecords, readGroupRecords, readSomeRecords, type JoinableRecord } from './directory-provisioning.ts'
import { refreshed, rereadWhole } from './directory-refresh.ts'

export interface DirectoryOptions extends DirectoryPlanOptions {
  readonly reader: Reader
  /** As declared; none where left out. */
  readonly authenticationPolicies?: Directory['authenticationPolicies']
  readonly siteUrls?: Directory['siteUrls']
  /** What names meant before; nothing where left out. */
  readonly pins?: Pins
}

/** How many reads `loadDirectory` will make. */
export function forecastDirectory(needs: IdentityNeeds, options: DirectoryPlanOptions): Forecast {
  return forecastPlan(planDirectory(needs, options), needs, options)
}

/**
 * Who exists: accounts with their memberships, groups, provisioned records, default groups, in as few calls as the
 * needs allow. Never throws for a part that cannot be read: that part is `unread`.
 */
export async function loadDirectory(needs: IdentityNeeds, options: DirectoryOptions): Promise<Directory> {
  return createDirectory(await readParts(needs, options))
}

/** What the passes before have read of people and groups. */
export interface DirectoryMemory {
  /** Of everybody, with what was read afresh since. */
  whole?: DirectoryParts
}

/**
 * The same, of everybody, where everybody was read before: then only the groups, the people and the names that are
 * asked for are read again.
 */
export async function refreshDirectory(
  needs: IdentityNeeds,
  options: DirectoryOptions,
  memory: DirectoryMemory,
): Promise<Directory> {
  const { whole } = memory
  const isKnown = whole !== undefined && !('code' in whole.accounts) && !('code' in whole.groups)
  if (!isKnown) return readWhole(needs, options, memory)
  const products = needs.products.difference(new Set(whole.defaultGroupIds.keys()))
  const defaults = [...needs.products].flatMap((product) => whole.defaultGroupIds.get(product) ?? [])
  const names = namesOf(defaults, whole)
  const asked = { ...needs, everyone: false, products, membersOf: needs.membersOf.union(names) }
  const fresh = await readParts(asked, options)
  const isWhole = fresh.covered === undefined && fresh.counts.groups !== undefined
  memory.whole = isWhole ? rereadWhole(whole, fresh) : refreshed(whole, fresh, asked)
  return createDirectory(memory.whole)
}

/** Reads everybody, whatever the needs are, and remembers it. */
export async function readWhole(
  needs: IdentityNeeds,
  options: DirectoryOptions,
  memory: DirectoryMemory,
): Promise<Directory> {
  const parts = await readParts({ ...needs, everyone: true }, options)
  memory.whole = parts
  return createDirectory(parts)
}

function namesOf(groupIds: readonly string[], { groups }: DirectoryParts): ReadonlySet<string> {
  const wanted = new Set(groupIds)
  return new Set(
    'code' in groups ? [] : groups.flatMap((each) => (wanted.has(each.groupId) ? normalName(each.name) : [])),
  )
}

async function readParts(needs: IdentityNeeds, options: DirectoryOptions): Promise<DirectoryParts> {
  const { reader, sites } = options
  const plan = planDirectory(needs, options)
  const pins = options.pins ?? noPins
  const groups = orUnread(() => readGroups(plan, pins, reader))
  const [people, groupsRead, records, provisionedGroups, discovered] = await Promise.all([
    readPeople({ needs, plan, options, groups }),
    groups,
    orUnread(() => readRecords(plan, needs, reader)),
    orUnread(() => readProvisionedGroups(plan, reader)),
    discoverDefaultGroups(reader, plan.undeclaredProducts, sites),
  ])
  return {
    ...people,
    groups: groupsRead,
    records,
    defaultGroupIds: defaultGroupIds(groupsRead, options, discovered),
    counts: countsOf(plan, { ...people, groups: groupsRead, records }),
    provisioningMethod: options.provisioningMethod,
    provisionsGroups: options.provisionsGroups ?? false,
    authenticationPolicies: options.authenticationPolicies ?? new Map(),
    siteUrls: options.siteUrls ?? new Map(),
    provisionedGroups,
    formerEmails: needs.formerEmails,
    pins,
  }
}

interface People {
  readonly accounts: readonly Account[] | Unread
  /** Groups all of whose members were asked for; undefined for every group. */
  readonly covered?: ReadonlySet<string>
}

interface PeopleParts {
  readonly needs: IdentityNeeds
  readonly plan: DirectoryPlan
  readonly options: DirectoryOptions
  readonly groups: Promise<readonly Group[] | Unread>
}

async function readPeople({ needs, plan, options, groups }: PeopleParts): Promise<People> {
  const { reader, known } = options
  if (plan.accounts === 'none') return { accounts: [], covered: new Set() }
  if (plan.accounts === 'whole') return { accounts: await orUnread(() => readEveryAccount(needs, reader)) }
  const found = plan.membersOf.length === 0 ? [] : await groups
  const { accounts: pinned, groups: pinnedGroups } = options.pins ?? noPins
  const wanted = new Set(plan.membersOf.flatMap((name) => pinnedGroups.get(name) ?? []))
  const members = ('code' in found ? [] : found).filter(
    ({ name, groupId }) => plan.membersOf.includes(normalName(name)) || wanted.has(groupId),
  )
  const sizes = members.map(({ userCount }) => userCount ?? Number.POSITIVE_INFINITY)
  if (plan.accounts === 'undecided' && !membersAreCheaper(needs, sizes, known.accounts ?? 0)) {
    return { accounts: await orUnread(() => readEveryAccount(needs, reader)) }
  }
  const groupIds = members.map(({ groupId }) => groupId)
  const some = await orUnread(() => readPinnedAccounts(reader, { needs, groupIds, pins: pinned }))
  return { accounts: some, covered: new Set(groupIds) }
}

async function readGroups(
  { groups, groupNames }: DirectoryPlan,
  pins: Pins,
  reader: Reader,
): Promise<readonly Group[]> {
  if (groups === 'none') return []
  return groups === 'whole' ? readAllGroups(reader) : readSomeGroups(reader, groupNames, pins.groups)
}

async function readRecords(
  { provisioning }: DirectoryPlan,
  { emails }: IdentityNeeds,
  reader: Reader,
): Promise<readonly JoinableRecord[]> {
  if (provisioning === 'none') return []
  return provisioning === 'whole' ? readAllRecords(reader) : readSomeRecords(reader, emails)
}

async function readProvisionedGroups({ provisionedGroups }: DirectoryPlan, reader: Reader) {
  return provisionedGroups ? readGroupRecords(reader) : new Map<string, string>()
}

/** Declared ones win over what was discovered. */
function defaultGroupIds(
  groups: readonly Group[] | Unread,
  { declaredDefaultGroups }: DirectoryOptions,
  discovered: DefaultGroupIds,
): ReadonlyMap<string, readonly string[]> {
  const found = 'code' in groups ? [] : groups
  const declared = Object.entries(declaredDefaultGroups).map(([product, wanted]) => {
    const named = found.filter(({ name }) => normalName(name) === normalName(wanted))
    return [product, named.map(({ groupId }) => groupId)] as const
  })
  const others = [...discovered].map(([product, ids]) => [product, 'code' in ids ? [] : ids] as const)
  return new Map([...others, ...declared])
}

interface Parts {
  readonly accounts: readonly unknown[] | Unread
  readonly covered?: ReadonlySet<string>
  readonly groups: readonly unknown[] | Unread
  readonly records: readonly unknown[] | Unread
}

/** Only what was read as a whole tells a size. */
function countsOf(plan: DirectoryPlan, { accounts, covered, groups, records }: Parts): Directory['counts'] {
  return {
    ...(covered === undefined && !('code' in accounts) && { accounts: accounts.length }),
    ...(plan.groups === 'whole' && !('code' in groups) && { groups: groups.length }),
    ...(plan.provisioning === 'whole' && !('code' in records) && { provisioned: records.length }),
  }
}
