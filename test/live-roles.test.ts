import { afterEach, expect, test } from 'vitest'
import type { WorldSeed } from '../src/sandbox/world-seed.ts'
import { manifest, openLive, person, service, site, type Live } from './live-site.builder.ts'

let live: Live
afterEach(() => live.close())

const names = ['ana', 'bob', 'cara', 'dan'] as const
const app = { id: '557058:app', name: 'Automation', type: 'app' } as const

function world(more: Partial<WorldSeed> = {}): Partial<WorldSeed> {
  const jira = {
    roles: [
      { id: 10002, name: 'Administrators' },
      { id: 10001, name: 'Developers' },
    ],
    projects: [
      {
        id: '10000',
        key: 'PAY',
        name: 'Payments',
        roles: { Administrators: { users: ['ana@acme.com'] }, Developers: { users: [app.id] } },
      },
      {
        id: '10001',
        key: 'TEAM',
        name: 'Team',
        style: 'next-gen' as const,
        roles: { Member: { id: 10361, users: ['bob@acme.com'] } },
      },
    ],
  }
  return {
    accounts: [...names.map(person), { ...person('gone'), status: 'not_invited' }, app],
    groups: ['devs', 'leads'].map((name) => ({ id: `group-${name}`, name, members: ['ana@acme.com'] })),
    sites: [site({ jira })],
    ...more,
  }
}

interface Binding {
  readonly project?: string
  readonly role?: string
  readonly authority?: string
  readonly users?: readonly string[]
  readonly groups?: readonly string[]
}

function binding({ project = 'PAY', role = 'Developers', authority = 'Additive', users = [], groups = [] }: Binding) {
  const subjects = [
    ...users.map((name) => `{ email: ${name}@acme.com }`),
    ...groups.map((name) => `{ group: ${name} }`),
  ].join(', ')
  return manifest(
    'JiraRoleBinding',
    role.toLowerCase(),
    `{ site: acme, projects: { keys: [${project}] }, role: ${role}, authority: ${authority}, subjects: [${subjects}] }`,
  )
}

const actors = (role = 'Developers', project = 'PAY'): readonly string[] =>
  live.sandbox.world.actors({ site: 'acme', project, role }).toSorted()
const of = (...some: readonly string[]): readonly string[] => some.map((name) => `user:712020:${name}`)

async function settled(): Promise<void> {
  live.passTime(61_000)
  expect(await live.plan('--detailed-exitcode')).toMatchObject({ code: 0, changes: [], held: [] })
}

test('all users of a role come in one call and all groups in another', async () => {
  live = await openLive({ world: world() })
  live.declare(binding({ users: names, groups: ['devs', 'leads'] }))
  expect((await live.apply()).code).toBe(0)
  expect(live.writes()).toEqual(['POST addActorUsers 200', 'POST addActorUsers 200'])
  expect(actors()).toEqual(['group:group-devs', 'group:group-leads', `user:${app.id}`, ...of(...names)])
  await settled()
})

test('an account that Jira does not know keeps none of the others out', async () => {
  live = await openLive({ world: world() })
  live.declare(binding({ users: ['ana', 'gone', 'bob'], groups: ['devs'] }))
  const { code, outcomes } = await live.apply()
  expect({ code, outcomes: outcomes.toSorted() }).toEqual({
    code: 4,
    outcomes: [
      'done create ana@acme.com in Jira space (project) PAY, role Developers',
      'done create bob@acme.com in Jira space (project) PAY, role Developers',
      'done create group devs in Jira space (project) PAY, role Developers',
      'failed create gone@acme.com in Jira space (project) PAY, role Developers',
    ],
  })
  expect(actors()).toEqual(['group:group-devs', `user:${app.id}`, ...of('ana', 'bob')])
})

test('a call whose answer hides that it was carried out is read back for everybody in it', async () => {
  live = await openLive({ world: world() })
  live.declare(binding({ users: ['ana', 'bob'] }))
  live.sandbox.faults.add({
    match: { path: 'role/10001', method: 'POST', times: 1 },
    effect: { kind: 'server-error', commit: 'after' },
  })
  const { code, outcomes } = await live.apply()
  expect({ code, results: outcomes.map((each) => each.split(' ')[0]) }).toEqual({
    code: 0,
    results: ['confirmed', 'confirmed'],
  })
  expect(live.writes()).toHaveLength(1)
  await settled()
})

test('an app is never removed, though the role is authoritative', async () => {
  live = await openLive({ world: world() })
  live.sandbox.world.addActor({ site: 'acme', project: 'PAY', role: 'Developers' }, { user: 'dan@acme.com' })
  live.declare(binding({ authority: 'Authoritative', users: ['ana'] }))
  expect(await live.apply()).toMatchObject({
    code: 3,
    held: [expect.stringMatching(/^delete dan@acme.com .*: FIRST_RUN$/)],
  })
  live.passTime(61_000)
  const { code, scopes } = await live.apply()
  expect(code).toBe(0)
  expect(actors()).toEqual([`user:${app.id}`, ...of('ana')])
  expect(scopes[0]?.unmanaged).toMatchObject([{ title: expect.stringContaining('Automation') as unknown }])
  await settled()
})

test('people go one by one, and the app beside them stays: no role is replaced as a whole', async () => {
  live = await openLive({ world: world() })
  const where = { site: 'acme', project: 'PAY', role: 'Developers' }
  for (const name of names.slice(1)) live.sandbox.world.addActor(where, { user: `${name}@acme.com` })
  live.declare(binding({ authority: 'Authoritative', users: ['ana'] }))
  await live.apply()
  live.passTime(61_000)
  live.forgetCalls()
  expect((await live.apply()).code).toBe(0)
  expect(live.writes()).toEqual(Array.from({ length: 3 }, () => 'DELETE deleteActor 204'))
  expect(actors()).toEqual([`user:${app.id}`, ...of('ana')])
})

