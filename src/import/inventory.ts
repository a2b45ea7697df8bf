import type { Estate, ProjectEntry, SiteEstate } from '../atlassian/catalogue-all.ts'
import type { Account, Group } from '../core/directory.ts'
import { membershipKind } from '../core/membership.ts'
import { accountHolder, classHolder, groupHolder, groupObstacle, type Naming } from './holder.ts'
import { holding, nothingFound, together, unreadPlace, type Found } from './found.ts'
import type { Gap, Holder, Holding } from './holding.ts'
import { spaceInventory } from './inventory-spaces.ts'

/** Everything that is held, in the engine's own ids, and what was not read. */
export interface Inventory {
  readonly accounts: readonly Account[]
  readonly groups: readonly Group[]
  readonly holdings: readonly Holding[]
  readonly gaps: readonly Gap[]
  /** Spaces that an import leaves alone. */
  readonly leftAlone: { readonly personalSpaces: number; readonly archivedSpaces: number }
}

/** Pure. What is `Unread` in the estate yields a gap and no holding. */
export function takeInventory({ directory, sites }: Estate, naming: Naming): Inventory {
  const spaces = sites.map((site) => spaceInventory(site, naming))
  const parts = [
    ...directory.groups.map((group) => members(group, naming)),
    ...sites.map((site) => roles(site, naming)),
    ...spaces,
  ]
  const identityGaps = (['accounts', 'groups'] as const).flatMap((what) =>
    directory.unread[what] ? [{ what, reason: directory.unread[what].message }] : [],
  )
  return {
    accounts: directory.accounts,
    groups: directory.groups,
    holdings: parts.flatMap(({ holdings }) => holdings),
    gaps: [...identityGaps, ...parts.flatMap(({ gaps }) => gaps)],
    leftAlone: {
      personalSpaces: spaces.reduce((sum, each) => sum + each.personal, 0),
      archivedSpaces: spaces.reduce((sum, each) => sum + each.archived, 0),
    },
  }
}

function members(group: Group, naming: Naming): Found {
  const found = naming.directory.members(group.groupId)
  // that the accounts as a whole were not read is one gap, not one for each group
  if ('code' in found)
    return naming.directory.unread.accounts
      ? nothingFound
      : unreadPlace(`members of group ${group.name}`, found, { what: 'group', group })
  const scope = `${membershipKind}/${group.groupId}`
  const isOurs = group.readOnly === undefined || group.provisionedId !== undefined
  const obstacle = isOurs ? groupObstacle(group, naming) : ({ code: 'OWNED_ELSEWHERE', why: group.readOnly } as const)
  const holdings = found.map((account) => ({
    ...holding(scope, { what: 'group', group }, accountHolder(account.accountId, naming)),
    ...(obstacle && { obstacle }),
  }))
  return { holdings, gaps: [] }
}

function roles({ site, projects }: SiteEstate, naming: Naming): Found {
  if ('code' in projects) return unreadPlace(`Jira spaces (projects) of site ${site}`, projects)
  return together(projects.map((project) => rolesOf(site, project, naming)))
}

function rolesOf(site: string, project: ProjectEntry, naming: Naming): Found {
  const { key, roles: all } = project
  const at = { what: 'project', site, key } as const
  if ('code' in all) return unreadPlace(`roles of Jira space (project) ${key}`, all, at)
  return together(
    all.map((role) => {
      if ('code' in role.actors) return unreadPlace(`role ${role.name} of Jira space (project) ${key}`, role.actors, at)
      const isFirst = all.find(({ name }) => name === role.name) === role
      return actors({ site, project, role, isFirst }, naming)
    }),
  )
}

type RoleEntry = Exclude<ProjectEntry['roles'], { readonly code: string }>[number]

interface RoleOfProject {
  readonly site: string
  readonly project: ProjectEntry
  readonly role: RoleEntry
  /** A manifest names a role by name: of several of one name, the first. */
  readonly isFirst: boolean
}

function actors({ site, project, role, isFirst }: RoleOfProject, naming: Naming): Found {
  if ('code' in role.actors) return nothingFound
  const scope = `JiraRoleBinding/${site}/${project.id}/${role.id}`
  const place = { what: 'project', site, key: project.key, name: project.name, role: role.name } as const
  const holdings = role.actors.map(({ type, id, name }): Holding => {
    const each = holding(scope, place, actorHolder({ type, id, name }, naming))
    return isFirst ? each : { ...each, obstacle: { code: 'UNNAMEABLE', why: 'the project has two roles of that name' } }
  })
  return { holdings, gaps: [] }
}

function actorHolder(
  { type, id, name }: { readonly type: string; readonly id: string; readonly name: string },
  naming: Naming,
): Holder {
  if (type === 'group' && id !== '') return groupHolder(id, naming, name)
  return type === 'user' && id !== '' ? accountHolder(id, naming, name) : { ...classHolder(id || name), title: name }
}
