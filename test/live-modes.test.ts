import { afterEach, expect, test } from 'vitest'
import type { RoleMode, SpaceAccessSeed } from '../src/sandbox/world-seed.ts'
import { manifest, openLive, person, service, site, type Live } from './live-site.builder.ts'

let live: Live
afterEach(() => live.close())

const roles = [
  { id: 'role-viewer', name: 'Viewer', permissions: ['read/space'] },
  { id: 'role-collaborator', name: 'Collaborator', permissions: ['read/space', 'create/page', 'create/comment'] },
  { id: 'role-manager', name: 'Manager', permissions: ['read/space', 'create/page', 'delete/page'] },
  { id: 'role-admin', name: 'Admin', permissions: ['read/space', 'administer/space'] },
]

interface Setting {
  readonly mode: RoleMode
  readonly companions?: boolean
  readonly access: readonly SpaceAccessSeed[]
}

async function open({ mode, companions = false, access }: Setting): Promise<void> {
  const admin = mode === 'ROLES' ? { role: 'Admin' } : { permissions: ['read/space', 'administer/space'] }
  const confluence = {
    mode,
    companionPermissions: companions,
    roles: mode === 'PRE_ROLES' ? [] : roles,
    spaces: [{ id: '65537', key: 'FIN', name: 'Finance', access: [{ user: service.email, ...admin }, ...access] }],
  }
  live = await openLive({
    world: {
      accounts: ['ana', 'bob'].map(person),
      groups: [{ id: 'group-devs', name: 'devs', members: ['ana@acme.com'] }],
      sites: [site({ confluence })],
    },
  })
}

const grant = (granted: string, more = ''): string =>
  manifest(
    'ConfluenceSpaceGrant',
    'finance',
    `{ site: acme, spaces: { keys: [FIN] }, ${granted}, authority: Additive, subjects: [{ group: devs }, { email: ana@acme.com }]${more} }`,
  )

/** Role or sorted permissions of each holder but the service account. */
function held(): Readonly<Record<string, string | readonly string[]>> {
  const access = live.sandbox.world.export().sites[0]?.confluence?.spaces[0]?.access ?? []
  const others = access.filter(({ user }) => user !== service.email)
  return Object.fromEntries(
    others.map((each) => [each.group ?? each.user, each.role ?? (each.permissions ?? []).toSorted()]),
  )
}

const contributor = [
  'create/attachment',
  'create/blogpost',
  'create/comment',
  'create/page',
  'delete/space',
  'read/space',
]

const brought: Readonly<Record<string, Setting & { readonly after: object; readonly writes: number }>> = {
  'before roles as single permissions': {
    mode: 'PRE_ROLES',
    access: [{ group: 'devs', permissions: ['read/space', 'delete/page'] }],
    after: { devs: contributor, 'ana@acme.com': contributor },
    writes: 1 + 5 + 6,
  },
  'before roles on a site that writes companions of its own': {
    mode: 'PRE_ROLES',
    companions: true,
    access: [{ group: 'devs', permissions: ['read/space'] }],
    after: { devs: contributor, 'ana@acme.com': contributor },
    // create/comment brings create/attachment, and create/page brings update/page, which has to go
    writes: 4 + 1 + 5 + 1,
  },
  'in transition as a role': {
    mode: 'ROLES_TRANSITION',
    access: [{ group: 'devs', role: 'Viewer' }],
    after: { devs: 'Collaborator', 'ana@acme.com': 'Collaborator' },
    writes: 2,
  },
  'with roles as a role': {
    mode: 'ROLES',
    access: [{ group: 'devs', role: 'Manager' }],
    after: { devs: 'Collaborator', 'ana@acme.com': 'Collaborator' },
    writes: 2,
  },
}

test.each(Object.entries(brought))('one level is granted %s', async (_, { after, writes, ...setting }) => {
  await open(setting)
  live.declare(grant('level: Contributor'))
  const { code, outcomes } = await live.apply()
  expect({ code, outcomes: outcomes.toSorted() }).toEqual({
    code: 0,
    outcomes: ['done create ana@acme.com in Confluence space FIN', 'done update group devs in Confluence space FIN'],
  })
  expect(held()).toEqual(after)
  expect(live.writes()).toHaveLength(writes)
  live.passTime(61_000)
  expect(await live.plan()).toMatchObject({ code: 0, changes: [], held: [] })
})

test.each(Object.entries(brought))('what Roster gave is withdrawn with its manifest, %s', async (_, each) => {
  await open(each)
  live.declare(grant('level: Contributor'))
  await live.apply()
  live.declare()
  live.passTime(61_000)
  expect(await live.apply()).toMatchObject({
    code: 0,
    outcomes: ['done delete ana@acme.com in Confluence space FIN'],
  })
  expect(Object.keys(held())).toEqual(['devs'])
  expect(await live.plan()).toMatchObject({ code: 0, changes: [], held: [] })
})

const single = 'permissions: [create/page, create/comment]'
const withCompanions: Readonly<Record<string, boolean>> = {
  'a site that keeps to what it is told': false,
  'a site that writes companions': true,
}

