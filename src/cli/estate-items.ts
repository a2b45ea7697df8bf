import type {
  ActorEntry,
  Estate,
  PermissionEntry,
  ProjectEntry,
  RoleAssignmentEntry,
  SiteEstate,
  SiteSpaces,
  SpaceEntry,
} from '../atlassian/catalogue-all.ts'
import type { Directory, Group, Unread } from '../core/directory.ts'
import { accountTitle } from '../core/membership.ts'
import { compare } from '../core/resource.ts'
import { accountItem, noDetails, type AccountDetails, type AccountItem } from './estate-accounts.ts'
import type { GapItem } from './estate-gap.ts'
import type { AccountlessItem, UnmatchedReason } from './estate-matching.ts'
import type { TokensItem } from './estate-tokens.ts'

/** Who or what holds something. `key` is that of the engine's resources: `user:<account id>`, `group:<group id>`. */
export interface HolderItem {
  readonly key: string
  readonly title: string
}

/** How accounts and manifests fit together. */
export interface ReconciliationItem {
  /** How many accounts a manifest matches. */
  readonly matched: number
  /** Of the accounts that are listed. */
  readonly reasons: readonly {
    readonly reason: UnmatchedReason
    readonly count: number
    readonly meaning: string
    readonly remedy: string
  }[]
  readonly accountless: readonly AccountlessItem[]
}

export interface GroupItem {
  readonly groupId: string
  readonly name: string
  readonly managedBy: string
  readonly defaultFor: readonly string[]
  readonly members: readonly HolderItem[]
}

export interface ProjectItem {
  readonly site: string
  readonly id: string
  readonly key: string
  readonly name: string
  readonly type: string
  readonly teamManaged: boolean
  readonly roles: readonly { readonly id: string; readonly name: string; readonly holders: readonly HolderItem[] }[]
}

/** A role that every company-managed project of the site has. */
export interface RoleItem {
  readonly site: string
  readonly id: string
  readonly name: string
  /** Whom a new project gets in this role; projects that are there have holders of their own. */
  readonly defaultActors: readonly HolderItem[]
}

export interface SpaceItem {
  readonly site: string
  readonly id: string
  readonly key: string
  readonly name: string
  readonly type: string
  readonly access: readonly (HolderItem & { readonly role?: string; readonly permissions?: readonly string[] })[]
}

/** Everything that can be granted, and who holds it, with names in place of ids. */
export interface EstateItems {
  readonly accounts: readonly AccountItem[]
  readonly groups: readonly GroupItem[]
  readonly projects: readonly ProjectItem[]
  readonly roles: readonly RoleItem[]
  readonly spaces: readonly SpaceItem[]
  /** Where the accounts are those that no manifest matches. */
  readonly reconciliation?: ReconciliationItem
  /** Where tokens were asked for. */
  readonly tokens?: TokensItem
  readonly gaps: readonly GapItem[]
}

export function estateItems({ directory, sites }: Estate, details: AccountDetails = noDetails): EstateItems {
  const gaps: GapItem[] = []
  const known = <T>(what: string, value: readonly T[] | Unread): readonly T[] => {
    if (!('code' in value)) return value
    gaps.push({ what, reason: value.message })
    return []
  }
  for (const part of ['accounts', 'groups'] as const) {
    if (directory.unread[part]) gaps.push({ what: part, reason: directory.unread[part].message })
  }
  const reading = { directory, known }
  return {
    accounts: directory.accounts
      .map((each) => accountItem(each, directory, details))
      .sort(by(({ email, name }) => email ?? name)),
    groups: directory.groups.map((each) => groupItem(each, reading)).sort(by(({ name }) => name)),
    projects: sites.flatMap((site) => projectItems(site, reading)),
    roles: sites.flatMap((site) => roleItems(site, reading)),
    spaces: sites.flatMap((site) => spaceItems(site, reading)),
    gaps,
  }
}

interface Reading {
  readonly directory: Directory
  readonly known: <T>(what: string, value: readonly T[] | Unread) => readonly T[]
}

const by =
  <T>(name: (item: T) => string) =>
  (a: T, b: T): number =>
    compare(name(a).toLowerCase(), name(b).toLowerCase())

