import { nextUuid } from './random.ts'
import { Refusal } from './refusal.ts'
import type { AccountStatus, CredentialsSeed, GroupSeed } from './world-seed.ts'
import type { Account, Group, Product, Site, WorldState } from './world-state.ts'

/** Statuses as the Organizations API composes them (API for Atlassian Access, users/search, `status`). */
export function statusOf(account: Account): AccountStatus | 'for_deletion' {
  if (account.deletesAtMs !== undefined) return 'for_deletion'
  if (account.accountStatus !== 'active') return 'deactivated'
  if (account.membershipStatus === 'suspended') return 'suspended'
  return account.membershipStatus === 'no_membership' ? 'not_invited' : 'active'
}

export function findAccount(state: WorldState, who: string): Account | undefined {
  return state.accounts.get(who) ?? state.accounts.get(state.accountIdByEmail.get(who.toLowerCase()) ?? '')
}

/** @param who account id or e-mail. @throws Refusal */
export function accountOf(state: WorldState, who: string): Account {
  const account = findAccount(state, who)
  if (account) return account
  throw new Refusal('not-found', 'user', `no account ${who}`)
}

/** @param which group id or name, whose case does not matter. @throws Refusal */
export function groupOf(state: WorldState, which: string): Group {
  const group = state.groups.get(which) ?? state.groups.get(state.groupIdByName.get(which.toLowerCase()) ?? '')
  if (group) return group
  throw new Refusal('not-found', 'group', `no group ${which}`)
}

export function groupsOf(state: WorldState, accountId: string): Group[] {
  return [...(state.groupIdsByAccount.get(accountId) ?? [])].map((id) => groupOf(state, id))
}

export function indexAccount(state: WorldState, account: Account): void {
  state.accounts.set(account.accountId, account)
  if (account.email) state.accountIdByEmail.set(account.email.toLowerCase(), account.accountId)
  if (account.scim) state.accountIdByScimId.set(account.scim.id, account.accountId)
}

/** @throws Refusal where another account has the address */
export function changeEmail(state: WorldState, account: Account, email: string): void {
  const owner = state.accountIdByEmail.get(email.toLowerCase())
  if (owner !== undefined && owner !== account.accountId) {
    throw new Refusal('already-exists', 'user', `another account has ${email}`)
  }
  state.accountIdByEmail.delete(account.email.toLowerCase())
  // credentials are the account's, whatever its address: the new one opens with them, the old one no longer does
  state.credentials = readdressed(state.credentials, account.email, email)
  account.email = email
  state.accountIdByEmail.set(email.toLowerCase(), account.accountId)
}

function readdressed(credentials: CredentialsSeed, old: string, email: string): CredentialsSeed {
  const { apiTokens, oauthClients, organizationApiKeys } = credentials
  const same = (address: string | undefined) => address?.toLowerCase() === old.toLowerCase()
  const moved = <Item extends { readonly email: string }>(items: readonly Item[]): Item[] =>
    items.map((item) => (same(item.email) ? { ...item, email } : item))
  return {
    ...credentials,
    ...(apiTokens ? { apiTokens: moved(apiTokens) } : {}),
    ...(oauthClients ? { oauthClients: moved(oauthClients) } : {}),
    ...(organizationApiKeys
      ? { organizationApiKeys: organizationApiKeys.map((key) => (same(key.owner) ? { ...key, owner: email } : key)) }
      : {}),
  }
}

export function isVerified(state: WorldState, email: string): boolean {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  return state.organization.verifiedDomains.some((verified) => verified.toLowerCase() === domain)
}

/** A new account, not yet invited anywhere. @param nowMs since 1970 */
export function createAccount(
  state: WorldState,
  { email, name }: { email: string; name?: string },
  nowMs: number,
): Account {
  const account: Account = {
    accountId: `712020:${nextUuid(state)}`,
    email,
    name: name ?? email.slice(0, email.indexOf('@')),
    type: 'atlassian',
    accountStatus: 'active',
    membershipStatus: 'no_membership',
    managed: isVerified(state, email),
    mfaEnabled: false,
    hiddenEmail: false,
    platformRoles: new Set(),
    profile: {},
    apiTokens: [],
    lastActive: {},
    addedToOrg: new Date(nowMs).toISOString(),
  }
  indexAccount(state, account)
  return account
}

/** @throws Refusal where the name is taken: names are unique in the organization, whatever their case */
export function createGroup(
  state: WorldState,
  { name, description = '', managedBy, scimGroupId, externalId }: NewGroup,
): Group {
  if (state.groupIdByName.has(name.toLowerCase())) {
    throw new Refusal('already-exists', 'group', `a group named ${name} exists`)
  }
  const group: Group = {
    groupId: nextUuid(state),
    name,
    description,
    managedBy: managedBy ?? 'admins',
    ...(scimGroupId === undefined ? {} : { scimGroupId }),
    ...(externalId === undefined ? {} : { externalId }),
    members: new Set(),
    appRoles: [],
  }
  state.groups.set(group.groupId, group)
  state.groupIdByName.set(name.toLowerCase(), group.groupId)
  return group
}

