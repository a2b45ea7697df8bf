import { fieldsOf, noContent, ok, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { deleteGroup as dropGroup, dropMember, putMember } from '../../world-directory.ts'
import { provisionGroup, scimAccountOf, scimGroupOf, scimGroups, type ScimGroup } from '../../world-scim.ts'
import type { WorldState } from '../../world-state.ts'
import { groupSchema } from './attributes.ts'
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
  return { status: 201, body: groupView(request, group), headers: { location: groupLocation(request, group) } }
}

/** The name stays as it is; what the body leaves out is cleaned. */
export function replaceGroup(request: SandboxRequest): Answer {
  const group = groupIn(request)
  const { externalId, members } = fieldsOf(request.body)
  replaceMembers(request.state, group, membersOf(request.state, members))
  setExternalId(group, externalId)
  return getGroup(request)
}

/** The name of a group cannot change: an operation on `displayName` is taken and does nothing. */
export function patchGroup(request: SandboxRequest): Answer {
  const group = groupIn(request)
  for (const operation of operationsOf(request.body).flatMap(byAttribute)) {
    if (/^externalId$/i.test(operation.path))
      setExternalId(group, operation.op === 'remove' ? undefined : operation.value)
    if (/^members\b/i.test(operation.path)) applyToMembers(request.state, group, operation)
  }
  return getGroup(request)
}

export function deleteGroup(request: SandboxRequest): Answer {
  const group = groupIn(request)
  if ('groupId' in group) dropGroup(request.state, group)
  else request.state.unsyncedGroups.delete(group.scimGroupId)
  return noContent
}

type AttributeOperation = PatchOperation & { readonly path: string }

/** An operation without a path carries a set of attributes: one operation for each. */
function byAttribute({ op, path, value }: PatchOperation): AttributeOperation[] {
  if (path !== undefined) return [{ op, path, value }]
  return Object.entries(fieldsOf(value)).map(([name, one]) => ({ op, path: name, value: one }))
}

function applyToMembers(state: WorldState, group: ScimGroup, { op, path, value }: AttributeOperation): void {
  const id = /^members\[value eq "([^"]+)"\]$/i.exec(path)?.[1]
  const named = id === undefined ? value : { value: id }
  // RFC 7644 3.5.2.2: a remove of `members` without a value empties the group
  const accountIds = op === 'remove' && named === undefined ? [...group.members] : patchedMembers(state, named)
  if (op === 'replace') replaceMembers(state, group, accountIds)
  else for (const accountId of accountIds) (op === 'add' ? join : leave)(state, group, accountId)
}

/** @throws Refusal (404) where a user does not exist: SCIM, `PATCH /Groups/{id}`, unlike its PUT */
function patchedMembers(state: WorldState, named: unknown): string[] {
  for (const scimId of memberIds(named)) scimAccountOf(state, scimId)
  return membersOf(state, named)
}

function setExternalId(group: ScimGroup, value: unknown): void {
  const externalId = textOf(value)
  if (externalId === undefined) delete group.externalId
  else group.externalId = externalId
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
  return memberIds(members).map((scimId) => {
    if (!state.accountIdByScimId.has(scimId))
      throw new Refusal('invalid', 'members', `no user ${scimId} in the directory`)
    return scimAccountOf(state, scimId).accountId
  })
}

function memberIds(members: unknown): string[] {
  const list = Array.isArray(members) ? members : members === undefined ? [] : [members]
  return list.map((member) => textOf(fieldsOf(member)['value']) ?? '')
}

function groupIn({ state, params }: SandboxRequest): ScimGroup {
  return scimGroupOf(state, params['id'] ?? '')
}

function groupLocation({ state, baseUrl }: SandboxRequest, { scimGroupId }: ScimGroup): string {
  return `${baseUrl}/scim/directory/${state.scimDirectoryId}/Groups/${scimGroupId}`
}

function groupView(request: SandboxRequest, group: ScimGroup) {
  const { state, baseUrl } = request
  const base = `${baseUrl}/scim/directory/${state.scimDirectoryId}`
  const members = [...group.members].flatMap((accountId) => {
    const account = state.accounts.get(accountId)
    if (!account?.scim) return []
    return [{ type: 'User', value: account.scim.id, display: account.email, $ref: `${base}/Users/${account.scim.id}` }]
  })
  const at = '2024-01-01T00:00:00.000Z'
  return {
    schemas: [groupSchema],
    id: group.scimGroupId,
    ...(group.externalId === undefined ? {} : { externalId: group.externalId }),
    displayName: group.name,
    members,
    meta: { resourceType: 'Group', location: groupLocation(request, group), created: at, lastModified: at },
  }
}
