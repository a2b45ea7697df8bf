import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPassMemory } from '../run/session-options.ts'
import { startSandbox, type Sandbox } from '../sandbox/start-sandbox.ts'
import { parseWorldSeed } from '../sandbox/world-seed.ts'
import { createConfigMapStore, type ConfigMapData, type ConfigMaps } from '../state/config-map-store.ts'
import { createClaims } from './claims.ts'
import { finalizer, objectId, type ClusterObject } from './cluster-object.ts'
import { acme, clusterObject, crew, seed, type Meta } from './estate.builder.ts'
import { sortByOrganization } from './estates.ts'
import { createMoves } from './moves.ts'
import { reconcileEstate, type EstatePorts, type EstateRun } from './reconcile-estate.ts'
import { createTenureStore } from './tenure-store.ts'

const gone: Meta = { deletionTimestamp: '2026-11-20T00:00:00Z', finalizers: [finalizer] }

let sandbox: Sandbox
let nowMs: number
let secret: string | undefined
let held: ReturnType<typeof tenure>
let isWriter: boolean
let configMaps: Map<string, ConfigMapData>
/** What was written to the cluster, with the number of writes that Atlassian had seen by then. */
let log: string[]

beforeEach(async () => {
  ;[nowMs, secret, isWriter, configMaps, log] = [Date.UTC(2026, 10, 20), 'organization-key', true, new Map(), []]
  sandbox = await startSandbox({ world: parseWorldSeed(seed), now: () => nowMs })
  held = tenure()
})
afterEach(() => sandbox.close())

const writes = () => sandbox.journal.writes().map(({ method, operation, status }) => `${method} ${operation} ${status}`)
const note = (what: string, each: ClusterObject, more = '') =>
  void log.push(`${what} ${each.metadata.name}${more} after ${sandbox.journal.writes().length}`)

const configMapPorts: ConfigMaps = {
  read: async (name) => configMaps.get(name),
  write: async (name, data) => {
    configMaps.set(name, { data, resourceVersion: `${configMaps.size + 1}` })
    return `${configMaps.size}`
  },
  remove: async (name) => void configMaps.delete(name),
}

/** Of a process that has just become the writer. */
const tenure = (): Pick<EstatePorts, 'store' | 'memory' | 'claims' | 'moves'> => ({
  store: createTenureStore(createConfigMapStore(configMapPorts, 'roster-acme')),
  memory: createPassMemory(),
  claims: createClaims(),
  moves: createMoves(),
})

