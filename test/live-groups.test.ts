import { afterEach, expect, test } from 'vitest'
import type { GroupSeed } from '../src/sandbox/world-seed.ts'
import { manifest, openLive, person, service, site, type Live, type LiveOptions } from './live-site.builder.ts'

let live: Live
afterEach(() => live.close())

const names = ['ana', 'bob', 'cara', 'dan']
const mail = (name: string): string => `${name}@acme.com`

async function open(groups: readonly GroupSeed[], more: Partial<LiveOptions> = {}): Promise<void> {
  live = await openLive({ world: { accounts: names.map(person), groups }, ...more })
}

const devs = (...members: readonly string[]): GroupSeed => ({
  id: 'group-devs',
  name: 'devs',
  members: members.map(mail),
})

interface Crew {
  readonly name?: string
  readonly authority?: string
  readonly members?: readonly string[]
  readonly more?: string
}

function crew({ name = 'devs', authority = 'Additive', members = [], more = '' }: Crew): string {
  const people = members.map((each) => `{ email: ${mail(each)} }`).join(', ')
  return manifest(
    'AtlassianGroupMembership',
    name,
    `{ group: ${name}, authority: ${authority}, members: [${people}]${more} }`,
  )
}

const group = (name: string, more = ''): string => manifest('AtlassianGroup', name, `{ name: ${name}${more} }`)

const inGroup = (name: string): readonly string[] =>
  live.sandbox.world.members(name).map((id) => live.sandbox.world.account(id).email)
const groupNames = (): readonly string[] => live.sandbox.world.export().groups.map(({ name }) => name)

async function settled(): Promise<void> {
  live.passTime(61_000)
  expect(await live.plan('--detailed-exitcode')).toMatchObject({ code: 0, changes: [], held: [], diagnostics: [] })
}

/** Applies, so that the next run is not the first one any more. */
async function adopt(...manifests: readonly string[]): Promise<void> {
  live.declare(...manifests)
  await live.apply()
  live.passTime(61_000)
  live.forgetCalls()
}

test('a group and its members come in one run', async () => {
  await open([])
  live.declare(group('leads', ', description: Team leads'), crew({ name: 'leads', members: ['ana', 'bob'] }))
  expect((await live.apply()).code).toBe(0)
  expect(live.writes()).toHaveLength(3)
  expect(inGroup('leads')).toEqual([mail('ana'), mail('bob')])
  await settled()
})

test('a new group, a new account, and one in the other, in one run', async () => {
  await open([])
  const eve = manifest('AtlassianUser', 'eve', '{ email: eve@acme.com }')
  const leads = crew({ name: 'leads', members: ['ana'] }).replace('members: [', 'members: [{ user: eve }, ')
  live.declare(group('leads'), eve, leads)
  expect((await live.apply()).code).toBe(0)
  expect(inGroup('leads').toSorted()).toEqual([mail('ana'), mail('eve')])
  await settled()
})

test('a new group that searches show late is waited for', async () => {
  await open([])
  live.sandbox.faults.add({ match: { operation: 'createGroup' }, effect: { kind: 'stale-read', delayMs: 3_000 } })
  live.declare(group('leads'), crew({ name: 'leads', members: ['ana'] }))
  expect((await live.apply()).code).toBe(0)
  expect(live.slept()).toBe(500 + 1_000 + 2_000)
  expect(inGroup('leads')).toEqual([mail('ana')])
  await settled()
})

test('a new group that searches do not show gets its members in the next run', async () => {
  await open([])
  live.sandbox.faults.add({ match: { operation: 'createGroup' }, effect: { kind: 'stale-read', delayMs: 30_000 } })
  live.declare(group('leads'), crew({ name: 'leads', members: ['ana'] }))
  expect(await live.apply()).toMatchObject({
    code: 4,
    outcomes: ['done create the group itself in Group leads', 'pending create ana@acme.com in Group leads'],
  })
  live.passTime(30_000)
  expect(await live.apply()).toMatchObject({ code: 0, outcomes: ['done create ana@acme.com in Group leads'] })
  await settled()
})

test('a group goes with its manifest where that says so, and stays where it does not', async () => {
  await open([devs('ana')])
  await adopt(group('devs', ', deletionPolicy: Delete'), group('leads', ', deletionPolicy: Delete'), group('ops'))
  expect(groupNames()).toEqual(['devs', 'leads', 'ops'])
  live.declare()
  const { held } = await live.apply()
  expect(held).toEqual([
    'delete the group itself in Group devs: SCOPE_LIMIT',
    'delete the group itself in Group leads: SCOPE_LIMIT',
  ])
  const digests = (await live.plan()).scopes.map(({ digest }) => digest)
  expect(await live.apply(...digests.flatMap((digest) => ['--approve', digest]))).toMatchObject({ code: 0, held: [] })
  expect(groupNames()).toEqual(['ops'])
  await settled()
})

test('the members of a manifest that is included are members here, and nobody is removed for it', async () => {
  await open([devs('ana'), { id: 'group-all', name: 'all', members: [mail('ana')] }])
  const all = crew({ name: 'all', authority: 'Authoritative', members: ['dan'], more: ', includes: [devs]' })
  await adopt(crew({ members: ['ana', 'bob'] }), all)
  expect(inGroup('all')).toEqual([mail('ana'), mail('bob'), mail('dan')])
  await settled()
  live.declare(crew({ members: ['ana'] }), all)
  expect((await live.apply()).code).toBe(0)
  expect(inGroup('all')).toEqual([mail('ana'), mail('dan')])
  expect(inGroup('devs')).toEqual([mail('ana')])
  await settled()
})

