import { fieldsOf, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { accountOf, addMember, createGroup, deleteGroup, dropMember, isDefaultGroup } from '../../world-directory.ts'
import type { Account, Group } from '../../world-state.ts'
import { groupIn } from './groups.ts'
import { requireSiteAdmin } from './permissions.ts'

/** 201 with the group; 400 where the name is missing or in use. */
export function createJiraGroup(request: SandboxRequest): Answer {
  requireSiteAdmin(request)
  const name = textOf(fieldsOf(request.body)['name'])?.trim()
  if (!name) throw new Refusal('invalid', 'name', 'The group name must be specified.')
  if (request.state.groupIdByName.has(name.toLowerCase()))
    throw new Refusal('invalid', 'name', 'A group or user with this name already exists.')
  return { status: 201, body: groupView(request, createGroup(request.state, { name })) }
}

/** 200 without a body. `swapGroup` moves restrictions of comments and worklogs, of which the sandbox has none. */
export function removeJiraGroup(request: SandboxRequest): Answer {
  requireSiteAdmin(request)
  const { state, query } = request
  const group = modifiableGroup(request)
  if (query.has('swapGroup') || query.has('swapGroupId')) groupIn(request, { name: 'swapGroup', id: 'swapGroupId' })
  if (isDefaultGroup(state, group))
    throw new Refusal('default-group', 'group', `The group ${group.name} is a default access group.`)
  if (group.appRoles.some(({ role }) => role.endsWith('admin')))
    throw new Refusal('invalid', 'group', `The group ${group.name} grants admin access.`)
  deleteGroup(state, group)
  return { status: 200 }
}

/** 201 with the group. Who is a member already is 400 with a text, who was never invited 404. */
export function addGroupMember(request: SandboxRequest): Answer {
  requireSiteAdmin(request)
  const group = modifiableGroup(request)
  const account = memberIn(request, textOf(fieldsOf(request.body)['accountId']))
  if (group.members.has(account.accountId))
    throw new Refusal('already-member', 'user', `Cannot add user. User is already a member of '${group.name}'.`)
  addMember(request.state, group, account)
  return { status: 201, body: groupView(request, group) }
}

/** 200 without a body. Who is not a member is 400 with a text. */
export function removeGroupMember(request: SandboxRequest): Answer {
  requireSiteAdmin(request)
  const group = modifiableGroup(request)
  const account = memberIn(request, request.query.get('accountId') ?? undefined)
  if (!group.members.has(account.accountId))
    throw new Refusal('invalid', 'user', `Cannot remove user. User is not a member of '${group.name}'.`)
  dropMember(request.state, group, account.accountId)
  return { status: 200 }
}

/** @throws Refusal (400) without an id, (404) where nobody has it or the person was never invited */
function memberIn({ state }: SandboxRequest, accountId: string | undefined): Account {
  if (!accountId) throw new Refusal('invalid', 'accountId', "The 'accountId' query parameter needs to be provided")
  const account = state.accounts.has(accountId) ? accountOf(state, accountId) : undefined
  if (account && account.type !== 'customer' && account.membershipStatus !== 'no_membership') return account
  throw new Refusal('not-found', 'user', 'User not found')
}

/** @throws Refusal (403) where an identity provider owns the group */
function modifiableGroup(request: SandboxRequest): Group {
  const group = groupIn(request)
  if (group.managedBy !== 'external') return group
  throw new Refusal('group-synced', 'group', `The group ${group.name} is synced from an identity provider.`)
}

/** The members are counted, not listed. */
function groupView({ baseUrl }: SandboxRequest, { groupId, name, members }: Group) {
  return {
    name,
    groupId,
    self: `${baseUrl}/rest/api/3/group?groupId=${groupId}`,
    users: { size: members.size, items: [], 'max-results': 50, 'start-index': 0, 'end-index': 0 },
    expand: 'users',
  }
}
