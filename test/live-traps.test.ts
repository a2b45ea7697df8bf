import { afterEach, expect, test } from 'vitest'
import type { FaultRule } from '../src/sandbox/faults.ts'
import type { RoleMode } from '../src/sandbox/world-seed.ts'
import { acmeSite, app, binding, byEmail, crew, grant, grantsWorld } from './live-grants.builder.ts'
import { manifest, openLive, person, service, site, type Live } from './live-site.builder.ts'

/** What Roster does where Atlassian's APIs surprise; docs/traps.md says which trap each test is about. */

let live: Live
afterEach(() => live.close())

const developers = { site: 'acme', project: 'PAY', role: 'Developers' } as const
const inRole = (): readonly string[] => live.sandbox.world.actors(developers).toSorted()
const inGroup = (name: string): readonly string[] => live.sandbox.world.members(name).toSorted()
const operations = (): readonly string[] => live.sandbox.journal.entries.map(({ operation }) => operation)

async function settled(): Promise<void> {
  live.passTime(61_000)
  expect(await live.plan('--detailed-exitcode')).toMatchObject({ code: 0, changes: [], held: [] })
}

test('somebody whose e-mail is hidden is granted everything by it', async () => {
  const hidden = { ...person('hid'), hiddenEmail: true }
  live = await openLive({ world: grantsWorld({ accounts: [hidden, person('bob')] }) })
  live.declare(crew(byEmail('hid')), binding(byEmail('hid')), grant(byEmail('hid')))
  expect((await live.apply()).code).toBe(0)
  expect(inGroup('devs')).toContain('712020:hid')
  expect(inRole()).toContain('user:712020:hid')
  await settled()
})

test('somebody whom the organization does not manage is found by e-mail and granted a membership', async () => {
  const outside = { id: '712020:out', email: 'out@partner.io', name: 'Otto Outside' }
  live = await openLive({ world: grantsWorld({ accounts: [outside, person('bob')] }) })
  live.declare(crew(['email: out@partner.io']))
  expect(await live.apply()).toMatchObject({ code: 0, outcomes: ['done create out@partner.io in Group devs'] })
  expect(inGroup('devs')).toContain('712020:out')
  await settled()
})

test.each(['5b10a2844c20165700ede21a', '557058:0f1e2d3c-0000-4000-8000-0000000000aa', 'ug:b-a_c|d'])(
  'the account id %s is taken as it is',
  async (id) => {
    const somebody = { id, email: 'some@acme.com', name: 'Some Body' }
    live = await openLive({ world: grantsWorld({ accounts: [somebody, person('bob')] }) })
    live.declare(crew([`accountId: '${id}'`]), binding([`accountId: '${id}'`]), grant([`accountId: '${id}'`]))
    expect((await live.apply()).code).toBe(0)
    expect(inGroup('devs')).toContain(id)
    expect(inRole()).toContain(`user:${id}`)
    live.declare()
    live.passTime(61_000)
    expect((await live.apply()).code).toBe(0)
    expect([...inGroup('devs'), ...inRole()]).toEqual(['712020:bob', 'user:712020:bob'])
  },
)

test('a group that gets another name in its manifest is made anew, and the old one stays with its members', async () => {
  live = await openLive({ world: grantsWorld() })
  live.declare(manifest('AtlassianGroup', 'devs', '{ name: devs }'))
  expect((await live.apply()).code).toBe(0)
  live.declare(manifest('AtlassianGroup', 'devs', '{ name: developers }'))
  expect((await live.apply()).outcomes).toEqual(['done create the group itself in Group developers'])
  expect(inGroup('devs')).toEqual(['712020:bob'])
  expect(inGroup('developers')).toEqual([])
})

test('no group of the SCIM directory is made under the name of a default group', async () => {
  const products = [{ key: 'confluence', defaultGroup: 'devs' }]
  const scim = { directoryId: 'scim-1' }
  live = await openLive({
    world: grantsWorld({ sites: [site({ products })], scim }),
    provisioning: 'SCIM with groups',
  })
  live.declare(manifest('AtlassianGroup', 'devs', '{ name: devs, managedBy: SCIM }'))
  expect(await live.apply()).toMatchObject({ code: 0, outcomes: [] })
  expect(live.writes()).toEqual([])
})

