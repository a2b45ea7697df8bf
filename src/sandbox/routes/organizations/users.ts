import { ok, stringsOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { pageOf } from '../../pagination.ts'
import { Refusal } from '../../refusal.ts'
import { appsOf } from '../../world-apps.ts'
import { accountOf, groupsOf, statusOf } from '../../world-directory.ts'
import { profileOf } from '../../world-profile.ts'
import type { Account, WorldState } from '../../world-state.ts'
import { requirePlace } from './organization.ts'
import { linksOf, listPage } from './pages.ts'
import { searchOf, sortedBy, type SearchRules } from './search-body.ts'
import { listedSearch, questionOf } from './search-query.ts'
import { findUsers, isListed } from './user-filter.ts'

/** Limits: API for Atlassian Access, MultiDirectoryUserSearchRequest. */
const rules: SearchRules = {
  maxItems: {
    emails: 100,
    accountIds: 10,
    groupIds: 10,
    directoryIds: 10,
    emailDomains: 10,
    roleIds: 10,
    resourceIds: 20,
    accountStatus: 3,
    membershipStatus: 3,
    status: 4,
    expand: 4,
  },
  scalars: ['searchTerm', 'claimStatus', 'mfaEnabled'],
  defaultLimit: 50,
}

export function searchUsers(request: SandboxRequest): Answer {
  requirePlace(request)
  const { offset, limit, question } = searchOf(request, rules)
  const expand = new Set(stringsOf(question['expand']))
  const order = { field: 'nick_name', valueOf: (account: Account) => profileOf(account).nickname }
  const found = sortedBy(findUsers(request.state, question), question['sortBy'], order)
  const page = pageOf(found, { offset, limit }, request.paging)
  const data = page.items.map((account) => ({ ...user(account), ...expanded(request.state, account, expand) }))
  return ok({ data, links: linksOf({ offset, next: page.next, question: { ...question, limit: page.limit } }) })
}

/** The deprecated GET list, without anything that a search expands. */
export function listUsers(request: SandboxRequest): Answer {
  requirePlace(request)
  const { offset, limit, question } = listedSearch(request)
  const page = pageOf(findUsers(request.state, question), { offset, limit }, request.paging)
  const links = linksOf({ offset, next: page.next, question: { ...question, limit: page.limit } })
  return ok({ data: page.items.map(user), links })
}

/** The same filters, as a query; only the numbers of the whole are answered. */
export function countUsers(request: SandboxRequest): Answer {
  requirePlace(request)
  return ok({ count: findUsers(request.state, questionOf(request.query)).length })
}

export function getUser(request: SandboxRequest): Answer {
  requirePlace(request)
  const account = listedAccount(request.state, request.params['userId'] ?? '')
  return ok({
    data: { ...user(account), ...expanded(request.state, account, new Set(['platformRoles', 'counts.resources'])) },
  })
}

/** An account that the organization's directory shows. @throws Refusal */
export function listedAccount(state: WorldState, accountId: string): Account {
  const account = state.accounts.has(accountId) ? accountOf(state, accountId) : undefined
  if (account && isListed(account)) return account
  throw new Refusal('not-found', 'user', `no user ${accountId}`)
}

export function userRoleAssignments(request: SandboxRequest): Answer {
  requirePlace(request)
  const { state, params } = request
  const account = listedAccount(state, params['accountId'] ?? '')
  const assignments = [...appsOf(state, account.accountId)].map(([resourceId, { resource, roles }]) => ({
    directoryId: state.organization.directory.id,
    resourceId,
    resourceOwner: resource.product.key,
    userDirectoryStatus: account.membershipStatus,
    roleAssignments: [...roles].map((role) => ({ role, roleAssignmentMethods: ['group_direct'] })),
    roles: [...roles],
  }))
  return listPage(request, assignments)
}

function user(account: Account) {
  const { accountId, accountStatus, membershipStatus, addedToOrg, email, name, managed, mfaEnabled, scim } = account
  const { nickname, jobTitle, department, organization, location, timeZone } = profileOf(account)
  return {
    accountId,
    accountType: 'atlassian',
    status: statusOf(account),
    accountStatus,
    membershipStatus,
    addedToOrg,
    name,
    email,
    emailVerified: managed,
    claimStatus: managed ? 'managed' : 'unmanaged',
    managementSource: scim ? 'synced' : 'invited',
    ...(managed ? { mfaEnabled } : {}),
    nickname,
    jobTitle,
    department,
    organization,
    location,
    timeZone,
    avatar: '',
    picture: '',
  }
}

function expanded(state: WorldState, account: Account, expand: ReadonlySet<string>) {
  const { accountId, platformRoles } = account
  const apps = expand.has('productAccess') || expand.has('counts.resources') ? appsOf(state, accountId) : new Map()
  const groups = expand.has('groups') ? groupsOf(state, accountId) : []
  return {
    ...(expand.has('platformRoles') ? { platformRoles: [...platformRoles] } : {}),
    ...(expand.has('counts.resources') ? { counts: { resources: apps.size } } : {}),
    ...(expand.has('productAccess')
      ? {
          productAccess: [...apps].map(([id, app]) => ({
            id,
            key: app.resource.product.key,
            ...lastActiveIn(account, app.resource.product.key),
          })),
        }
      : {}),
    ...(expand.has('groups')
      ? {
          groups: groups.map(({ groupId, name, description }) => ({
            id: `ari:cloud:identity::group/${groupId}`,
            name,
            description: description || null,
          })),
        }
      : {}),
  }
}

/** An app that was never used has no date. */
function lastActiveIn({ lastActive }: Account, product: string) {
  const at = lastActive[product]
  return at === undefined ? {} : { lastActiveTimestamp: at }
}
