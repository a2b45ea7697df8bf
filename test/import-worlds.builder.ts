import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exampleWorld } from '../src/sandbox/example-world.builder.ts'
import {
  parseWorldSeed,
  type RoleMode,
  type SiteSeed,
  type SpaceAccessSeed,
  type WorldSeed,
} from '../src/sandbox/world-seed.ts'
import { referenceWorld } from '../bench/reference-world.ts'
import { examples } from './command-line.builder.ts'
import { acmeSite, grantsWorld } from './live-grants.builder.ts'
import { seedOf } from './live-site.builder.ts'

/** Numbers from 0 to below `end`, the same for the same seed. */
export type Draw = (end: number) => number

export function drawing(seed: number): Draw {
  let state = seed
  return (end) => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * end)
  }
}

const acmeWorld = (): WorldSeed => parseWorldSeed(readFileSync(join(examples, 'acme/world.yaml'), 'utf8'))

const service = { id: '712020:svc', email: 'svc@acme.com', name: 'Service', platformRoles: ['atlassian/site-admin'] }

const single = [
  'read/space',
  'create/page',
  'create/comment',
  'create/attachment',
  'create/blogpost',
  'delete/space',
  'export/space',
]
const roles = [
  { id: 'r-viewer', name: 'Viewer', type: 'SYSTEM' as const, permissions: ['read/space'] },
  { id: 'r-collaborator', name: 'Collaborator', type: 'SYSTEM' as const, permissions: ['read/space', 'create/page'] },
  { id: 'r-manager', name: 'Manager', type: 'SYSTEM' as const, permissions: ['read/space', 'administer/space'] },
  { id: 'r-own', name: 'Reviewers & Co', type: 'CUSTOM' as const, permissions: ['read/space', 'create/comment'] },
]

interface Drawn {
  readonly draw: Draw
  readonly emails: readonly string[]
  readonly groups: readonly string[]
}

const some = <Item>(all: readonly Item[], most: number, draw: Draw): readonly Item[] => [
  ...new Set(Array.from({ length: draw(most + 1) }, () => all[draw(all.length)]!)),
]

function accessTo(mode: RoleMode, { draw, emails, groups }: Drawn): readonly SpaceAccessSeed[] {
  const holders = [
    ...some(groups, 4, draw).map((group) => ({ group })),
    ...some(emails, 3, draw).map((user) => ({ user })),
  ]
  return [
    {
      user: service.email,
      ...(mode === 'PRE_ROLES' ? { permissions: ['read/space', 'administer/space'] } : { role: 'Manager' }),
    },
    ...holders.map((holder): SpaceAccessSeed => {
      const isCustom = mode === 'PRE_ROLES' || (mode === 'ROLES_TRANSITION' && draw(3) === 0)
      if (!isCustom) return { ...holder, role: roles[draw(4)]!.name }
      return { ...holder, permissions: [...new Set(['read/space', ...some(single, 5, draw)])] }
    }),
    ...(draw(2) === 0 && mode !== 'PRE_ROLES' ? [{ accessClass: 'all-licensed-users', role: 'Viewer' }] : []),
  ]
}

function siteOf(name: string, mode: RoleMode, drawn: Drawn): SiteSeed {
  const names = ['Administrators', 'Developers', 'QA / Test']
  return {
    name,
    cloudId: `cloud-${name}`,
    products: [{ key: 'jira-software', defaultGroup: 'jira-users' }],
    jira: {
      roles: names.map((role, index) => ({ id: 10_001 + index, name: role })),
      projects: projectsOf(name, drawn),
    },
    confluence: { mode, roles: mode === 'PRE_ROLES' ? [] : roles, spaces: spacesOf(name, mode, drawn) },
  }
}

/** Every third is team-managed, one is archived. */
function projectsOf(name: string, { draw, emails, groups }: Drawn): NonNullable<SiteSeed['jira']>['projects'] {
  const actors = (users: readonly string[] = []) => ({
    users: [...new Set([...users, ...some(emails, 3, draw)])],
    groups: some(groups, 3, draw),
  })
  const own = (index: number) => ({
    Administrator: { id: 20_000 + index, ...actors([service.email]) },
    Member: { id: 30_000 + index, ...actors() },
  })
  const shared = () => ({
    Administrators: actors([service.email, '557058:app', '557058:robot']),
    Developers: actors(),
    'QA / Test': actors(),
  })
  return Array.from({ length: 6 }, (_, index) => ({
    id: `${10_000 + index}`,
    key: `P${index}${name.toUpperCase()}`,
    name: `Project ${index}`,
    ...(index % 3 === 2 && { style: 'next-gen' as const }),
    ...(index === 4 && { archived: true }),
    roles: index % 3 === 2 ? own(index) : shared(),
  }))
}

/** One has the key of a project, for the layouts that put both into one file. */
function spacesOf(name: string, mode: RoleMode, drawn: Drawn): NonNullable<SiteSeed['confluence']>['spaces'] {
  const keys = [`P0${name.toUpperCase()}`, 'S0', 'S1', 'S2', 'S3']
  return [
    ...keys.map((key, index) => ({
      id: `${70_001 + index}`,
      key,
      name: `Space ${index}`,
      access: accessTo(mode, drawn),
    })),
    { id: '70009', key: '~712020svc', name: 'Mine', type: 'personal', access: [] },
    { id: '70010', key: 'OLD', name: 'Old', archived: true, access: accessTo(mode, drawn) },
  ]
}

