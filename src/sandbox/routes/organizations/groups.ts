import { ok, stringsOf, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { pageOf } from '../../pagination.ts'
import { Refusal } from '../../refusal.ts'
import { grantsOf } from '../../world-apps.ts'
import { groupsOf, isDefaultGroup } from '../../world-directory.ts'
import type { Group, WorldState } from '../../world-state.ts'
import { requirePlace } from './organization.ts'
import { linksOf, listPage } from './pages.ts'
import { searchOf, sortedBy, type SearchRules } from './search-body.ts'
import { listedSearch, questionOf } from './search-query.ts'

/** Limits: API for Atlassian Access, MultiDirectoryGroupSearchRequest. */
const rules: SearchRules = {
  maxItems: {
    groupNames: 100,
    groupIds: 10,
    accountIds: 10,
    directoryIds: 10,
    resourceIds: 20,
    resourceOwners: 10,
    roleIds: 10,
    expand: 2,
  },
  scalars: ['searchTerm'],
  defaultLimit: 20,
}

export function searchGroups(request: SandboxRequest): Answer {
  requirePlace(request)
  const { offset, limit, question } = searchOf(request, rules)
  const expand = new Set(stringsOf(question['expand']))
  const order = { field: 'name', valueOf: ({ name }: Group) => name }
  const found = sortedBy(findGroups(request.state, question), question['sortBy'], order)
  const page = pageOf(found, { offset, limit }, request.paging)
  const data = page.items.map((group) => groupView(request.state, group, expand))
  return ok({ data, links: linksOf({ offset, next: page.next, question: { ...question, limit: page.limit } }) })
}

/** The deprecated GET list. `counts`, an object, comes as a parameter for each of its fields. */
export function listGroups(request: SandboxRequest): Answer {
  requirePlace(request)
  const { offset, limit, question } = listedSearch(request)
  const counts = { includeUsers: 'counts.users', includeResources: 'counts.resources' }
  const expand = Object.entries(counts).filter(([name]) => stringsOf(question[name]).includes('true'))
  const page = pageOf(findGroups(request.state, question), { offset, limit }, request.paging)
  const data = page.items.map((group) => groupView(request.state, group, new Set(expand.map(([, name]) => name))))
  return ok({ data, links: linksOf({ offset, next: page.next, question: { ...question, limit: page.limit } }) })
}

export function countGroups(request: SandboxRequest): Answer {
  requirePlace(request)
  return ok({ count: findGroups(request.state, questionOf(request.query)).length })
}

export function getGroup(request: SandboxRequest): Answer {
  const group = groupIn(request)
  return ok({ data: groupView(request.state, group, new Set(['counts.users', 'counts.resources'])) })
}

/** The group that the path names by id. @throws Refusal */
export function groupIn(request: SandboxRequest): Group {
  requirePlace(request)
  const group = request.state.groups.get(request.params['groupId'] ?? '')
  if (group) return group
  throw new Refusal('not-found', 'group', `no group ${request.params['groupId']}`)
}

/** The apps that the group gives; `defaultRole` marks the group that an app fills by itself. */
export function groupRoleAssignments(request: SandboxRequest): Answer {
  const group = groupIn(request)
  const grants = Map.groupBy(grantsOf(request.state, group), ({ ari }) => ari)
  const assignments = [...grants].map(([resourceId, roles]) => {
    const { product } = roles[0]!.resource
    const defaultRole = product.defaultGroupId === group.groupId ? 'atlassian/user' : null
    return { resourceId, resourceOwner: product.key, roles: roles.map(({ role }) => role), defaultRole }
  })
  return listPage(request, assignments)
}

/** Groups that no list of the organization has (seen by the Jira connector of ConductorOne's baton). */
const unlisted = new Set(['system-administrators', 'atlassian-addons-admin'])

/** Names are matched whole, whatever their case. @throws Refusal where the filters exclude each other */
function findGroups(state: WorldState, question: Readonly<Record<string, unknown>>): Group[] {
  const { groupNames, groupIds, accountIds, searchTerm, directoryIds } = question
  if (groupNames !== undefined && (groupIds !== undefined || searchTerm !== undefined)) {
    throw new Refusal('invalid', 'groupNames', 'groupNames cannot stand beside groupIds or searchTerm')
  }
  const people = new Set(stringsOf(accountIds).flatMap((id) => groupsOf(state, id)))
  const names = new Set(stringsOf(groupNames).map((name) => name.toLowerCase()))
  const term = textOf(searchTerm)?.toLowerCase() ?? ''
  const tests: ((group: Group) => boolean)[] = [
    ...(groupIds === undefined ? [] : [({ groupId }: Group) => stringsOf(groupIds).includes(groupId)]),
    ...(groupNames === undefined ? [] : [({ name }: Group) => names.has(name.toLowerCase())]),
    ...(accountIds === undefined ? [] : [(group: Group) => people.has(group)]),
    ...(directoryIds === undefined ? [] : [() => stringsOf(directoryIds).includes(state.organization.directory.id)]),
    ({ name }) => name.toLowerCase().includes(term),
    (group) => grantMatches(state, group, question),
  ]
  return [...state.groups.values()]
    .filter(({ name }) => !unlisted.has(name))
    .filter((group) => tests.every((test) => test(group)))
}

function grantMatches(state: WorldState, group: Group, question: Readonly<Record<string, unknown>>): boolean {
  const { resourceIds, resourceOwners, roleIds } = question
  if (resourceIds === undefined && resourceOwners === undefined && roleIds === undefined) return true
  return grantsOf(state, group).some(
    ({ ari, resource, role }) =>
      (resourceIds === undefined || stringsOf(resourceIds).includes(ari)) &&
      (resourceOwners === undefined || stringsOf(resourceOwners).includes(resource.product.key)) &&
      (roleIds === undefined || stringsOf(roleIds).includes(role)),
  )
}

function groupView(state: WorldState, group: Group, expand: ReadonlySet<string>) {
  const { groupId, name, description, managedBy } = group
  const external = managedBy === 'external'
  const counts = {
    ...(expand.has('counts.users') ? { users: peopleIn(state, group) } : {}),
    ...(expand.has('counts.resources') ? { resources: grantsOf(state, group).length } : {}),
  }
  return {
    id: groupId,
    name,
    description,
    directoryId: state.organization.directory.id,
    externalSynced: external,
    managedBy,
    managementAccess: { deletable: !external && !isDefaultGroup(state, group), modifiable: !external, readable: true },
    ...(expand.size === 0 ? {} : { counts }),
  }
}

/** Apps are members too, but the directory neither lists nor counts them. */
function peopleIn(state: WorldState, { members }: Group): number {
  let people = 0
  for (const id of members) if (state.accounts.get(id)?.type === 'atlassian') people += 1
  return people
}