test('a group of the identity provider is not written, and the plan says where to change it', async () => {
  await open([{ ...devs('ana'), managedBy: 'external', scimGroupId: 'scim-devs' }])
  await adopt(crew({ authority: 'Authoritative', members: ['bob'] }))
  const { code, held, scopes } = await live.apply()
  expect({ code, held: held.toSorted() }).toEqual({
    code: 3,
    held: ['create bob@acme.com in Group devs: READ_ONLY', 'delete ana@acme.com in Group devs: READ_ONLY'],
  })
  expect(scopes[0]?.held[0]?.hold.reason).toMatch(/identity provider.*there/)
  expect(live.writes()).toEqual([])
})

const guardrails = `  guardrails: { protected: { emails: [${mail('ana')}], accountIds: ['712020:bob'] } }\n`

const kept: Readonly<Record<string, { readonly who: string; readonly code: string; readonly organization?: string }>> =
  {
    'a protected e-mail': { who: mail('ana'), code: 'PROTECTED', organization: guardrails },
    'a protected account id': { who: mail('bob'), code: 'PROTECTED', organization: guardrails },
    'the account that Roster works with': { who: service.email, code: 'OWN_IDENTITY' },
  }

test.each(Object.entries(kept))('%s is never removed', async (_, { who, code, organization = '' }) => {
  await open([devs('cara')], { organization })
  live.sandbox.world.addMember('devs', who)
  await adopt(crew({ authority: 'Authoritative', members: ['cara'] }))
  const told = await live.apply()
  expect({ code: told.code, held: told.held, writes: live.writes() }).toEqual({
    code: 3,
    held: [`delete ${who} in Group devs: ${code}`],
    writes: [],
  })
})

test('a protected account is not suspended either', async () => {
  await open([], { organization: guardrails })
  live.declare(manifest('AtlassianUser', 'ana', `{ email: ${mail('ana')}, state: Suspended }`))
  const { code, held } = await live.apply()
  expect({ code, held }).toEqual({ code: 3, held: ['update ana@acme.com in Account ana@acme.com: PROTECTED'] })
  expect(live.writes()).toEqual([])
})

test('a manifest that is gone withdraws whom Roster added, and no one else', async () => {
  await open([devs('ana', 'dan')])
  await adopt(crew({ authority: 'Authoritative', members: ['ana', 'bob', 'cara', 'dan'] }))
  live.declare()
  expect((await live.apply()).code).toBe(0)
  expect(inGroup('devs')).toEqual([mail('ana'), mail('dan')])
  await settled()
})

test('an added member who was removed and came back by another hand is not ours any more', async () => {
  await open([devs('ana')])
  await adopt(crew({ members: ['ana', 'bob'] }))
  live.sandbox.world.removeMember('devs', mail('bob'))
  await adopt(crew({ members: ['ana'] }))
  live.sandbox.world.addMember('devs', mail('bob'))
  live.declare()
  expect(await live.apply()).toMatchObject({ code: 0, outcomes: [] })
  expect(inGroup('devs')).toEqual([mail('ana'), mail('bob')])
})

test('a removal that fails when a manifest goes is tried again by the next run', async () => {
  await open([devs('ana')])
  await adopt(crew({ members: ['bob'] }))
  live.declare()
  live.sandbox.faults.add({ match: { method: 'DELETE', times: 1 }, effect: { kind: 'html-error', status: 403 } })
  expect((await live.apply()).code).toBe(4)
  expect(await live.apply()).toMatchObject({ code: 0, outcomes: ['done delete bob@acme.com in Group devs'] })
  await settled()
})

test('a member whose time is over goes, though the manifest is additive and found them there', async () => {
  await open([devs('ana', 'bob')])
  const until = crew({ members: ['ana'] }).replace(
    'members: [',
    `members: [{ email: ${mail('bob')}, expiresAt: 2026-11-26 }, `,
  )
  await adopt(until)
  expect(await live.plan()).toMatchObject({ code: 0, changes: [] })
  live.passTime(3 * 24 * 3_600_000)
  expect(await live.apply()).toMatchObject({ code: 0, outcomes: ['done delete bob@acme.com in Group devs'] })
  live.passTime(61_000)
  expect(await live.plan('--detailed-exitcode')).toMatchObject({ code: 0, changes: [], held: [] })
})

test('members of a default group stay without the switch, and go with it', async () => {
  const products = [{ key: 'confluence', defaultGroup: 'devs' }]
  const world = { accounts: names.map(person), groups: [devs('ana', 'bob')], sites: [site({ products })] }
  live = await openLive({ world })
  const only = { authority: 'Authoritative', members: ['ana'] }
  await adopt(crew(only))
  expect(await live.apply()).toMatchObject({ code: 3, held: ['delete bob@acme.com in Group devs: DEFAULT_GROUP'] })
  live.declare(crew({ ...only, more: ', allowDefaultGroups: true' }))
  expect(await live.apply()).toMatchObject({ code: 0, outcomes: ['done delete bob@acme.com in Group devs'] })
  await settled()
})

test('a manifest that only observes writes nothing', async () => {
  await open([devs('ana', 'bob')])
  await adopt(crew({ authority: 'Observe', members: ['ana', 'cara'] }))
  const told = await live.plan('--detailed-exitcode')
  expect({ code: told.code, held: told.held }).toEqual({
    code: 2,
    held: ['create cara@acme.com in Group devs: OBSERVE_ONLY'],
  })
  expect(inGroup('devs')).toEqual([mail('ana'), mail('bob')])
})
