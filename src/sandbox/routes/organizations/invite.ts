import { fieldsOf, stringsOf, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { giveApp, resourceOf, type Resource } from '../../world-apps.ts'
import { addMember, createAccount, findAccount, groupOf } from '../../world-directory.ts'
import type { Account, Group, WorldState } from '../../world-state.ts'
import { requirePlace } from './organization.ts'
import { requireJson } from './user-writes.ts'

/** 25 addresses at most. 206 where any part failed: each part tells its own result, so read them on 200 as well. */
export function inviteUsers(request: SandboxRequest): Answer {
  requirePlace(request)
  requireJson(request)
  const { state, body, nowMs } = request
  const { emails, additionalGroups, permissionRules } = fieldsOf(body)
  const addresses = stringsOf(emails)
  if (addresses.length < 1 || addresses.length > 25)
    throw new Refusal('invalid', 'emails', 'emails must have 1 to 25 addresses')
  const groups = stringsOf(additionalGroups).map((id) => groupOf(state, id))
  const rules = (Array.isArray(permissionRules) ? permissionRules : []).map((rule) => ruleOf(state, rule))
  const invited = addresses.map((email) => {
    const account = findAccount(state, email) ?? createAccount(state, { email }, nowMs)
    if (account.membershipStatus === 'no_membership') account.membershipStatus = 'active'
    const results = [
      {
        roleAssignmentResult: rules.map((rule) => assignment(state, rule, account)),
        groupAssignmentResult: groups.map((group) => membership(state, group, account)),
      },
    ]
    return { email: account.email, id: account.accountId, results }
  })
  const failed = JSON.stringify(invited).includes('"status":"ERROR"')
  return { status: failed ? 206 : 200, body: { data: invited } }
}

interface Rule {
  readonly ari: string
  readonly role: string
  readonly resource: Resource
}

/** @throws Refusal (404) where the resource is not known */
function ruleOf(state: WorldState, rule: unknown): Rule {
  const { resource, role } = fieldsOf(rule)
  const ari = textOf(resource) ?? ''
  return { ari, role: textOf(role) ?? '', resource: resourceOf(state, ari) }
}

function assignment(state: WorldState, { ari, role, resource }: Rule, account: Account) {
  const statusReason =
    role === 'atlassian/user' ? refusalOf(() => giveApp(state, resource, account)) : `the resource has no role ${role}`
  return { resource: ari, role, status: statusReason === null ? 'INVITED' : 'ERROR', statusReason }
}

function membership(state: WorldState, group: Group, account: Account) {
  const statusReason = refusalOf(() => {
    if (group.managedBy === 'external')
      throw new Refusal('group-synced', 'group', 'the group is synced from an identity provider')
    if (!group.members.has(account.accountId)) addMember(state, group, account)
  })
  return { group: group.groupId, status: statusReason === null ? 'INVITED' : 'ERROR', statusReason }
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