test.each(Object.entries(withCompanions))('read/space is the first to come on %s', async (_, companions) => {
  await open({ mode: 'PRE_ROLES', companions, access: [] })
  live.declare(grant(single))
  expect((await live.apply()).code).toBe(0)
  const wanted = ['create/comment', 'create/page', 'read/space']
  expect(held()).toEqual({ devs: wanted, 'ana@acme.com': wanted })
  expect(live.writes().filter((each) => !each.endsWith(' 200') && !each.endsWith(' 204'))).toEqual([])
  live.passTime(61_000)
  expect(await live.plan()).toMatchObject({ code: 0, changes: [], held: [] })
})

test.each(Object.entries(withCompanions))('read/space is the last to go on %s', async (_, companions) => {
  await open({ mode: 'PRE_ROLES', companions, access: [] })
  live.declare(grant(single))
  await live.apply()
  live.declare()
  live.passTime(61_000)
  live.forgetCalls()
  expect((await live.apply()).code).toBe(0)
  expect(held()).toEqual({})
  expect(live.writes().every((each) => each.startsWith('DELETE') && each.endsWith(' 204'))).toBe(true)
  expect(live.writes()).toHaveLength(2 * 3)
})

test('custom access is not turned into a role by the way', async () => {
  const custom = ['delete/page', 'read/space']
  await open({ mode: 'ROLES_TRANSITION', access: [{ group: 'devs', permissions: custom }] })
  live.declare(grant('level: Contributor'))
  const { code, outcomes, held: kept } = await live.apply()
  expect({ code, outcomes, kept }).toEqual({
    code: 3,
    outcomes: ['done create ana@acme.com in Confluence space FIN'],
    kept: ['update group devs in Confluence space FIN: NOT_CONVERTED'],
  })
  expect(held()).toEqual({ devs: custom, 'ana@acme.com': 'Collaborator' })
})

test('custom access is turned into a role where the manifest says so', async () => {
  await open({ mode: 'ROLES_TRANSITION', access: [{ group: 'devs', permissions: ['read/space', 'delete/page'] }] })
  live.declare(grant('level: Contributor', ', adoptCustomAccess: true'))
  expect((await live.apply()).code).toBe(0)
  expect(held()).toEqual({ devs: 'Collaborator', 'ana@acme.com': 'Collaborator' })
  live.passTime(61_000)
  expect(await live.plan()).toMatchObject({ code: 0, changes: [], held: [] })
})

test('custom access is given back where the role that replaces it is refused', async () => {
  await open({ mode: 'ROLES_TRANSITION', access: [{ group: 'devs', permissions: ['read/space', 'delete/page'] }] })
  live.declare(grant('level: Contributor', ', adoptCustomAccess: true'))
  const match = { method: 'POST', path: 'role-assignments' }
  live.sandbox.faults.add({ match, effect: { kind: 'html-error', status: 403 } })
  expect((await live.apply()).code).toBe(4)
  expect(held()).toMatchObject({ devs: ['delete/page', 'read/space'] })
})

test('a role is never turned into custom access', async () => {
  await open({ mode: 'ROLES_TRANSITION', access: [{ group: 'devs', role: 'Viewer' }] })
  live.declare(grant('permissions: [create/page]', ', adoptCustomAccess: true'))
  const { code, held: kept } = await live.apply()
  expect({ code, kept }).toEqual({ code: 3, kept: ['update group devs in Confluence space FIN: NOT_CONVERTED'] })
  expect(held()).toEqual({ devs: 'Viewer', 'ana@acme.com': ['create/page', 'read/space'] })
})

const refused: Readonly<Record<string, { readonly mode: RoleMode; readonly granted: string; readonly code: string }>> =
  {
    'single permissions on a site with roles': { mode: 'ROLES', granted: single, code: 'WRONG_MODE' },
    'a role on a site before roles': { mode: 'PRE_ROLES', granted: 'role: Collaborator', code: 'WRONG_MODE' },
    'a role that the site does not have': { mode: 'ROLES', granted: 'role: Colaborator', code: 'UNKNOWN_ROLE' },
  }

test.each(Object.entries(refused))('%s is a mistake, and nothing is written', async (_, { mode, granted, code }) => {
  await open({ mode, access: [] })
  live.declare(grant(granted))
  const told = await live.apply()
  expect({ code: told.code, mistakes: told.diagnostics.map((each) => each.split(':')[0]) }).toEqual({
    code: 4,
    mistakes: [code],
  })
  expect(live.writes()).toEqual([])
})

test('a space whose site moves to roles between two runs is granted the role', async () => {
  await open({ mode: 'ROLES_TRANSITION', access: [{ group: 'devs', role: 'Viewer' }] })
  live.declare(grant('level: Viewer'))
  expect((await live.apply()).code).toBe(0)
  live.sandbox.world.setRoleMode('acme', 'ROLES')
  live.declare(grant('level: Manager'))
  live.passTime(61_000)
  expect((await live.apply()).code).toBe(0)
  expect(held()).toEqual({ devs: 'Manager', 'ana@acme.com': 'Manager' })
})
