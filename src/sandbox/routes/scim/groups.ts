import { fieldsOf, noContent, ok, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { deleteGroup as dropGroup, dropMember, putMember } from '../../world-directory.ts'
import { provisionGroup, scimAccountOf, scimGroupOf, scimGroups, type ScimGroup } from '../../world-scim.ts'
import type { WorldState } from '../../world-state.ts'
import { filterOf, listResponse } from './lists.ts'
import { operationsOf, type PatchOperation } from './patch.ts'

export function listGroups(request: SandboxRequest): Answer {
  const filter = filterOf(request.query, ['displayName'])
  const found = scimGroups(request.state).filter(
    ({ name }) => !filter || name.toLowerCase() === filter.value.toLowerCase(),
  )
  return listResponse(request, found, (group) => groupView(request, group))
}

export function getGroup(request: SandboxRequest): Answer {
  return ok(groupView(request, groupIn(request)))
}

export function createGroup(request: SandboxRequest): Answer {
  const { displayName, externalId, members } = fieldsOf(request.body)
  const name = textOf(displayName)
  if (!name) throw new Refusal('invalid', 'displayName', 'displayName is required')
  const accountIds = membersOf(request.state, members)
  const group = provisionGroup(request.state, name, textOf(externalId))
  for (const accountId of accountIds) join(request.state, group, accountId)
  return { status: 201, body: groupView(request, group) }
}

export function replaceGroup(request: SandboxRequest): Answer {
  const group = groupIn(request)
  replaceMembers(request.state, group, membersOf(request.state, fieldsOf(request.body)['members']))
  return getGroup(request)
}

/** The name of a group cannot change: an operation on `displayName` is taken and does nothing. */
export function patchGroup(request: SandboxRequest): Answer {
  const group = groupIn(request)
  for (const operation of operationsOf(request.body)) applyOperation(request.state, group, operation)
  return getGroup(request)
}

export function deleteGroup(request: SandboxRequest): Answer {
  const group = groupIn(request)
  if ('groupId' in group) dropGroup(request.state, group)
  else request.state.unsyncedGroups.delete(group.scimGroupId)
  return noContent
}

function applyOperation(state: WorldState, group: ScimGroup, operation: PatchOperation): void {
  const { op, path = 'members' } = operation
  if (!/^members\b/i.test(path)) return
  const named = namedMembers(operation)
  // RFC 7644 3.5.2.2: a remove of `members` without a value empties the group
  const accountIds = op === 'remove' && named === undefined ? [...group.members] : membersOf(state, named)
  if (op === 'replace') replaceMembers(state, group, accountIds)
  else for (const accountId of accountIds) (op === 'add' ? join : leave)(state, group, accountId)
}

/** Three forms: a path with the id in it, the path `members` with a value, and no path at all. */
function namedMembers({ path, value }: PatchOperation): unknown {
  if (path === undefined) return fieldsOf(value)['members']
  const id = /^members\[value eq "([^"]+)"\]$/i.exec(path)?.[1]
  return id === undefined ? value : { value: id }
}

function replaceMembers(state: WorldState, group: ScimGroup, accountIds: readonly string[]): void {
  for (const accountId of group.members) if (!accountIds.includes(accountId)) leave(state, group, accountId)
  for (const accountId of accountIds) join(state, group, accountId)
}

function join(state: WorldState, group: ScimGroup, accountId: string): void {
  if ('groupId' in group) putMember(state, group, accountId)
  else group.members.add(accountId)
}

function leave(state: WorldState, group: ScimGroup, accountId: string): void {
  if (!group.members.has(accountId)) return
  if ('groupId' in group) dropMember(state, group, accountId)
  else group.members.delete(accountId)
}

/** Account ids of SCIM user ids. @throws Refusal (400) where one does not exist */
function membersOf(state: WorldState, members: unknown): string[] {
  return (Array.isArray(members) ? members : members === undefined ? [] : [members]).map((member) => {
    const scimId = textOf(fieldsOf(member)['value']) ?? ''
    if (!state.accountIdByScimId.has(scimId))
      throw new Refusal('invalid', 'members', `no user ${scimId} in the directory`)
    return scimAccountOf(state, scimId).accountId
  })
}

function groupIn({ state, params }: SandboxRequest): ScimGroup {
  return scimGroupOf(state, params['id'] ?? '')
}

function groupView({ state, baseUrl }: SandboxRequest, group: ScimGroup) {
  const base = `${baseUrl}/scim/directory/${state.scimDirectoryId}`
  const members = [...group.members].flatMap((accountId) => {
    const account = state.accounts.get(accountId)
    if (!account?.scim) return []
    return [{ type: 'User', value: account.scim.id, display: account.email, $ref: `${base}/Users/${account.scim.id}` }]
  })
  const at = '2024-01-01T00:00:00.000Z'
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    id: group.scimGroupId,
    ...(group.externalId === undefined ? {} : { externalId: group.externalId }),
    displayName: group.name,
    members,
    meta: { resourceType: 'Group', location: `${base}/Groups/${group.scimGroupId}`, created: at, lastModified: at },
  }
}