test('an app that is declared by its account id is removed when it is withdrawn', async () => {
  live = await openLive({ world: world() })
  live.sandbox.world.removeActor({ site: 'acme', project: 'PAY', role: 'Developers' }, { user: app.id })
  const byId = binding({ users: ['ana'] }).replace('subjects: [', `subjects: [{ accountId: '${app.id}' }, `)
  live.declare(byId)
  expect((await live.apply()).code).toBe(0)
  expect(actors()).toEqual([`user:${app.id}`, ...of('ana')])
  await settled()
  live.declare(binding({ users: ['ana'] }))
  expect((await live.apply()).code).toBe(0)
  expect(actors()).toEqual(of('ana'))
  await settled()
})

test('an account id that nobody has is refused by Jira, and nothing is removed beside it', async () => {
  live = await openLive({ world: world() })
  live.declare(binding({ users: ['ana'] }))
  await live.apply()
  live.passTime(61_000)
  live.sandbox.world.addActor({ site: 'acme', project: 'PAY', role: 'Developers' }, { user: 'dan@acme.com' })
  const wrong = binding({ authority: 'Authoritative', users: ['ana'] })
  live.declare(wrong.replace('subjects: [', "subjects: [{ accountId: '712020:typo' }, "))
  const { code, outcomes } = await live.apply()
  expect({ code, results: outcomes.map((each) => each.slice(0, each.indexOf(' '))) }).toEqual({
    code: 4,
    results: ['failed', 'skipped'],
  })
  expect(actors()).toEqual([`user:${app.id}`, ...of('ana', 'dan')])
})

test('a role of a team-managed project is its own', async () => {
  live = await openLive({ world: world() })
  live.declare(
    binding({ project: 'TEAM', role: 'Member', authority: 'Authoritative', users: ['ana', 'cara'], groups: ['devs'] }),
  )
  await live.apply()
  live.passTime(61_000)
  expect((await live.apply()).code).toBe(0)
  expect(actors('Member', 'TEAM')).toEqual(['group:group-devs', ...of('ana', 'cara')])
  await settled()
})

test('a role that only company-managed projects have is a mistake in a team-managed one', async () => {
  live = await openLive({ world: world() })
  live.declare(binding({ project: 'TEAM', users: ['ana'] }))
  const { code, diagnostics } = await live.apply()
  expect({ code, mistakes: diagnostics.map((each) => each.split(':')[0]) }).toEqual({
    code: 4,
    mistakes: ['UNKNOWN_ROLE'],
  })
  expect(live.writes()).toEqual([])
})

test('the last project administrator stays', async () => {
  live = await openLive({ world: world() })
  live.declare(binding({ role: 'Administrators', authority: 'Authoritative', users: ['ana'] }))
  await live.apply()
  live.passTime(61_000)
  live.declare(binding({ role: 'Administrators', authority: 'Authoritative' }))
  const { code, held } = await live.apply()
  expect({ code, held }).toEqual({
    code: 3,
    held: ['delete ana@acme.com in Jira space (project) PAY, role Administrators: LAST_ONE'],
  })
  expect(actors('Administrators')).toEqual(of('ana'))
})

test('an app beside the last project administrator does not make up for a person', async () => {
  live = await openLive({ world: world() })
  live.sandbox.world.addActor({ site: 'acme', project: 'PAY', role: 'Administrators' }, { user: app.id })
  live.declare(binding({ role: 'Administrators', authority: 'Authoritative' }))
  await live.apply()
  live.passTime(61_000)
  const { code, held } = await live.apply()
  expect({ code, held }).toEqual({
    code: 3,
    held: ['delete ana@acme.com in Jira space (project) PAY, role Administrators: LAST_ONE'],
  })
})

test('an administrator may go where another one comes', async () => {
  live = await openLive({ world: world() })
  live.declare(binding({ role: 'Administrators', authority: 'Authoritative', users: ['ana'] }))
  await live.apply()
  live.passTime(61_000)
  live.declare(binding({ role: 'Administrators', authority: 'Authoritative', users: ['bob'] }))
  await live.apply()
  live.passTime(61_000)
  expect((await live.apply()).code).toBe(0)
  expect(actors('Administrators')).toEqual(of('bob'))
  await settled()
})

test('a manifest that is gone withdraws whom Roster added, and no one else', async () => {
  live = await openLive({ world: world() })
  const where = { site: 'acme', project: 'PAY', role: 'Developers' }
  live.sandbox.world.addActor(where, { user: 'dan@acme.com' })
  live.sandbox.world.addActor(where, { group: 'leads' })
  live.declare(binding({ authority: 'Authoritative', users: ['ana', 'dan'], groups: ['devs', 'leads'] }))
  expect((await live.apply()).code).toBe(0)
  live.declare()
  live.passTime(61_000)
  expect((await live.apply()).code).toBe(0)
  expect(actors()).toEqual(['group:group-leads', `user:${app.id}`, ...of('dan')])
  await settled()
})

test('the account that Roster works with keeps its role', async () => {
  live = await openLive({ world: world() })
  live.sandbox.world.addActor({ site: 'acme', project: 'PAY', role: 'Developers' }, { user: service.email })
  live.declare(binding({ authority: 'Authoritative', users: ['ana'] }))
  await live.apply()
  live.passTime(61_000)
  expect(await live.apply()).toMatchObject({ code: 3, held: [expect.stringMatching(/OWN_IDENTITY$/)] })
})
