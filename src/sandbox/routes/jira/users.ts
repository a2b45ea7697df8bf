import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { accountOf, groupsOf, statusOf } from '../../world-directory.ts'
import type { Account, Group, WorldState } from '../../world-state.ts'
import { applicationRolesOf } from './instance.ts'
import { bareArray, pageBean } from './pages.ts'

/** Everybody whom the site knows: apps and people who are not active too, but nobody who was never invited. */
function known({ accounts }: WorldState): Account[] {
  return [...accounts.values()].filter(({ membershipStatus }) => membershipStatus !== 'no_membership')
}

/** @throws Refusal (404) */
export function knownAccount(state: WorldState, accountId: string): Account {
  const account = state.accounts.get(accountId)
  if (account && account.membershipStatus !== 'no_membership') return account
  throw new Refusal('not-found', 'user', 'The user does not exist or you do not have permission to view it.')
}

export function myself(request: SandboxRequest): Answer {
  return ok(userView(request, accountOf(request.state, request.callerId ?? '')))
}

export function getUser(request: SandboxRequest): Answer {
  return ok(userView(request, knownAccount(request.state, accountIdOf(request))))
}

export function userGroups(request: SandboxRequest): Answer {
  const { accountId } = knownAccount(request.state, accountIdOf(request))
  return ok(groupsOf(request.state, accountId).map((group) => groupName(request, group)))
}

/** 1000 a page at most; people who are not active, apps and customers are there too. */
export function listUsers(request: SandboxRequest): Answer {
  const view = (account: Account) => userView(request, account)
  return bareArray(request, known(request.state), { default: 50, max: 1000, view })
}

/** Active people only; a hidden e-mail is not found by. The first 1000 matches are all that there is. */
export function searchUsers(request: SandboxRequest): Answer {
  const wanted = (request.query.get('query') ?? '').toLowerCase()
  const accountId = request.query.get('accountId')
  const found = known(request.state).filter((account) => {
    if (statusOf(account) !== 'active') return false
    if (accountId !== null) return account.accountId === accountId
    const words = [...account.name.split(' '), account.name, account.hiddenEmail ? '' : account.email]
    return words.some((word) => word.toLowerCase().startsWith(wanted))
  })
  const view = (account: Account) => userView(request, account)
  return bareArray(request, found.slice(0, 1000), { default: 50, max: 1000, view })
}

export function bulkUsers(request: SandboxRequest): Answer {
  const ids = request.query.getAll('accountId')
  if (ids.length === 0)
    throw new Refusal('invalid', 'accountId', "The 'accountId' query parameter needs to be provided")
  const found = known(request.state).filter(({ accountId }) => ids.includes(accountId))
  const view = (account: Account) => userView(request, account)
  return pageBean(request, '/rest/api/3/user/bulk', found, { default: 10, max: 200, view })
}

export function accountIdOf({ query }: SandboxRequest): string {
  const accountId = query.get('accountId')
  if (accountId !== null) return accountId
  throw new Refusal('invalid', 'accountId', "The 'accountId' query parameter needs to be provided")
}

/** The e-mail of a person who hides it is left out. Groups and apps are counted, and listed where `expand` asks for them. */
export function userView(request: SandboxRequest, account: Account) {
  const groups = groupsOf(request.state, account.accountId)
  const apps = applicationRolesOf(request, groups)
  const expanded = (request.query.get('expand') ?? '').split(',')
  return {
    ...memberView(request.baseUrl, account),
    locale: 'en_US',
    groups: {
      size: groups.length,
      items: expanded.includes('groups') ? groups.map((group) => groupName(request, group)) : [],
    },
    applicationRoles: { size: apps.length, items: expanded.includes('applicationRoles') ? apps : [] },
    expand: 'groups,applicationRoles',
    ...(account.type === 'app' ? { appType: 'service' } : {}),
  }
}

function groupName({ baseUrl }: SandboxRequest, { name, groupId }: Group) {
  return { name, groupId, self: `${baseUrl}/rest/api/3/group?groupId=${groupId}` }
}

/** The fields that a member of a group has: fewer than a user's. */
export function memberView(baseUrl: string, account: Account) {
  const { accountId, email, hiddenEmail, name, type, scim } = account
  const avatar = (size: number) => `${baseUrl}/avatar/${size}.png`
  return {
    self: `${baseUrl}/rest/api/3/user?accountId=${encodeURIComponent(accountId)}`,
    accountId,
    accountType: type,
    ...(email && !hiddenEmail ? { emailAddress: email } : {}),
    avatarUrls: { '16x16': avatar(16), '24x24': avatar(24), '32x32': avatar(32), '48x48': avatar(48) },
    displayName: name,
    active: statusOf(account) === 'active',
    timeZone: scim?.timezone ?? 'Etc/UTC',
  }
}