function groupItem({ groupId, name, managedBy, defaultFor }: Group, { directory, known }: Reading): GroupItem {
  const members = known(`members of group ${name}`, directory.members(groupId))
  const holders = members.map((each) => ({ key: `user:${each.accountId}`, title: accountTitle(each) }))
  return { groupId, name, managedBy, defaultFor, members: holders.sort(by(({ title }) => title)) }
}

function projectItems({ site, projects }: SiteEstate, reading: Reading): readonly ProjectItem[] {
  const all = reading.known(`projects of site ${site}`, projects)
  return all.map((project) => projectItem(site, project, reading))
}

function projectItem(site: string, project: ProjectEntry, { directory, known }: Reading): ProjectItem {
  const { id, key, name, type, teamManaged } = project
  const roles = known(`roles of project ${key}`, project.roles).map((role) => {
    const actors = known(`role ${role.name} of project ${key}`, role.actors)
    return { id: role.id, name: role.name, holders: actorItems(actors, directory) }
  })
  return { site, id, key, name, type, teamManaged, roles }
}

function roleItems({ site, roles }: SiteEstate, { directory, known }: Reading): readonly RoleItem[] {
  return known(`roles of site ${site}`, roles).map(({ id, name, defaultActors }) => ({
    site,
    id,
    name,
    defaultActors: actorItems(defaultActors, directory),
  }))
}

const actorItems = (actors: readonly ActorEntry[], directory: Directory): HolderItem[] =>
  actors.map((actor) => holder(actor, directory)).sort(by(({ title }) => title))

interface Named {
  readonly type: string
  readonly id: string
  readonly name?: string
}

/** Types are written in several ways by Atlassian's APIs: `group`, `GROUP`, `access_class`. */
function holder({ type, id, name }: Named, directory: Directory): HolderItem {
  const kind = type.toLowerCase()
  if (kind === 'group') return { key: `group:${id}`, title: `group ${directory.groupById(id)?.name ?? name ?? id}` }
  if (kind !== 'user') return { key: `class:${id}`, title: name ?? id }
  const account = directory.accountById(id)
  return { key: `user:${id}`, title: account ? accountTitle(account) : name ? `${name} (${id})` : id }
}

function spaceItems({ site, spaces }: SiteEstate, reading: Reading): readonly SpaceItem[] {
  if ('code' in spaces) {
    reading.known(`spaces of site ${site}`, spaces)
    return []
  }
  return spaces.spaces.map((space) => spaceItem(site, space, { ...reading, roles: spaces.roles }))
}

function spaceItem(site: string, space: SpaceEntry, reading: Reading & Pick<SiteSpaces, 'roles'>): SpaceItem {
  const { id, key, name, type } = space
  const assignments = reading.known(`role assignments of space ${key}`, space.assignments)
  const permissions = reading.known(`permissions of space ${key}`, space.permissions)
  const access = [...byRole(assignments, reading), ...byPermission(permissions, assignments, reading)]
  return { site, id, key, name, type, access: access.sort(by(({ title }) => title)) }
}

function byRole(
  assignments: readonly RoleAssignmentEntry[],
  { directory, roles }: Reading & Pick<SiteSpaces, 'roles'>,
) {
  return assignments.map(({ principalType, principalId, roleId }) => ({
    ...holder({ type: principalType, id: principalId }, directory),
    role: roles.find(({ id }) => id === roleId)?.name ?? roleId,
  }))
}

/** On a site in transition the permissions that follow from a role are listed too: they are the role's. */
function byPermission(
  permissions: readonly PermissionEntry[],
  assignments: readonly RoleAssignmentEntry[],
  { directory }: Reading,
) {
  const withRole = new Set(assignments.map(({ principalId }) => principalId))
  const own = permissions.filter(({ principalType, principalId }) => {
    return principalType.toLowerCase() !== 'role' && !withRole.has(principalId)
  })
  const groups = Map.groupBy(own, ({ principalType, principalId }) => `${principalType}:${principalId}`)
  return [...groups.values()].map((group) => ({
    ...holder({ type: group[0]!.principalType, id: group[0]!.principalId }, directory),
    permissions: group.map(({ permission }) => permission).sort(compare),
  }))
}
