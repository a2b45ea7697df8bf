import { fieldsOf, stringsOf, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { giveApp, resourceOf, seatsLeft, type Resource } from '../../world-apps.ts'
import { addMember, createAccount, findAccount, seatHolders } from '../../world-directory.ts'
import type { Account, Group, WorldState } from '../../world-state.ts'
import { requireNoPlatformRole } from './group-writes.ts'
import { requirePlace } from './organization.ts'
import { requireJson } from './user-writes.ts'

/**
 * 25 addresses at most. An organization, resource, role or group that is not there is 404, and an app that has no seat for
 * any of them 409, before anything happens. 206 where any part failed: each part tells its own result, so read them on
 * 200 as well.
 */
export function inviteUsers(request: SandboxRequest): Answer {
  requirePlace(request)
  requireJson(request)
  const { state, body } = request
  const { additionalGroups, permissionRules } = fieldsOf(body)
  const addresses = addressesIn(body)
  const groups = stringsOf(additionalGroups).map((id) => knownGroup(state, id))
  const rules = (Array.isArray(permissionRules) ? permissionRules : []).map((rule) => ruleOf(state, rule))
  for (const rule of rules) requireSomeSeat(state, rule, addresses)
  const invited = addresses.map((email) => invite(request, email, { rules, groups }))
  const failed = JSON.stringify(invited).includes('"status":"ERROR"')
  return { status: failed ? 206 : 200, body: { data: invited } }
}

/** @throws Refusal */
function addressesIn(body: unknown): string[] {
  const addresses = stringsOf(fieldsOf(body)['emails'])
  if (addresses.length < 1 || addresses.length > 25)
    throw new Refusal('invalid', 'emails', 'emails must have 1 to 25 addresses')
  const wrong = addresses.find((email) => !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email))
  if (wrong !== undefined) throw new Refusal('invalid', 'emails', `${wrong} is no address`)
  return addresses
}

/** By id alone. @throws Refusal */
function knownGroup(state: WorldState, id: string): Group {
  const group = state.groups.get(id)
  if (group) return group
  throw new Refusal('not-found', 'group', `no group ${id}`)
}

/** @throws Refusal where every one of the people would need a seat and none is left */
function requireSomeSeat(state: WorldState, { resource }: Rule, addresses: readonly string[]): void {
  if (seatsLeft(state, resource) > 0) return
  const holders = seatHolders(state, resource.site.name, resource.product.key)
  if (addresses.some((email) => holders.has(findAccount(state, email)?.accountId ?? ''))) return
  throw new Refusal('licence-limit', resource.product.key, `${resource.product.key} has no seat left`)
}

function invite(
  { state, nowMs }: SandboxRequest,
  email: string,
  { rules, groups }: { readonly rules: readonly Rule[]; readonly groups: readonly Group[] },
) {
  const account = findAccount(state, email) ?? createAccount(state, { email }, nowMs)
  if (account.membershipStatus === 'no_membership') account.membershipStatus = 'active'
  const results = [
    {
      roleAssignmentResult: rules.map((rule) => assignment(state, rule, account)),
      groupAssignmentResult: groups.map((group) => membership(state, group, account)),
    },
  ]
  return { email: account.email, id: account.accountId, results }
}

interface Rule {
  readonly ari: string
  readonly role: string
  readonly resource: Resource
}

/** Roles of apps (API for Atlassian Access, MultidirectoryInviteRoleAssociation). */
const appRoles = new Set(
  ['user', 'admin', 'guest', 'contributor', 'customer', 'basic', 'stakeholder', 'viewer'].map(
    (name) => `atlassian/${name}`,
  ),
)

/** @throws Refusal (404) where the resource or the role is not known */
function ruleOf(state: WorldState, rule: unknown): Rule {
  const { resource, role: named } = fieldsOf(rule)
  const [ari, role] = [textOf(resource) ?? '', textOf(named) ?? '']
  if (!appRoles.has(role)) throw new Refusal('not-found', 'role', `no role ${role}`)
  return { ari, role, resource: resourceOf(state, ari) }
}

function assignment(state: WorldState, { ari, role, resource }: Rule, account: Account) {
  const statusReason = refusalOf(() => {
    requireActive(account)
    giveApp(state, resource, account, role)
  })
  return { resource: ari, role, status: statusReason === null ? 'INVITED' : 'ERROR', statusReason }
}

function membership(state: WorldState, group: Group, account: Account) {
  const statusReason = refusalOf(() => {
    requireActive(account)
    requireNoPlatformRole(group)
    if (group.managedBy === 'external')
      throw new Refusal('group-synced', 'group', 'the group is synced from an identity provider')
    if (!group.members.has(account.accountId)) addMember(state, group, account)
  })
  return { group: group.groupId, status: statusReason === null ? 'INVITED' : 'ERROR', statusReason }
}

function requireActive({ accountStatus }: Account): void {
  if (accountStatus !== 'active') throw new Refusal('invalid', 'account', 'the account is deactivated')
}

function refusalOf(act: () => void): string | null {
  try {
    act()
    return null
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
}
