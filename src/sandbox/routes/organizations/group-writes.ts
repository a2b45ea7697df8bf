import { fieldsOf, noContent, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { accountOf, addMember, createGroup, deleteGroup, dropMember, isDefaultGroup } from '../../world-directory.ts'
import type { Group } from '../../world-state.ts'
import { groupIn } from './groups.ts'
import { requirePlace } from './organization.ts'
import { requireJson } from './user-writes.ts'

/** 201 without a body: the id is found by name only. */
export function createDirectoryGroup(request: SandboxRequest): Answer {
  requirePlace(request)
  requireJson(request)
  const { name, description } = fieldsOf(request.body)
  const trimmed = textOf(name)?.trim()
  if (!trimmed) throw new Refusal('invalid', 'name', 'name is required')
  createGroup(request.state, { name: trimmed, description: textOf(description) ?? '' })
  return { status: 201 }
}

export function removeGroup(request: SandboxRequest): Answer {
  const group = modifiableGroup(request)
  if (isDefaultGroup(request.state, group))
    throw new Refusal('default-group', 'group', `${group.name} is a default access group`)
  if (group.platformRole !== undefined || group.appRoles.some(({ role }) => role.endsWith('admin')))
    throw new Refusal('invalid', 'admin group', `${group.name} grants admin access`)
  deleteGroup(request.state, group)
  return noContent
}

export function addMembership(request: SandboxRequest): Answer {
  const group = modifiableGroup(request)
  requireJson(request)
  const accountId = textOf(fieldsOf(request.body)['accountId'])
  if (!accountId) throw new Refusal('invalid', 'accountId', 'accountId is required')
  const account = request.state.accounts.has(accountId) ? accountOf(request.state, accountId) : undefined
  if (!account || account.type === 'customer' || account.membershipStatus === 'no_membership') {
    throw new Refusal('not-invited', 'user', 'User not found in the directory')
  }
  requireNoPlatformRole(group)
  addMember(request.state, group, account)
  return noContent
}

export function removeMembership(request: SandboxRequest): Answer {
  const group = modifiableGroup(request)
  dropMember(request.state, group, request.params['accountId'] ?? '')
  return noContent
}

/** Roles of the organization are assigned, not joined ("will return an error", API for Atlassian Access). @throws Refusal */
export function requireNoPlatformRole({ name, platformRole }: Group): void {
  if (platformRole === undefined) return
  throw new Refusal('forbidden', 'group', `${name} gives ${platformRole}: assign the role instead`)
}

/** @throws Refusal (403) in the published words where an identity provider owns the group */
function modifiableGroup(request: SandboxRequest): Group {
  const group = groupIn(request)
  if (group.managedBy !== 'external') return group
  throw new Refusal('group-synced', 'group', "You can't add a user to a group synced from an identity provider")
}