interface DrawnWorld {
  readonly seed: number
  readonly modes: Readonly<Record<string, RoleMode>>
  /** Groups of a SCIM directory. */
  readonly scim?: boolean
  readonly people?: number
  readonly groups?: number
}

/** A company with everything an import may meet, in random places. */
export function drawnWorld({ seed, modes, scim = false, people = 30, groups: size = 12 }: DrawnWorld): WorldSeed {
  const draw = drawing(seed)
  const accounts = Array.from({ length: people }, (_, index) => accountOf(index, scim))
  const emails = accounts.map(({ email }) => email)
  const groups = Array.from({ length: size }, (_, index) => ({
    ...groupOf(index, scim),
    members: some(emails, 9, draw),
  }))
  const drawn = { draw, emails, groups: groups.map(({ name }) => name) }
  const directory = { id: 'directory-1', name: 'Primary' }
  const world: WorldSeed = {
    organization: { id: 'organization-1', name: 'Acme', directory, verifiedDomains: ['acme.com'] },
    credentials: {
      organizationApiKeys: [{ name: 'roster', key: 'organization-key' }],
      scimKeys: [{ name: 'roster', key: 'scim-key' }],
      apiTokens: [{ name: 'svc', email: service.email, token: 'api-token' }],
    },
    ...(scim && { scim: { directoryId: 'scim-1' } }),
    sites: Object.entries(modes).map(([name, mode]) => siteOf(name, mode, drawn)),
    accounts: [service, ...robots, ...accounts],
    groups: [
      ...groups,
      { id: 'group-addons', name: 'atlassian-addons-admin', members: ['557058:app', '557058:robot'] },
      { id: 'group-users', name: 'jira-users', members: [service.email, ...emails.slice(0, 5)] },
    ],
  }
  return parseWorldSeed(JSON.stringify(world))
}

const robots = [
  { id: '557058:app', name: 'Automation', type: 'app' as const },
  { id: '557058:robot', email: 'robot@acme.com', name: 'Robot', type: 'app' as const, appType: 'service' as const },
  { id: 'qm:customer', email: 'customer@client.example', name: 'Customer', type: 'customer' as const },
]

/** Some are deactivated, suspended, from elsewhere; one has a name that no manifest can have. */
const accountOf = (index: number, scim: boolean) => ({
  id: `712020:p${index}`,
  email: `p${index}@${index % 7 === 6 ? 'partner.example' : 'acme.com'}`,
  name: index % 5 === 4 ? `Łucja Ñoño ${index}` : `Person ${index}`,
  ...(index % 9 === 8 && { status: 'deactivated' as const }),
  ...(index % 11 === 10 && { status: 'suspended' as const }),
  ...(index % 8 === 3 && { hiddenEmail: true }),
  ...(scim && index % 2 === 0 && index % 7 !== 6 && { scim: {} }),
})

const groupNames = ['Payments Developers', 'payments-developers', 'Größe & Co', '開発者', 'a: b # c']

const groupOf = (index: number, scim: boolean) => ({
  id: `group-${index}`,
  name: groupNames[index] ?? `group ${index}`,
  ...(index % 4 === 3 && { description: `What "group ${index}" is for: # everything` }),
  ...(index === 6 && { managedBy: 'open' as const }),
  ...(index === 7 && { managedBy: 'team-members' as const }),
  ...(scim && index % 3 === 2 && { managedBy: 'external' as const, scimGroupId: `scim-${index}` }),
})

/** What the tests of grants work on, with access of each kind. */
function grantsOn(mode: RoleMode): WorldSeed {
  const held = mode === 'ROLES' ? { role: 'Viewer' } : { permissions: ['read/space', 'create/comment'] }
  return seedOf(
    grantsWorld({
      sites: [
        acmeSite(mode, [
          { group: 'devs', ...held },
          { user: 'cara@acme.com', ...held },
        ]),
      ],
    }),
  )
}

/** The reference organization of the benchmark, at a twentieth of its size. */
const smallReference = (): WorldSeed =>
  referenceWorld({ users: 50, groups: 15, membersOfGroup: 10, projects: 10, spaces: 15, rowsOfSpace: 6 })

/** Every world that an import is tried on. */
export const worlds: Readonly<Record<string, () => WorldSeed>> = {
  'the example company Acme': acmeWorld,
  'the small world with one of everything': exampleWorld,
  'a site before roles': () => drawnWorld({ seed: 1, modes: { acme: 'PRE_ROLES' } }),
  'a site between both': () => drawnWorld({ seed: 2, modes: { acme: 'ROLES_TRANSITION' } }),
  'a site with roles': () => drawnWorld({ seed: 3, modes: { acme: 'ROLES' } }),
  'groups of an identity provider': () => drawnWorld({ seed: 4, modes: { acme: 'ROLES' }, scim: true }),
  'two sites of different modes': () => drawnWorld({ seed: 5, modes: { acme: 'PRE_ROLES', labs: 'ROLES' } }),
  'the reference organization of the benchmark, small': smallReference,
  'a group, three projects and a space before roles': () => grantsOn('PRE_ROLES'),
  'a group, three projects and a space with roles': () => grantsOn('ROLES'),
  'a group, three projects and a space between both': () => grantsOn('ROLES_TRANSITION'),
}