interface NewGroup extends Pick<GroupSeed, 'name' | 'description' | 'managedBy' | 'scimGroupId'> {
  readonly externalId?: string
}

/** Takes the group out of every role, space and membership as well. */
export function deleteGroup(state: WorldState, group: Group): void {
  for (const accountId of group.members) state.groupIdsByAccount.get(accountId)?.delete(group.groupId)
  forget(state, `group:${group.groupId}`)
  state.groups.delete(group.groupId)
  state.groupIdByName.delete(group.name.toLowerCase())
}

/** The account leaves the organization: memberships, roles, actors and space access are lost; the account itself stays. */
export function removeAccount(state: WorldState, account: Account): void {
  for (const group of groupsOf(state, account.accountId)) dropMember(state, group, account.accountId)
  forget(state, `user:${account.accountId}`)
  account.platformRoles.clear()
  account.membershipStatus = 'no_membership'
}

/** @throws Refusal where an app that the group gives has no seat left */
export function addMember(state: WorldState, group: Group, account: Account): void {
  if (group.members.has(account.accountId)) {
    throw new Refusal('already-member', 'user', `${account.accountId} is already a member of ${group.name}`)
  }
  for (const role of group.appRoles) requireSeats(state, role, [account])
  putMember(state, group, account.accountId)
}

/** As `addMember`, and no rule is asked. */
export function putMember(state: WorldState, group: Group, accountId: string): void {
  group.members.add(accountId)
  if (group.platformRole !== undefined) accountOf(state, accountId).platformRoles.add(group.platformRole)
  const groupIds = state.groupIdsByAccount.get(accountId) ?? new Set()
  state.groupIdsByAccount.set(accountId, groupIds.add(group.groupId))
}

/** @throws Refusal where the account is not a member */
export function dropMember(state: WorldState, group: Group, accountId: string): void {
  if (!group.members.delete(accountId))
    throw new Refusal('not-found', 'member', `${accountId} is not a member of ${group.name}`)
  state.groupIdsByAccount.get(accountId)?.delete(group.groupId)
  if (group.platformRole !== undefined) state.accounts.get(accountId)?.platformRoles.delete(group.platformRole)
}

export function isDefaultGroup(state: WorldState, group: Group): boolean {
  return state.sites.some((site) => site.products.some((product) => product.defaultGroupId === group.groupId))
}

/** The accounts that cost a seat: active, not suspended, and in a group that gives the app. Apps cost none. */
export function seatHolders(state: WorldState, siteName: string, product: string): Set<string> {
  const holders = new Set<string>()
  for (const group of state.groups.values()) {
    if (!group.appRoles.some((role) => role.site === siteName && role.product === product && isLicensed(role.role)))
      continue
    for (const accountId of group.members) {
      const account = state.accounts.get(accountId)
      if (account?.type === 'atlassian' && statusOf(account) === 'active') holders.add(accountId)
    }
  }
  return holders
}

export function productOf(site: Site, key: string): Product | undefined {
  return site.products.find((product) => product.key === key)
}

/** @throws Refusal where the app has not a seat left for each of them who has none */
export function requireSeats(
  state: WorldState,
  role: { site: string; product: string; role: string },
  accounts: readonly Account[],
): void {
  const site = state.sites.find(({ name }) => name === role.site)
  const seats = site && productOf(site, role.product)?.seats
  if (seats === undefined || !isLicensed(role.role)) return
  const holders = seatHolders(state, role.site, role.product)
  const newcomers = accounts.filter(({ type, accountId }) => type === 'atlassian' && !holders.has(accountId))
  if (newcomers.length === 0 || holders.size + newcomers.length <= seats) return
  throw new Refusal('licence-limit', role.product, `${role.product} on ${role.site} has no seat left of ${seats}`)
}

/** `guest`, `user-access-admin` and `customer` use no licence (Organizations API, roles). */
function isLicensed(role: string): boolean {
  return !['atlassian/guest', 'atlassian/user-access-admin', 'atlassian/customer', 'atlassian/stakeholder'].includes(
    role,
  )
}

function forget(state: WorldState, principal: string): void {
  for (const { jira, confluence } of state.sites) {
    const projects = [...(jira?.projects.values() ?? [])]
    const roles = [...(jira?.roles.values() ?? []), ...projects.flatMap((project) => [...project.roles.values()])]
    for (const role of roles) role.actors.delete(principal)
    for (const space of confluence?.spaces.values() ?? []) space.access.delete(principal)
  }
}
