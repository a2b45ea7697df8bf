import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../report/log.ts'
import { createMetrics } from '../report/metrics.ts'
import { createConfigMapStore } from '../state/config-map-store.ts'
import { startSandbox } from '../sandbox/start-sandbox.ts'
import { parseWorldSeed } from '../sandbox/world-seed.ts'
import { objectId, type ClusterObject } from './cluster-object.ts'
import { acme, crew, startWorld, type World } from './estate.builder.ts'
import { sortByOrganization } from './estates.ts'
import { startEstateWorker, type EstateWorker } from './estate-worker.ts'

let world: World
let worker: EstateWorker
let objects: readonly ClusterObject[]
let mayWrite: boolean
let secret: string | undefined
let nowMs: number
/** Who sleeps, until when. */
let sleepers: { readonly atMs: number; readonly wake: () => void }[]

beforeEach(async () => {
  world = await startWorld((seed, now) => startSandbox({ world: parseWorldSeed(seed), now }))
  ;[objects, mayWrite, secret, nowMs, sleepers] = [[acme()], true, 'organization-key', Date.UTC(2026, 10, 20), []]
  worker = start()
})
afterEach(async () => {
  await worker.stop()
  await worker.done
  await world.close()
})

const clock = {
  now: () => nowMs,
  sleep: (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      sleepers.push({ atMs: nowMs + ms, wake: resolve })
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    }),
}

/** Wakes whoever is due. */
const later = (ms: number): void => {
  nowMs += ms
  const due = sleepers.filter(({ atMs }) => atMs <= nowMs)
  sleepers = sleepers.filter(({ atMs }) => atMs > nowMs)
  for (const { wake } of due) wake()
}

function start(): EstateWorker {
  const metrics = createMetrics({ clock, version: '1.0.0', process: false })
  return startEstateWorker({
    key: 'platform/acme',
    look: () => {
      const { estates, strays } = sortByOrganization(objects)
      return { estate: estates[0]!, strays }
    },
    store: createConfigMapStore(world.configMaps, 'roster-acme'),
    ports: { ...world.ports, clock, mayWrite: () => mayWrite, secrets: { read: async () => secret } },
    log: createLog({ write: () => {}, level: 'silent', format: 'json', clock }),
    metrics,
    queueMetrics: metrics.queue('organization'),
  })
}

const edit = (...all: readonly ClusterObject[]): void => {
  objects = [acme(), ...all]
  worker.edit(all.map(objectId))
}
/** The sweep that each worker begins with. */
const firstSweep = () => expect.poll(() => world.told.at(-1)).toBe('tell acme: Ready=True Succeeded')
const made = () => world.writes().map((each) => each.split(' ')[0])

test('an edit in a moment without a fresh Lease is made once the Lease is fresh again', async () => {
  await firstSweep()
  mayWrite = false
  edit(crew('devs'))
  await expect.poll(() => world.told).toContain('hold devs')
  await expect.poll(() => worker.queue.longestRunningMs() === 0 && sleepers.length > 1).toBe(true)
  mayWrite = true
  await expect
    .poll(() => {
      later(1_000)
      return made()
    })
    .toEqual(['POST'])
})

test('an edit without a Secret is made a minute after the Secret is there at the latest', async () => {
  await firstSweep()
  secret = undefined
  edit(crew('devs'))
  await expect.poll(() => world.told.some((each) => each.startsWith('tell devs: Ready=False'))).toBe(true)
  secret = 'organization-key'
  later(60_000)
  await expect.poll(made).toEqual(['POST'])
})

test('access that an edit gives until before the next sweep ends in time', async () => {
  await firstSweep()
  edit(crew('devs', {}, { expiresAt: new Date(nowMs + 300_000).toISOString() }))
  await expect.poll(() => world.told.at(-1)).toBe('tell devs: Ready=True Succeeded')
  await expect.poll(() => sleepers.some(({ atMs }) => atMs - nowMs === 300_000)).toBe(true)
})