test('people and groups are read and written in one place, by the second version of it', async () => {
  live = await openLive({ world: grantsWorld() })
  const users = [
    manifest('AtlassianUser', 'eve', '{ email: eve@acme.com }'),
    manifest('AtlassianUser', 'cara', '{ email: cara@acme.com, state: Suspended }'),
  ]
  const group = manifest('AtlassianGroup', 'leads', '{ name: leads, deletionPolicy: Delete }')
  live.declare(...users, group, crew(byEmail('ana', 'eve')), binding(byEmail('ana')))
  expect((await live.apply()).code).toBe(0)
  live.declare(manifest('AtlassianUser', 'cara', '{ email: cara@acme.com }'))
  live.passTime(61_000)
  expect((await live.apply()).outcomes).toContain('done update cara@acme.com in Account cara@acme.com')
  const ofPeople = live.sandbox.journal.entries.filter(({ path }) => path.startsWith('/admin/'))
  expect(ofPeople.filter(({ path }) => !path.startsWith('/admin/v2/'))).toEqual([])
  expect(ofPeople.filter(({ path, method }) => method === 'GET' && /\/(users|groups)(\?|$)/.test(path))).toEqual([])
  const elsewhere = live.sandbox.journal.entries.filter(({ path }) => !path.startsWith('/admin/'))
  expect(elsewhere.filter(({ path }) => /\/(groups?|users?)\b/.test(path))).toEqual([])
})

test('an app that is a member of a group is never removed, though the group is authoritative', async () => {
  live = await openLive({ world: grantsWorld() })
  live.sandbox.world.addMember('devs', app.id)
  live.declare(crew(byEmail('ana'), 'Authoritative'))
  await live.apply()
  live.passTime(61_000)
  expect(await live.apply()).toMatchObject({ code: 0, outcomes: ['done delete bob@acme.com in Group devs'] })
  expect(inGroup('devs')).toEqual([app.id, '712020:ana'])
  await settled()
})

test('a suspended person is a member and an actor like any other: declared they stay, else they go', async () => {
  live = await openLive({ world: grantsWorld() })
  live.declare(crew(byEmail('bob'), 'Authoritative'), binding(byEmail('bob'), 'Authoritative'))
  live.sandbox.world.setStatus('bob@acme.com', 'suspended')
  expect(await live.apply()).toMatchObject({ code: 0, outcomes: [] })
  await settled()
  live.declare(crew(byEmail('ana'), 'Authoritative'), binding(byEmail('ana'), 'Authoritative'))
  expect((await live.apply()).code).toBe(0)
  expect([...inGroup('devs'), ...inRole()]).toEqual(['712020:ana', 'user:712020:ana'])
})

test('a project whose roles may not be read looks like none: that is told, and nobody is removed anywhere', async () => {
  live = await openLive({ world: grantsWorld() })
  const both = (...names: readonly string[]) =>
    binding(byEmail(...names), 'Authoritative').replace('[PAY]', '[PAY, LED]')
  live.declare(both('bob', 'ana'))
  expect((await live.apply()).code).toBe(0)
  live.sandbox.world.account(service.email).platformRoles.clear()
  live.sandbox.world.addActor({ ...developers, role: 'Administrators' }, { user: service.email })
  live.declare(both('bob', 'cara'))
  live.passTime(61_000)
  const { code, outcomes, diagnostics } = await live.apply()
  expect({ code, outcomes, diagnostics }).toEqual({
    code: 4,
    outcomes: ['done create cara@acme.com in Jira space (project) PAY, role Developers'],
    diagnostics: [expect.stringMatching(/^CATALOGUE_UNREAD: .*404/)],
  })
  expect(inRole()).toEqual(['user:712020:ana', 'user:712020:bob', 'user:712020:cara'])
})

test('somebody who was invited a moment ago and whom Jira does not know yet gets the role in the next run', async () => {
  live = await openLive({ world: grantsWorld() })
  live.sandbox.faults.add({
    match: { operation: 'addActorUsers', times: 1 },
    effect: { kind: 'html-error', status: 404 },
  })
  live.declare(manifest('AtlassianUser', 'eve', '{ email: eve@acme.com }'), binding(byEmail('eve')))
  const first = await live.apply()
  expect({ code: first.code, outcomes: first.outcomes }).toEqual({
    code: 4,
    outcomes: [
      'done create eve@acme.com in Account eve@acme.com',
      'failed create eve@acme.com in Jira space (project) PAY, role Developers',
    ],
  })
  expect((await live.apply()).outcomes).toEqual([
    'done create eve@acme.com in Jira space (project) PAY, role Developers',
  ])
  expect(live.writes().filter((each) => each.includes('inviteUsers'))).toHaveLength(1)
  await settled()
})

