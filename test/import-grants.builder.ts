import { parseAllDocuments } from 'yaml'
import type { World } from '../src/sandbox/world.ts'
import type { AccountSeed, WorldSeed } from '../src/sandbox/world-seed.ts'
import type { Draw } from './import-worlds.builder.ts'

/** Grants as text, counted on two independent ways: from the world, and from the manifests. */
export type Grants = ReadonlySet<string>

/** What an import may write: of people who are open, and of groups that the organization owns or only names. */
export function grantsOf(seed: WorldSeed): Grants {
  const account = (who: string): AccountSeed => seed.accounts.find(({ id, email }) => id === who || email === who)!
  const isOpen = (who: string): boolean => {
    const { status, type } = account(who)
    return status !== 'deactivated' && type !== 'app'
  }
  const name = (which: string): string => seed.groups.find((each) => each.id === which || each.name === which)!.name
  const person = (who: string): string => account(who).email ?? account(who).id
  const ofGroups = seed.groups
    .filter(({ managedBy }) => managedBy !== 'external')
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
      const held = access.filter(
        ({ role, user, group }) => role !== undefined && (group ?? (user !== undefined && isOpen(user))),
      )
      return held.map(({ user, group, role }) => {
        const holder = user === undefined ? `group ${name(group!)}` : person(user)
        return `${holder} has ${role} in ${site.name}/${key}`
      })
    }),
  ])
  return new Set([...ofGroups, ...ofSites])
}

interface Written {
  readonly kind?: string
  readonly spec: {
    readonly group?: string
    readonly site?: string
    readonly members?: readonly Subject[]
    readonly subjects?: readonly Subject[]
    readonly projects?: { readonly keys: readonly string[] }
    readonly spaces?: { readonly keys: readonly string[] }
    readonly role?: string
    readonly level?: string
  }
}

interface Subject {
  readonly email?: string
  readonly accountId?: string
  readonly group?: string
}

const roleOfLevel: Readonly<Record<string, string>> = { Contributor: 'Collaborator' }

/** What manifests that an import wrote declare. */
export function grantsIn(texts: readonly string[]): Grants {
  const documents = texts.flatMap((text) => parseAllDocuments(text).map((each) => each.toJS() as Written))
  return new Set(
    documents.flatMap(({ spec: { group, members = [], subjects = [], projects, spaces, role, level, site } }) => {
      const places = [
        ...(projects?.keys ?? []).map((key) => `is ${role} of ${site}/${key}`),
        ...(spaces?.keys ?? []).map((key) => `has ${role ?? roleOfLevel[level!] ?? level} in ${site}/${key}`),
      ]
      const names = subjects.map((each) =>
        each.group === undefined ? (each.email ?? each.accountId!) : `group ${each.group}`,
      )
      return [
        ...members.map(({ email, accountId }) => `${email ?? accountId} in ${group}`),
        ...places.flatMap((place) => names.map((each) => `${each} ${place}`)),
      ]
    }),
  )
}

/** Somebody clicks around in Atlassian Administration: `count` changes, and none that the API would refuse. */
export function changeByHand(world: World, count: number, draw: Draw): void {
  for (let left = count; left > 0; left -= 1) {
    const act = draw(8)
    if (act < 4) give(world, { act, draw, number: left })
    else if (act < 7) take(world, draw)
    else {
      world.addAccount({ id: `712020:new${left}`, email: `new${left}@acme.com`, name: `New ${left}` })
      world.addGroup({ id: `new-${left}`, name: `new group ${left}`, members: [`new${left}@acme.com`] })
    }
  }
}

const isOurs = ({ managedBy, name }: WorldSeed['groups'][number]): boolean =>
  managedBy !== 'external' && !name.startsWith('atlassian-addons')

interface Giving {
  readonly act: number
  readonly draw: Draw
  readonly number: number
}

function give(world: World, { act, draw }: Giving): void {
  const seed = world.export()
  const pick = <Item>(all: readonly Item[]): Item => all[draw(all.length)]!
  const user = pick(seed.accounts.filter(({ email, type }) => email !== undefined && type !== 'app')).email!
  const group = pick(seed.groups.filter(isOurs)).name
  const [site] = seed.sites
  const actor = draw(2) === 0 ? { user } : { group }
  if (act < 2) return world.addMember(group, user)
  if (act === 2) {
    const project = pick(site!.jira!.projects.filter(({ archived }) => !archived))
    return world.addActor({ site: site!.name, project: project.key, role: pick(Object.keys(project.roles!)) }, actor)
  }
  const space = pick(site!.confluence!.spaces.filter(({ type, archived }) => type !== 'personal' && !archived))
  // who has something there keeps it: to change it is not to give
  const isHeld = space.access!.some((each) => each.user === user || each.group === group)
  if (!isHeld) world.grantSpace(site!.name, space.key, { ...actor, role: pick(['Viewer', 'Collaborator', 'Manager']) })
}

/** Takes away one of the grants that `grantsOf` counts, but for those by which the credential sees. */
function take(world: World, draw: Draw): void {
  const grants = [...grantsOf(world.export())].filter((each) => !each.startsWith('svc@'))
  const grant = grants[draw(grants.length)]!
  const [, holder, verb, name, site, key] =
    /^(.*?) (in|is|has) (?:(.*?) (?:of|in) )?(?:([a-z]+)\/(\w+))?$/.exec(grant) ?? memberOf.exec(grant)!
  const actor = holder!.startsWith('group ') ? { group: holder!.slice(6) } : { user: holder! }
  if (verb === 'is') world.removeActor({ site: site!, project: key!, role: name! }, actor)
  else if (verb === 'has') world.revokeSpace(site!, key!, actor)
  else world.removeMember(name!, holder!)
}

const memberOf = /^(\S+) (in) (.*)$/
