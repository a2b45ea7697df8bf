import { afterEach, expect, test } from 'vitest'
import type { FaultRule } from '../src/sandbox/faults.ts'
import { manifest, openLive, person, type Live } from './live-site.builder.ts'

let live: Live
afterEach(() => live.close())

const crew = (...names: readonly string[]): string =>
  manifest(
    'AtlassianGroupMembership',
    'devs',
    `{ group: devs, authority: Authoritative, members: [${names.map((name) => `{ email: ${name}@acme.com }`).join(', ')}] }`,
  )

/** Ana and Bob are in, and were so at the last apply; now Cara is declared instead of Bob. */
async function openCrew(): Promise<void> {
  const world = {
    accounts: ['ana', 'bob', 'cara', 'dan', 'eve'].map(person),
    groups: [{ id: 'group-devs', name: 'devs', members: ['ana@acme.com', 'bob@acme.com'] }],
  }
  live = await openLive({ world })
  live.declare(crew('ana', 'bob'))
  expect((await live.apply()).code).toBe(0)
  live.declare(crew('ana', 'cara'))
  live.forgetCalls()
}

const members = (): readonly string[] => live.sandbox.world.members('devs').map((id) => id.replace('712020:', ''))

const users = { path: 'users/search' } as const
const adding = { method: 'POST', path: 'memberships' } as const
const removing = { method: 'DELETE', path: 'memberships' } as const
const once = { times: 1 } as const
const add = (status: number): string => `POST addUserToGroup ${status}`
const remove = (status: number): string => `DELETE removeUserFromGroup ${status}`

interface Weathered {
  readonly rules: readonly FaultRule[]
  readonly writes: readonly string[]
  readonly outcomes?: readonly string[]
  readonly sleptMs?: number
  /** Of the hour that the sandbox counts in; a whole one where it is left out. */
  readonly windowEndsInMs?: number
}

const bobOut = 'done delete bob@acme.com in Group devs'
const caraIn = 'done create cara@acme.com in Group devs'