function ports(): EstatePorts {
  return {
    ...held,
    objects: {
      hold: async (each) => note('hold', each),
      release: async (each) => note('release', each),
      tell: async (each, { conditions }) =>
        note(
          'tell',
          each,
          `: ${conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`).join(', ')}`,
        ),
    },
    configMaps: configMapPorts,
    secrets: { read: async () => secret },
    labelsOf: () => undefined,
    mayWrite: () => isWriter,
    signal: new AbortController().signal,
    clock: { now: () => nowMs, sleep: async (ms) => void (nowMs += ms) },
    random: () => 0.5,
    env: {},
    cwd: '/',
    sandboxUrl: sandbox.url,
  }
}

/** A pass; two minutes later what it wrote has settled. */
const pass = async (objects: readonly ClusterObject[], run: Partial<EstateRun> = {}) =>
  (await reportOf(objects, run)).result

async function reportOf(objects: readonly ClusterObject[], run: Partial<EstateRun> = {}) {
  log = []
  const { estates, strays } = sortByOrganization(objects)
  const report = await reconcileEstate(estates[0]!, { strays, changed: () => new Set(), ...run }, ports())
  nowMs += 120_000
  return report
}

test('finalizers come before the first write, status after it; a second pass writes nothing', async () => {
  expect(await pass([acme(), crew('devs')])).toBe('done')
  expect(log).toEqual([
    'hold acme after 0',
    'hold devs after 0',
    'tell devs: Ready=True Succeeded after 1',
    'tell acme: Ready=True Succeeded after 1',
  ])
  sandbox.journal.clear()
  expect(await pass([acme(), crew('devs')])).toBe('done')
  expect(writes()).toEqual([])
})

test('a deleted object is withdrawn, and let go only then', async () => {
  await pass([acme(), crew('devs')])
  sandbox.journal.clear()
  expect(await pass([acme(), crew('devs', gone)])).toBe('done')
  expect(writes()).toEqual([expect.stringMatching(/^DELETE .* 20\d$/)])
  expect(log.filter((each) => each.includes('devs'))).toEqual(['release devs after 1'])
})

test('a withdrawal that fails keeps the object', async () => {
  await pass([acme(), crew('devs')])
  sandbox.faults.add({ match: { method: 'DELETE' }, effect: { kind: 'server-error', commit: 'before' } })
  await pass([acme(), crew('devs', gone)])
  expect(log.some((each) => each.startsWith('release'))).toBe(false)
  sandbox.faults.clear()
  await pass([acme(), crew('devs', gone)])
  expect(log.some((each) => each.startsWith('release devs'))).toBe(true)
})

test('Retain lets it go and withdraws nothing', async () => {
  await pass([acme(), crew('devs')])
  sandbox.journal.clear()
  const annotations = { 'roster.dev/deletion': 'Retain' }
  await pass([acme(), crew('devs', { ...gone, annotations })])
  expect(writes()).toEqual([])
  expect(log).toContain('release devs after 0')
})

test('a process that is not the writer any more writes nothing, and leaves it to the writer to say so', async () => {
  isWriter = false
  expect(await pass([acme(), crew('devs')])).toBe('standby')
  expect(writes()).toEqual([])
  expect(log.filter((each) => each.startsWith('tell'))).toEqual([])
})

test('a process that is no longer the writer after its first write says nothing either', async () => {
  let asked = 0
  const stopped: EstatePorts = { ...ports(), mayWrite: () => (asked += 1) <= 2 }
  const { estates, strays } = sortByOrganization([acme(), crew('devs'), crew('ops')])
  await reconcileEstate(estates[0]!, { strays, changed: () => new Set() }, stopped)
  expect(writes()).toHaveLength(1)
  expect(log.filter((each) => each.startsWith('tell'))).toEqual([])
})

test('without its Secret an organization waits for a person, and nothing is called', async () => {
  secret = undefined
  expect(await pass([acme(), crew('devs')])).toBe('unopened')
  expect(sandbox.journal.entries).toEqual([])
  expect(log.slice(2)).toEqual([
    'tell acme: Ready=False CredentialMissing, Stalled=True CredentialMissing after 0',
    'tell devs: Ready=False Unread, Reconciling=True ProgressingWithRetry, Incomplete=True Unread after 0',
  ])
})

test('who names a group that is not there is tried again, as the group may be about to come', async () => {
  const { followUp } = await reportOf([acme(), crew('devs'), crew('guests')])
  expect([...followUp.failed]).toEqual([objectId(crew('guests'))])
})

test('a suspended organization is not called', async () => {
  expect(await pass([acme({ suspend: true }), crew('devs')])).toBe('suspended')
  expect(sandbox.journal.entries).toEqual([])
  expect(log).toEqual(['tell acme: Ready=Unknown Suspended after 0', 'tell devs: Ready=Unknown Suspended after 0'])
})

test('an edit reads and tells only what it claims', async () => {
  const edited = crew('devs')
  await pass([acme(), edited, crew('ops')], { edited: new Set([objectId(edited)]) })
  expect(log.filter((each) => each.startsWith('tell'))).toEqual(['tell devs: Ready=True Succeeded after 1'])
})

test('a deleted organization goes after the objects under it, and takes its state along', async () => {
  await pass([acme(), crew('devs')])
  await pass([acme({}, gone), crew('devs')])
  expect(log.at(-1)).toMatch(/^tell acme: Ready=False Unread, Reconciling=True/)
  expect(await pass([acme({}, gone)])).toBe('released')
  expect([...configMaps]).toEqual([])
})

const reads = () => sandbox.journal.entries.length - sandbox.journal.writes().length

test('an edit after a pass over everything reads its group again, and not the estate', async () => {
  await pass([acme(), crew('devs'), crew('ops')])
  sandbox.journal.clear()
  const edited = crew('devs', { generation: 2 })
  await pass([acme(), edited, crew('ops')], { edited: new Set([objectId(edited)]) })
  // the group, and its members with whom the manifest names
  expect(reads()).toBeLessThanOrEqual(3)
})

test('what was changed while everything was read is left to the next pass', async () => {
  await pass([acme(), crew('ops')])
  const changed = crew('devs')
  await pass([acme(), changed, crew('ops')], { changed: () => new Set([objectId(changed)]) })
  expect(log.filter((each) => each.startsWith('tell')).map((each) => each.slice(0, 9))).toEqual([
    'tell ops:',
    'tell acme',
  ])
  expect(writes()).toHaveLength(1)
})

test('another one who shares the scope of what was edited is heard: what it gives is not taken away', async () => {
  const both = { group: 'devs', authority: 'Authoritative' }
  const ana = clusterObject('AtlassianGroupMembership', 'ana', { ...both, members: [{ email: 'ana@acme.com' }] })
  const bob = clusterObject('AtlassianGroupMembership', 'bob', { ...both, members: [{ email: 'bob@acme.com' }] })
  await pass([acme(), ana, bob])
  await pass([acme(), ana, bob])
  sandbox.journal.clear()
  await pass([acme(), ana, bob], { edited: new Set([objectId(bob)]) })
  expect(writes()).toEqual([])
  // also by a process that has seen no pass before
  held = tenure()
  await pass([acme(), ana, bob], { edited: new Set([objectId(bob)]) })
  expect(writes()).toEqual([])
})

test('many small passes do not remove what one large one may not', async () => {
  const teams = ['devs', 'ops'].flatMap((group) =>
    ['ana', 'bob'].map((who) =>
      clusterObject('AtlassianGroupMembership', `${group}-${who}`, {
        group,
        authority: 'Additive',
        members: [{ email: `${who}@acme.com` }],
      }),
    ),
  )
  const rules = { guardrails: { run: { maxEntries: 1 }, removals: { smallSetMax: 9 } } }
  await pass([acme(rules), ...teams])
  await pass([acme(rules), ...teams])
  sandbox.journal.clear()
  const deleted = teams.map((each) => ({ ...each, metadata: { ...each.metadata, ...gone } }))
  const edit = (each: ClusterObject) => {
    nowMs -= 120_000
    return pass([acme(rules), ...deleted], { edited: new Set([objectId(each)]) })
  }
  for (const each of deleted) await edit(each)
  // the first alone; the others wait, and say why
  expect(writes()).toHaveLength(1)
  expect(log.at(-1)).toMatch(/Held=True/)
})
