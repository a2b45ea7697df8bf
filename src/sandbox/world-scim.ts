import { nextUuid } from './random.ts'
import { Refusal } from './refusal.ts'
import {
  accountOf,
  changeEmail,
  createAccount,
  createGroup,
  findAccount,
  indexAccount,
  isDefaultGroup,
  isVerified,
} from './world-directory.ts'
import type { ScimSeed } from './world-seed.ts'
import type { Account, Group, ScimRecord, UnsyncedGroup, WorldState } from './world-state.ts'

/** What an identity provider says of a person. Attributes that are left out are not there. */
export interface ScimProfile extends Omit<ScimSeed, 'id'> {
  readonly userName: string
  readonly email: string
  readonly displayName: string
  readonly active: boolean
}

/** @throws Refusal */
export function scimAccountOf(state: WorldState, scimId: string): Account & { scim: ScimRecord } {
  const account = state.accounts.get(state.accountIdByScimId.get(scimId) ?? '')
  if (account?.scim) return { ...account, scim: account.scim }
  throw new Refusal('not-found', 'User', `Resource ${scimId} not found`)
}

/**
 * A new SCIM user: an account of a verified domain that has the e-mail is linked, else one is made.
 * @throws Refusal where the user is there already, or the domain is not verified
 */
export function provision(state: WorldState, profile: ScimProfile, nowMs: number): Account {
  if (!isVerified(state, profile.email))
    throw new Refusal('invalid', 'emails', `the domain of ${profile.email} is not verified`)
  const existing = findAccount(state, profile.email)
  if (existing?.scim || userNameTaken(state, profile.userName)) {
    throw new Refusal('already-exists', 'User', `a user named ${profile.userName} exists`)
  }
  const account = existing ?? createAccount(state, { email: profile.email, name: profile.displayName }, nowMs)
  const at = new Date(nowMs).toISOString()
  account.managed = true
  if (account.membershipStatus === 'no_membership') account.membershipStatus = 'active'
  account.scim = { id: nextUuid(state), createdAt: at, lastModifiedAt: at }
  indexAccount(state, account)
  updateProfile(state, account.accountId, profile, nowMs)
  return account
}

/** Replaces everything that the directory says of the person. @throws Refusal where the e-mail is another account's */
export function updateProfile(state: WorldState, accountId: string, profile: ScimProfile, nowMs: number): void {
  const account = accountOf(state, accountId)
  const { email, displayName, active, ...attributes } = profile
  if (!isVerified(state, email)) throw new Refusal('invalid', 'emails', `the domain of ${email} is not verified`)
  changeEmail(state, account, email)
  account.name = displayName
  account.accountStatus = active ? 'active' : 'inactive'
  const { id = nextUuid(state), createdAt = new Date(nowMs).toISOString() } = account.scim ?? {}
  account.scim = { ...attributes, id, createdAt, lastModifiedAt: new Date(nowMs).toISOString() }
}

/** The link is given up for good and the account is deactivated; a later POST makes a new SCIM user. @throws Refusal */
export function unprovision(state: WorldState, scimId: string): void {
  const account = accountOf(state, scimAccountOf(state, scimId).accountId)
  account.accountStatus = 'inactive'
  delete account.scim
  state.accountIdByScimId.delete(scimId)
}

function userNameTaken(state: WorldState, userName: string): boolean {
  return scimAccounts(state).some(
    (account) => (account.scim?.userName ?? account.email).toLowerCase() === userName.toLowerCase(),
  )
}

export function scimAccounts(state: WorldState): Account[] {
  return [...state.accountIdByScimId.values()].map((accountId) => accountOf(state, accountId))
}

export type ScimGroup = Group | UnsyncedGroup

export function scimGroups(state: WorldState): ScimGroup[] {
  return [
    ...[...state.groups.values()].filter(({ scimGroupId }) => scimGroupId !== undefined),
    ...state.unsyncedGroups.values(),
  ]
}

/** @throws Refusal */
export function scimGroupOf(state: WorldState, scimId: string): ScimGroup {
  const group = scimGroups(state).find(({ scimGroupId }) => scimGroupId === scimId)
  if (group) return group
  throw new Refusal('not-found', 'Group', `Resource ${scimId} not found`)
}

/**
 * A group of the identity provider. Under the name of a default group the call succeeds and nothing is synced.
 * @throws Refusal where another group of the organization has the name
 */
export function provisionGroup(state: WorldState, name: string, externalId?: string): ScimGroup {
  const namesake = state.groups.get(state.groupIdByName.get(name.toLowerCase()) ?? '')
  const external = externalId === undefined ? {} : { externalId }
  const scimGroupId = nextUuid(state)
  if (!namesake || !isDefaultGroup(state, namesake)) {
    return createGroup(state, { name, managedBy: 'external', scimGroupId, ...external })
  }
  const group: UnsyncedGroup = { scimGroupId, name, ...external, members: new Set() }
  state.unsyncedGroups.set(scimGroupId, group)
  return group
}