const weathered: Readonly<Record<string, Weathered>> = {
  'without a fault each write is made once': { rules: [], writes: [add(204), remove(204)] },
  'a read that is told to wait so many seconds waits so long': {
    rules: [{ match: { ...users, ...once }, effect: { kind: 'rate-limited', retryAfterSeconds: 7 } }],
    writes: [add(204), remove(204)],
    sleptMs: 7_000,
  },
  'a read that is told to wait until a date waits until then': {
    rules: [{ match: { ...users, ...once }, effect: { kind: 'rate-limited', retryAfterSeconds: 9, asDate: true } }],
    writes: [add(204), remove(204)],
    sleptMs: 9_000,
  },
  'a read that is turned away without a time waits for the window to end': {
    rules: [{ match: { ...users, ...once }, effect: { kind: 'rate-limited' } }],
    writes: [add(204), remove(204)],
    windowEndsInMs: 30_000,
    sleptMs: 30_000,
  },
  'a write that is told to wait so many seconds is made once, after them': {
    rules: [{ match: { ...adding, ...once }, effect: { kind: 'rate-limited', retryAfterSeconds: 7 } }],
    writes: [add(429), add(204), remove(204)],
    sleptMs: 7_000,
  },
  'a write that is told to wait until a date is made once, then': {
    rules: [{ match: { ...adding, ...once }, effect: { kind: 'rate-limited', retryAfterSeconds: 9, asDate: true } }],
    writes: [add(429), add(204), remove(204)],
    sleptMs: 9_000,
  },
  'a write that is turned away without a time is made once, in the next window': {
    rules: [{ match: { ...adding, ...once }, effect: { kind: 'rate-limited' } }],
    writes: [add(429), add(204), remove(204)],
    windowEndsInMs: 30_000,
    sleptMs: 30_000,
  },
  'a removal that is turned away is made once': {
    rules: [{ match: { ...removing, ...once }, effect: { kind: 'rate-limited', retryAfterSeconds: 3 } }],
    writes: [add(204), remove(429), remove(204)],
    sleptMs: 3_000,
  },
  'a write that is carried out and answered 503 is read back, and not repeated': {
    rules: [{ match: { ...adding, ...once }, effect: { kind: 'server-error', commit: 'after' } }],
    writes: [add(503), remove(204)],
    outcomes: ['confirmed create cara@acme.com in Group devs', bobOut],
  },
  'a removal that is carried out and answered 503 is read back, and not repeated': {
    rules: [{ match: { ...removing, ...once }, effect: { kind: 'server-error', status: 500, commit: 'after' } }],
    writes: [add(204), remove(500)],
    outcomes: [caraIn, 'confirmed delete bob@acme.com in Group devs'],
  },
  'a write whose connection is cut after it was carried out is read back, and not repeated': {
    rules: [{ match: { ...adding, ...once }, effect: { kind: 'drop-connection' } }],
    writes: [add(0), remove(204)],
    outcomes: ['confirmed create cara@acme.com in Group devs', bobOut],
  },
  'a removal whose connection is cut after it was carried out is read back, and not repeated': {
    rules: [{ match: { ...removing, ...once }, effect: { kind: 'drop-connection' } }],
    writes: [add(204), remove(0)],
    outcomes: [caraIn, 'confirmed delete bob@acme.com in Group devs'],
  },
  'a read whose answer is cut off is made again': {
    rules: [{ match: { ...users, ...once }, effect: { kind: 'cut-body', commit: 'after' } }],
    writes: [add(204), remove(204)],
    sleptMs: 500,
  },
  'a read that is answered by the error page of a proxy is made again': {
    rules: [{ match: { ...users, ...once }, effect: { kind: 'html-error', status: 502 } }],
    writes: [add(204), remove(204)],
    sleptMs: 500,
  },
  'smaller pages than asked for are still the whole': {
    rules: [{ match: { path: '/search' }, effect: { kind: 'clamped-page', limit: 2 } }],
    writes: [add(204), remove(204)],
  },
}

test.each(Object.entries(weathered))('a change goes through: %s', async (_, each) => {
  const { rules, writes, outcomes, sleptMs = 0, windowEndsInMs = 3_600_000 } = each
  await openCrew()
  live.passTime(3_600_000 - windowEndsInMs)
  for (const rule of rules) live.sandbox.faults.add(rule)
  const { code, outcomes: told } = await live.apply()
  expect(told).toEqual(outcomes ?? [caraIn, bobOut])
  expect(code).toBe(0)
  expect(live.writes()).toEqual(writes)
  expect(members()).toEqual(['ana', 'cara'])
  expect(live.slept()).toBe(sleptMs)
  live.sandbox.faults.clear()
  live.passTime(61_000)
  expect(await live.plan()).toMatchObject({ code: 0, changes: [], held: [] })
})

const small = { match: users, effect: { kind: 'clamped-page', limit: 2 } } as const

const people = ['IDENTITIES_UNREAD', 'IDENTITIES_UNREAD']
const places = (code: string): readonly string[] => [`Group devs: ${code}`]

interface Unread {
  readonly rules: readonly FaultRule[]
  readonly told: { readonly places: readonly string[]; readonly mistakes: readonly string[] }
}

