import { derivedUuid, nextRandom } from './random.ts'
import { accountOf, groupOf, indexAccount, isVerified, putMember } from './world-directory.ts'
import { loadSite } from './world-load-site.ts'
import type { AccountSeed, GroupSeed, PolicySeed, ScimSeed, WorldSeed } from './world-seed.ts'
import type { Account, Group, ScimRecord, WorldState } from './world-state.ts'

/** When everything began that a seed gives no date for, ISO 8601. */
export const seededAt = '2024-01-01T00:00:00.000Z'

/**
 * The state that a seed describes. @param randomSeed for the ids that are drawn later.
 * @throws Error where the seed contradicts itself: an unknown reference, an id, name or e-mail that comes twice
 */
export function loadWorld(seed: WorldSeed, randomSeed: number): WorldState {
  const state = emptyState(seed, randomSeed)
  for (const [index, account] of seed.accounts.entries()) at(`/accounts/${index}`, () => loadAccount(state, account))
  for (const [index, group] of seed.groups.entries()) at(`/groups/${index}`, () => loadGroup(state, group))
  const sites = seed.sites.map((site, index) => at(`/sites/${index}`, () => loadSite(state, site)))
  for (const [index, policy] of (seed.authenticationPolicies ?? []).entries()) {
    at(`/authenticationPolicies/${index}`, () => loadPolicy(state, policy))
  }
  return { ...state, sites }
}

function at<Value>(path: string, load: () => Value): Value {
  try {
    return load()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`the world seed has a mistake at ${path}: ${reason}`, { cause })
  }
}

function emptyState(seed: WorldSeed, randomSeed: number): WorldState {
  const refreshTokens = (seed.credentials.oauthClients ?? []).flatMap(({ clientId, email, scopes, refreshToken }) =>
    refreshToken === undefined ? [] : [[refreshToken, { clientId, email, ...(scopes && { scopes }) }] as const],
  )
  const state: WorldState = {
    organization: seed.organization,
    credentials: seed.credentials,
    ...(seed.scim ? { scimDirectoryId: seed.scim.directoryId } : {}),
    sites: [],
    accounts: new Map(),
    accountIdByEmail: new Map(),
    accountIdByScimId: new Map(),
    groups: new Map(),
    groupIdByName: new Map(),
    groupIdsByAccount: new Map(),
    unsyncedGroups: new Map(),
    policies: new Map(),
    policyTasks: new Map(),
    accountsToDelete: new Set(),
    events: [],
    accessTokens: new Map(),
    refreshTokens: new Map(refreshTokens),
    authorizationCodes: new Map(),
    nextActorId: 10_240,
    nextPermissionId: 98_312,
    nextRoleId: 10_300,
    randomState: randomSeed,
  }
  nextRandom(state)
  return state
}

/** @throws Error where the id or the e-mail is taken */
export function loadAccount(state: WorldState, seed: AccountSeed): Account {
  const {
    id: accountId,
    email = '',
    name,
    status = 'active',
    type = 'atlassian',
    managed = isVerified(state, email),
  } = seed
  const { mfaEnabled = false, hiddenEmail = false, platformRoles = [], scim } = seed
  requireFree(state, seed)
  const account: Account = {
    accountId,
    email,
    name,
    type,
    ...statuses[status],
    managed,
    mfaEnabled,
    hiddenEmail,
    platformRoles: new Set(platformRoles),
    ...(scim ? { scim: scimRecord(accountId, scim, seededAt) } : {}),
    ...listedFacts(seed),
    addedToOrg: seededAt,
  }
  indexAccount(state, account)
  if (account.deletesAtMs !== undefined) state.accountsToDelete.add(accountId)
  return account
}

/** What no rule asks for: it is kept to be listed. */
function listedFacts({ profile = {}, apiTokens = [], lastActive = {}, deletesAt, appType }: AccountSeed) {
  return {
    profile,
    apiTokens,
    lastActive,
    ...(deletesAt === undefined ? {} : { deletesAtMs: Date.parse(deletesAt) }),
    ...(appType === undefined ? {} : { appType }),
  }
}

/** What the composite status of the Organizations API is made of. */
export const statuses = {
  active: { accountStatus: 'active', membershipStatus: 'active' },
  suspended: { accountStatus: 'active', membershipStatus: 'suspended' },
  deactivated: { accountStatus: 'inactive', membershipStatus: 'active' },
  not_invited: { accountStatus: 'active', membershipStatus: 'no_membership' },
} as const

function requireFree(state: WorldState, { id, email, type = 'atlassian' }: AccountSeed): void {
  if (type === 'atlassian' && !email) throw new Error(`${id} has no e-mail`)
  if (state.accounts.has(id)) throw new Error(`the account id ${id} comes twice`)
  if (email && state.accountIdByEmail.has(email.toLowerCase())) throw new Error(`the e-mail ${email} comes twice`)
}

/** @param at ISO 8601 */
function scimRecord(accountId: string, seed: ScimSeed, at: string): ScimRecord {
  return { ...seed, id: seed.id ?? derivedUuid(`scim user ${accountId}`), createdAt: at, lastModifiedAt: at }
}

/** @throws Error where the id or the name is taken or a member is not known */
export function loadGroup(state: WorldState, seed: GroupSeed): Group {
  const { id: groupId, name, managedBy = 'admins' } = seed
  if (state.groups.has(groupId)) throw new Error(`the group id ${groupId} comes twice`)
  if (state.groupIdByName.has(name.toLowerCase())) throw new Error(`the group name ${name} comes twice`)
  const appRoles = [...(seed.appRoles ?? [])]
  const description = seed.description ?? ''
  const group: Group = { groupId, name, description, managedBy, members: new Set(), appRoles, ...groupFacts(seed) }
  state.groups.set(groupId, group)
  state.groupIdByName.set(name.toLowerCase(), groupId)
  for (const who of seed.members ?? []) putMember(state, groupOf(state, groupId), accountOf(state, who).accountId)
  return group
}

function groupFacts({ id, managedBy, scimGroupId, platformRole }: GroupSeed) {
  return {
    ...(managedBy === 'external' ? { scimGroupId: scimGroupId ?? derivedUuid(`scim group ${id}`) } : {}),
    ...(platformRole === undefined ? {} : { platformRole }),
  }
}

function loadPolicy(state: WorldState, { members, ...policy }: PolicySeed): void {
  const dates = (members ?? []).map((who) => [accountOf(state, who).accountId, Date.parse(seededAt)] as const)
  state.policies.set(policy.id, { ...policy, members: new Map(dates) })
}