test('somebody who is suspended is not put into a role, and that is told', async () => {
  live = await openLive({ world: grantsWorld() })
  live.sandbox.world.setStatus('cara@acme.com', 'suspended')
  live.declare(binding(byEmail('ana', 'cara')))
  const { code, outcomes } = await live.apply()
  expect({ code, outcomes: outcomes.toSorted() }).toEqual({
    code: 4,
    outcomes: [
      'done create ana@acme.com in Jira space (project) PAY, role Developers',
      'failed create cara@acme.com in Jira space (project) PAY, role Developers',
    ],
  })
  expect(inRole()).toEqual(['user:712020:ana', 'user:712020:bob'])
})

type Missing = Parameters<Live['sandbox']['world']['setMissing']>[1]

interface HalfRoles {
  readonly mode: RoleMode
  readonly missing: Missing
  readonly code: number
  readonly writes: readonly string[]
}

const [single, role] = ['POST addPermissionToSpace 200', 'POST setSpaceRoleAssignments 200']

const halfRoles: Readonly<Record<string, HalfRoles>> = {
  'a site that says it has roles and has none gets single permissions': {
    mode: 'ROLES_TRANSITION',
    missing: ['roles'],
    code: 0,
    writes: [single],
  },
  'a site that has neither roles nor single permissions gets nothing, and that is told': {
    mode: 'ROLES',
    missing: ['roles'],
    code: 4,
    writes: ['POST addPermissionToSpace 400'],
  },
  'a site that does not tell its mode and has roles gets a role': {
    mode: 'ROLES',
    missing: ['role-mode'],
    code: 0,
    writes: [role],
  },
  'a site that does not tell its mode and has no roles gets single permissions': {
    mode: 'PRE_ROLES',
    missing: ['role-mode'],
    code: 0,
    writes: [single],
  },
}

test.each(Object.entries(halfRoles))('%s', async (_, { mode, missing, code, writes }) => {
  live = await openLive({ world: grantsWorld({ sites: [acmeSite(mode, [])] }) })
  live.sandbox.world.setMissing('acme', missing)
  live.declare(grant(byEmail('ana'), 'level: Viewer'))
  expect({ code: (await live.apply()).code, writes: live.writes() }).toEqual({ code, writes })
})

test('a site that does not show who has its roles gets nothing', async () => {
  live = await openLive({ world: grantsWorld({ sites: [acmeSite('ROLES', [])] }) })
  live.sandbox.faults.add({ match: { path: 'role-assignments' }, effect: { kind: 'html-error', status: 404 } })
  live.declare(grant(byEmail('ana'), 'level: Viewer'))
  expect({ code: (await live.apply()).code, writes: live.writes() }).toEqual({ code: 4, writes: [] })
})

test('a role and single permissions stand side by side in a space that is brought in step in one run', async () => {
  const custom = { user: 'bob@acme.com', permissions: ['read/space'] }
  live = await openLive({ world: grantsWorld({ sites: [acmeSite('ROLES_TRANSITION', [custom])] }) })
  const more = grant(byEmail('bob'), 'permissions: [read/space, create/page]').replace('name: finance', 'name: more')
  live.declare(grant(byEmail('ana'), 'role: Viewer'), more)
  expect((await live.apply()).code).toBe(0)
  const access = live.sandbox.world.export().sites[0]?.confluence?.spaces[0]?.access ?? []
  expect(access).toEqual(
    expect.arrayContaining([
      { user: 'ana@acme.com', role: 'Viewer' },
      { user: 'bob@acme.com', permissions: ['read/space', 'create/page'] },
    ]),
  )
  await settled()
})

test('of many projects only the roles that are declared are read', async () => {
  live = await openLive({ world: grantsWorld() })
  live.declare(binding(byEmail('ana')))
  await live.plan()
  expect(operations().filter((each) => each === 'getProjectRole')).toHaveLength(1)
  expect(operations().filter((each) => each === 'searchProjects')).toHaveLength(1)
})

const limits: Readonly<Record<string, FaultRule['effect']>> = {
  'a reason that is not known': { kind: 'rate-limited', retryAfterSeconds: 5, reason: 'jira-cost-based' },
  'a reason that is known': { kind: 'rate-limited', retryAfterSeconds: 5, reason: 'jira-burst-based' },
}

test.each(Object.entries(limits))('a limit is waited for, whatever it says of itself: %s', async (_, effect) => {
  live = await openLive({ world: grantsWorld() })
  live.sandbox.faults.add({ match: { operation: 'getProjectRole', times: 1 }, effect })
  live.declare(binding(byEmail('ana')))
  expect(await live.apply()).toMatchObject({ code: 0 })
  expect(live.slept()).toBe(5_000)
})