const unread: Readonly<Record<string, Unread>> = {
  'every answer about people is cut off': {
    rules: [{ match: users, effect: { kind: 'cut-body', commit: 'after' } }],
    told: { places: places('UNAVAILABLE'), mistakes: people },
  },
  'a cursor comes twice': {
    rules: [small, { match: users, effect: { kind: 'repeated-cursor' } }],
    told: { places: places('INCOMPLETE'), mistakes: people },
  },
  'the chain of pages ends early, which the count of the group shows': {
    rules: [small, { match: users, effect: { kind: 'lost-cursor' } }],
    told: { places: places('INCOMPLETE'), mistakes: people },
  },
  'the credential may not read people': {
    rules: [{ match: users, effect: { kind: 'html-error', status: 403 } }],
    told: { places: places('FORBIDDEN'), mistakes: people },
  },
  'groups are answered with a web page': {
    rules: [{ match: { path: 'groups/search' }, effect: { kind: 'html-error', status: 500 } }],
    told: { places: [], mistakes: ['IDENTITIES_UNREAD'] },
  },
  'the server is down all the time': {
    rules: [{ match: users, effect: { kind: 'server-error', commit: 'before' } }],
    told: { places: places('UNAVAILABLE'), mistakes: people },
  },
  'people are turned away until the window ends in an hour': {
    rules: [{ match: users, effect: { kind: 'rate-limited' } }],
    told: { places: places('UNAVAILABLE'), mistakes: people },
  },
}

test.each(Object.entries(unread))('nothing is written where %s', async (_, { rules, told }) => {
  await openCrew()
  for (const rule of rules) live.sandbox.faults.add(rule)
  const { code, unread: places, diagnostics, outcomes } = await live.apply()
  expect(code).toBe(4)
  expect({ places, mistakes: diagnostics.map((each) => each.split(':')[0]) }).toEqual(told)
  expect(outcomes).toEqual([])
  expect(live.writes()).toEqual([])
  expect(members()).toEqual(['ana', 'bob'])
  live.sandbox.faults.clear()
  live.passTime(3_600_000)
  expect((await live.apply()).outcomes).toEqual([caraIn, bobOut])
})

const shutOut: Readonly<Record<string, { readonly rule: FaultRule; readonly outcomes: readonly string[] }>> = {
  'an addition that gets a web page for an answer keeps the removals of its group back': {
    rule: { match: adding, effect: { kind: 'html-error', status: 403 } },
    outcomes: ['failed create cara@acme.com in Group devs', 'skipped delete bob@acme.com in Group devs'],
  },
  'an addition that is not carried out and answered 503 is not repeated': {
    rule: { match: adding, effect: { kind: 'server-error', commit: 'before' } },
    outcomes: ['failed create cara@acme.com in Group devs', 'skipped delete bob@acme.com in Group devs'],
  },
  'an addition that is turned away for an hour is given up': {
    rule: { match: adding, effect: { kind: 'rate-limited', retryAfterSeconds: 3_600 } },
    outcomes: ['failed create cara@acme.com in Group devs', 'skipped delete bob@acme.com in Group devs'],
  },
}

test.each(Object.entries(shutOut))('a write fails: %s', async (_, { rule, outcomes }) => {
  await openCrew()
  live.sandbox.faults.add(rule)
  const { code, outcomes: told } = await live.apply()
  expect({ code, told }).toEqual({ code: 4, told: outcomes })
  expect(live.writes()).toHaveLength(1)
  expect(members()).toEqual(['ana', 'bob'])
  live.sandbox.faults.clear()
  live.passTime(3_600_000)
  expect((await live.apply()).outcomes).toEqual([caraIn, bobOut])
})

test('a write that the next read does not show is settling: no second one is made', async () => {
  await openCrew()
  live.sandbox.faults.add({ match: adding, effect: { kind: 'stale-read', delayMs: 20_000 } })
  expect((await live.apply()).code).toBe(0)
  live.forgetCalls()
  const settling = ['delete bob@acme.com in Group devs: SETTLING', 'create cara@acme.com in Group devs: SETTLING']
  const { code, held, changes } = await live.apply()
  expect({ code, held: held.toSorted(), changes }).toEqual({ code: 0, held: settling.toSorted(), changes: [] })
  expect(live.writes()).toEqual([])
  live.passTime(20_000)
  expect(await live.plan()).toMatchObject({ code: 0, held: [], changes: [] })
})
