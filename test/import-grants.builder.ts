import { parseAllDocuments } from 'yaml'
import type { World } from '../src/sandbox/world.ts'
import type { AccountSeed, SiteSeed, SpaceAccessSeed, WorldSeed } from '../src/sandbox/world-seed.ts'
import type { Draw } from './import-worlds.builder.ts'

/** Grants as text, counted on two independent ways: from the world, and from the manifests. */
export type Grants = ReadonlySet<string>

/** What an import may write: of people who are open, and of groups that the organization owns or only names. */
export function grantsOf(seed: WorldSeed): Grants {
  const account = (who: string): AccountSeed => seed.accounts.find(({ id, email }) => id === who || email === who)!
  const isOpen = (who: string): boolean => {
    const { status, type } = account(who)
    return status !== 'deactivated' && type !== 'app' && type !== 'customer'
  }
  const name = (which: string): string => seed.groups.find((each) => each.id === which || each.name === which)!.name
  const person = (who: string): string => account(who).email ?? account(who).id
  const ofGroups = seed.groups
    .filter(isOurs)
    .flatMap((group) => (group.members ?? []).filter(isOpen).map((who) => `${person(who)} in ${group.name}`))
  const ofSites = seed.sites.flatMap((site) => [
    ...(site.jira?.projects ?? []).flatMap(({ key, archived, roles = {} }) =>
      Object.entries(roles).flatMap(([role, { users = [], groups = [] }]) => {
        if (archived) return []
        const holders = [...users.filter(isOpen).map(person), ...groups.map((each) => `group ${name(each)}`)]
        return holders.map((holder) => `${holder} is ${role} of ${site.name}/${key}`)
      }),
    ),
    ...(site.confluence?.spaces ?? []).flatMap(({ key, type, archived, access = [] }) => {
      if (archived || type === 'personal') return []
      // single permissions are custom access where there are roles
      const hasRoles = site.confluence!.mode !== 'PRE_ROLES'
      const held = access.filter(
        ({ role, user, group }) =>
          (role !== undefined || !hasRoles) && (group !== undefined || (user !== undefined && isOpen(user))),
      )
      return held.map(({ user, group }) => {
        const holder = user === undefined ? `group ${name(group!)}` : person(user)
        return `${holder} has access to ${site.name}/${key}`
      })
    }),
  ])
  return new Set([...ofGroups, ...ofSites])
}

interface Written {
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly email?: string
    readonly group?: string
    readonly site?: string
    readonly members?: readonly Subject[]
    readonly subjects?: readonly Subject[]
    readonly projects?: { readonly keys: readonly string[] }
    readonly spaces?: { readonly keys: readonly string[] }
    readonly role?: string
  }
}

interface Subject {
  readonly user?: string
  readonly email?: string
  readonly accountId?: string
  readonly group?: string
}

/** What manifests that an import wrote declare. */
export function grantsIn(texts: readonly string[]): Grants {
  const documents = texts.flatMap((text) => parseAllDocuments(text).map((each) => each.toJS() as Written))
  const emails = new Map(documents.map(({ metadata, spec }) => [metadata.name, spec.email]))
  const person = ({ user, email, accountId }: Subject): string => emails.get(user ?? '') ?? email ?? accountId!
  return new Set(
    documents.flatMap(({ spec: { group, members = [], subjects = [], projects, spaces, role, site } }) => {
      const places = [
        ...(projects?.keys ?? []).map((key) => `is ${role} of ${site}/${key}`),
        ...(spaces?.keys ?? []).map((key) => `has access to ${site}/${key}`),
      ]
      const names = subjects.map((each) => (each.group === undefined ? person(each) : `group ${each.group}`))
      return [
        ...members.map((each) => `${person(each)} in ${group}`),
        ...places.flatMap((place) => names.map((each) => `${each} ${place}`)),
      ]
    }),
  )
}

/** Somebody clicks around in Atlassian Administration: `count` changes, and none that the API would refuse. */
export function changeByHand(world: World, count: number, draw: Draw): void {
  for (let left = count; left > 0; left -= 1) {
    const act = draw(8)
    if (act < 4) give(world, act, draw)
    else if (act < 7) take(world, draw)
    else {
      world.addAccount({ id: `712020:new${left}`, email: `new${left}@acme.com`, name: `New ${left}` })
      world.addGroup({ id: `new-${left}`, name: `new group ${left}`, members: [`new${left}@acme.com`] })
    }
  }
}

/** Neither an identity provider's, nor a team's, nor of apps. */
function isOurs({ managedBy, name }: WorldSeed['groups'][number]): boolean {
  return managedBy !== 'external' && managedBy !== 'team-members' && !name.startsWith('atlassian-addons')
}

function give(world: World, act: number, draw: Draw): void {
  const seed = world.export()
  const pick = <Item>(all: readonly Item[]): Item => all[draw(all.length)]!
  const user = pick(seed.accounts.filter(({ type }) => type !== 'app' && type !== 'customer')).email!
  const group = pick(seed.groups.filter(isOurs)).name
  const site = pick(seed.sites)
  const actor = draw(2) === 0 ? { user } : { group }
  if (act < 2) return world.addMember(group, user)
  if (act === 2) {
    const project = pick(site.jira!.projects.filter(({ archived }) => !archived))
    return world.addActor({ site: site.name, project: project.key, role: pick(Object.keys(project.roles!)) }, actor)
  }
  const space = pick(site.confluence!.spaces.filter(({ type, archived }) => type !== 'personal' && !archived))
  // who has something there keeps it: to change it is not to give
  const isHeld = space.access!.some((each) => nameOf(seed, each) === (actor.user ?? actor.group))
  if (!isHeld) world.grantSpace(site.name, space.key, { ...actor, ...accessFor(site, pick) })
}

/** Seeds name by e-mail, name or id. */
function nameOf({ accounts, groups }: WorldSeed, { user, group }: SpaceAccessSeed): string | undefined {
  if (user !== undefined) return accounts.find(({ id, email }) => id === user || email === user)?.email
  return groups.find(({ id, name }) => id === group || name === group)?.name
}

function accessFor({ confluence }: SiteSeed, pick: <Item>(all: readonly Item[]) => Item): Partial<SpaceAccessSeed> {
  const sets = [['read/space'], ['read/space', 'create/page'], ['read/space', 'create/comment', 'create/attachment']]
  if (confluence!.mode === 'PRE_ROLES') return { permissions: pick(sets) }
  return { role: pick(confluence!.roles!).name }
}

/**
 * Takes away one of the grants that `grantsOf` counts, but for those by which the credential sees, and those of people who
 * are suspended: Jira would not give them back.
 */
function take(world: World, draw: Draw): void {
  const seed = world.export()
  const kept = seed.accounts.flatMap(({ email, status, platformRoles = [] }) =>
    status === 'suspended' || platformRoles.length > 0 ? [`${email} `] : [],
  )
  const grants = [...grantsOf(seed)].filter((each) => !kept.some((start) => each.startsWith(start)))
  const grant = grants[draw(grants.length)]!
  const [, member, group] = /^(\S+) in (.*)$/.exec(grant) ?? []
  const [, holder, role, site, key] = /^(.*?) (?:is (.*) of|has access to) (\w+)\/(\w+)$/.exec(grant) ?? []
  const actor = holder?.startsWith('group ') ? { group: holder.slice(6) } : { user: holder! }
  if (role !== undefined) world.removeActor({ site: site!, project: key!, role }, actor)
  else if (site !== undefined) world.revokeSpace(site, key!, actor)
  else world.removeMember(group!, member!)
}
