import { fieldsOf, noContent, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { ok } from '../../exchange.ts'
import { intOf } from '../../pagination.ts'
import { Refusal } from '../../refusal.ts'
import { resourceAri, grantsOf } from '../../world-apps.ts'
import {
  addMember,
  createGroup,
  deleteGroup,
  dropMember,
  groupsOf,
  isDefaultGroup,
  statusOf,
} from '../../world-directory.ts'
import type { Account, Group } from '../../world-state.ts'
import { requireSiteAdmin } from './callers.ts'
import { countedList } from './pages.ts'
import { knownUser, userView } from './people.ts'

const managers = { admins: 'ADMINS', external: 'EXTERNAL', open: 'OPEN', 'team-members': 'TEAM_MEMBERS' } as const

/** In order of their names. With `accessType`, the groups that give Confluence to users or to admins. */
export function listGroups(request: SandboxRequest): Answer {
  const accessType = request.query.get('accessType')
  const found = [...request.state.groups.values()].filter(
    (group) => accessType === null || gives(request, group, accessType),
  )
  return groupList(request, '/group', found)
}

/** Groups with the text anywhere in their names. */
export function pickGroups(request: SandboxRequest): Answer {
  const text = request.query.get('query')?.toLowerCase()
  if (text === undefined) throw new Refusal('invalid', 'query', 'query is required')
  const found = [...request.state.groups.values()].filter(({ name }) => name.toLowerCase().includes(text))
  return groupList(request, '/group/picker', found)
}

export function memberOf(request: SandboxRequest): Answer {
  return groupList(request, '/user/memberof', groupsOf(request.state, knownUser(request).accountId))
}

export function getGroup(request: SandboxRequest): Answer {
  return ok(groupView(request, groupById(request, request.query.get('id'))))
}

export function createNewGroup(request: SandboxRequest): Answer {
  requireSiteAdmin(request)
  const name = textOf(fieldsOf(request.body)['name'])?.trim()
  if (!name) throw new Refusal('invalid', 'name', 'The group name is missing')
  return { status: 201, body: groupView(request, createGroup(request.state, { name })) }
}

export function removeGroup(request: SandboxRequest): Answer {
  requireSiteAdmin(request)
  const group = ownGroup(request, request.query.get('id'))
  if (isDefaultGroup(request.state, group))
    throw new Refusal('default-group', 'group', `${group.name} is a default access group`)
  deleteGroup(request.state, group)
  return noContent
}

/** Suspended people are members and are not shown. A limit above 200 is refused. */
export function groupMembers(request: SandboxRequest): Answer {
  const { state, params, query } = request
  intOf(query.get('limit'), 'limit', { default: 200, min: 0, max: 200 })
  const group = groupById(request, params['groupId'])
  const members = [...group.members].flatMap((id) => state.accounts.get(id) ?? [])
  const shown = members.filter((account) => statusOf(account) === 'active')
  const views = shown.map((account) => userView(request, account))
  return countedList(request, `/group/${group.groupId}/membersByGroupId`, views)
}

/** 201 without a body, also for somebody who is a member. */
export function addGroupMember(request: SandboxRequest): Answer {
  requireSiteAdmin(request)
  const group = ownGroup(request, request.query.get('groupId'))
  const account = member(request, textOf(fieldsOf(request.body)['accountId']))
  if (!group.members.has(account.accountId)) addMember(request.state, group, account)
  return { status: 201 }
}

/** 204 also for somebody who is not a member. */
export function removeGroupMember(request: SandboxRequest): Answer {
  requireSiteAdmin(request)
  const group = ownGroup(request, request.query.get('groupId'))
  const { accountId } = member(request, request.query.get('accountId'))
  if (group.members.has(accountId)) dropMember(request.state, group, accountId)
  return noContent
}

function groupList(request: SandboxRequest, path: string, groups: readonly Group[]): Answer {
  const inOrder = groups.toSorted((one, other) => one.name.localeCompare(other.name, 'en'))
  return countedList(
    request,
    path,
    inOrder.map((group) => groupView(request, group)),
  )
}

function gives({ state, site }: SandboxRequest, group: Group, accessType: string): boolean {
  if (!site) return false
  const roles = grantsOf(state, group).filter(({ ari }) => ari === resourceAri(site, 'confluence'))
  return roles.some(({ role }) => accessType === 'user' || role === 'atlassian/admin')
}

/** @throws Refusal */
function groupById({ state }: SandboxRequest, id: string | null | undefined): Group {
  if (!id) throw new Refusal('invalid', 'group', 'The group id is missing')
  const group = state.groups.get(id)
  if (group) return group
  throw new Refusal('not-found', 'group', `No group with id ${id}`)
}

/** @throws Refusal (403) where an identity provider owns the group */
function ownGroup(request: SandboxRequest, id: string | null): Group {
  const group = groupById(request, id)
  if (group.managedBy !== 'external') return group
  throw new Refusal('group-synced', 'group', `${group.name} is synced from an identity provider`)
}

/** @throws Refusal */
function member({ state }: SandboxRequest, accountId: string | null | undefined): Account {
  if (!accountId) throw new Refusal('invalid', 'accountId', 'The account id is missing')
  const account = state.accounts.get(accountId)
  if (account && account.type !== 'customer' && account.membershipStatus !== 'no_membership') return account
  throw new Refusal('not-found', 'user', `No user with account id ${accountId}`)
}

function groupView({ baseUrl }: SandboxRequest, group: Group) {
  return {
    type: 'group',
    name: group.name,
    id: group.groupId,
    usageType: group.managedBy === 'team-members' ? 'TEAM_COLLABORATION' : 'USERBASE_GROUP',
    managedBy: managers[group.managedBy],
    _links: { self: `${baseUrl}/wiki/rest/api/group/by-id?id=${group.groupId}` },
  }
}
