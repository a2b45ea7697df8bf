import { afterAll, beforeAll, describe, expect, test, type ExpectStatic } from 'vitest'
import { configMapType } from '../../src/kubernetes/kube-object.ts'
import { describeInCluster, startControlPlane, type ControlPlane } from './control-plane.builder.ts'
import { startFaultProxy, type Asked, type Fault, type FaultProxy } from './fault-proxy.builder.ts'
import { createRobot, openClient, type OpenClient } from './kube-client.builder.ts'
import { createMover, startWitness, tellTime, type Witness } from './witness.builder.ts'

interface Scene {
  /** Of this test: several run at a time. */
  readonly expect: ExpectStatic
  readonly proxy: FaultProxy
  readonly open: OpenClient
  readonly witness: Witness
  readonly mover: ReturnType<typeof createMover>
}

interface Case {
  /** The fault is there, and changes are made meanwhile. */
  readonly happens: (scene: Scene) => Promise<void> | void
  /** After the changes, where the fault does not pass by itself. */
  readonly ends?: (scene: Scene) => void
  readonly lists: 1 | 2
  readonly faults: readonly unknown[]
  readonly withinMs: number
}

const onWatch = (fault: Fault) => (asked: Asked) => (asked.verb === 'WATCH' ? fault : undefined)
const refuse = (status: number, headers: Readonly<Record<string, string>> = {}) =>
  onWatch({ does: 'answer', status, headers })
const errorFrame = (reason: string, code: number): string =>
  JSON.stringify({ type: 'ERROR', object: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code } })

/** The watch is broken off, and what asks anew is refused. */
const refused =
  (status: number, headers?: Readonly<Record<string, string>>): Case['happens'] =>
  async ({ proxy, witness, expect }) => {
    proxy.fault(refuse(status, headers))
    proxy.reset()
    await expect.poll(() => witness.faults, { timeout: 10_000 }).toContain(status)
  }

const cases: Record<string, Case> = {
  'cut within a line': {
    happens: ({ proxy }) => proxy.cutWithinLine(),
    lists: 1,
    faults: [expect.stringMatching(/^(UND_ERR_SOCKET|CUT|ECONNRESET)$/)],
    withinMs: 5_000,
  },
  reset: {
    happens: ({ proxy }) => proxy.reset(),
    lists: 1,
    faults: [expect.any(String)],
    withinMs: 5_000,
  },
  'half open, so that it is silent and nobody says so': {
    happens: ({ proxy }) => proxy.silence(),
    lists: 1,
    faults: ['INACTIVE'],
    withinMs: 95_000,
  },
  'ended by an ERROR frame with 410': {
    happens: ({ proxy }) => proxy.endWatches(errorFrame('Expired', 410)),
    lists: 2,
    faults: [410],
    withinMs: 5_000,
  },
  'ended by an ERROR frame with 500': {
    happens: ({ proxy }) => proxy.endWatches(errorFrame('InternalError', 500)),
    lists: 1,
    faults: [500],
    withinMs: 5_000,
  },
  'refused with 500 where it wants to go on': {
    happens: ({ proxy }) => {
      let answered = false
      proxy.fault(({ verb }) => {
        if (verb !== 'WATCH' || answered) return undefined
        answered = true
        return { does: 'answer', status: 200, body: `${errorFrame('InternalError', 500)}\n` }
      })
      proxy.reset()
    },
    lists: 2,
    faults: [expect.any(String), 500],
    withinMs: 5_000,
  },
  'ended by a line that is no JSON': {
    happens: ({ proxy }) => proxy.endWatches('<html>'),
    lists: 1,
    faults: ['NOT_JSON'],
    withinMs: 5_000,
  },
  'ended by JSON that is no frame': {
    happens: ({ proxy }) => proxy.endWatches('{"type":"ADDED"}'),
    lists: 1,
    faults: ['NOT_A_FRAME'],
    withinMs: 5_000,
  },
  'refused with 429 and Retry-After': {
    happens: refused(429, { 'retry-after': '3' }),
    ends: ({ proxy }) => proxy.fault(),
    lists: 1,
    faults: [expect.any(String), 429],
    withinMs: 5_000,
  },
  'refused with 429 and no word of when': {
    happens: refused(429),
    ends: ({ proxy }) => proxy.fault(),
    lists: 1,
    faults: [expect.any(String), 429],
    withinMs: 5_000,
  },
  'refused with 503': {
    happens: refused(503),
    ends: ({ proxy }) => proxy.fault(),
    lists: 1,
    faults: [expect.any(String), 503],
    withinMs: 5_000,
  },
  'answered late': {
    happens: ({ proxy }) => {
      proxy.fault(onWatch({ does: 'delay', delayMs: 3_000 }))
      proxy.reset()
    },
    lists: 1,
    faults: [expect.any(String)],
    withinMs: 8_000,
  },
}

describeInCluster('a watch', () => {
  let plane: ControlPlane
  let token: string
  const ended = new AbortController()
  const closing: (() => Promise<void>)[] = []
  beforeAll(async () => {
    plane = await startControlPlane()
    token = await createRobot(plane, 'robot')
  })
  afterAll(async () => {
    ended.abort()
    for (const close of closing) await close()
    await plane.close()
  })

  async function setTheScene(label: string, expect: ExpectStatic): Promise<Scene> {
    const proxy = await startFaultProxy(plane.url, plane.authority)
    const open = openClient(plane.tokenKubeconfig(token, proxy.url))
    closing.push(open.access.close, proxy.close)
    const mover = createMover(plane, label)
    for (const name of ['changed', 'removed']) await mover.add(`${label}-${name}`)
    const witness = startWitness(open, label, ended.signal)
    await witness.whenSynced
    await mover.set(`${label}-changed`, 2)
    await expect.poll(() => witness.told).toHaveLength(3)
    return { expect, proxy, open, witness, mover }
  }

  describe.concurrent('recovers, and tells each change once, when it is', () => {
    test.for(Object.entries(cases).map(([title, each], index) => ({ title, label: `w${index}`, ...each })))(
      '$title',
      { timeout: 120_000 },
      async ({ title, label, happens, ends, lists, faults, withinMs }, { expect }) => {
        const scene = await setTheScene(label, expect)
        const { witness, mover } = scene
        await happens(scene)
        const startMs = performance.now()
        await mover.set(`${label}-changed`, 3)
        await mover.remove(`${label}-removed`)
        await mover.add(`${label}-added`)
        ends?.(scene)
        const expected = [
          `Added ${label}-changed 1`,
          `Added ${label}-removed 1`,
          `Updated ${label}-changed 2`,
          `Updated ${label}-changed 3`,
          `Deleted ${label}-removed 1`,
          `Added ${label}-added 1`,
        ]
        await expect
          .poll(() => witness.told.toSorted(), { timeout: withinMs, interval: 10 })
          .toEqual(expected.toSorted())
        tellTime(`a watch that is ${title} has caught up after`, performance.now() - startMs)
        // what is told is told once also when the next change has come
        await mover.remove(`${label}-added`)
        await expect.poll(() => witness.told.length, { timeout: 10_000 }).toBeGreaterThan(expected.length)
        expect(witness.told.toSorted()).toEqual([...expected, `Deleted ${label}-added 1`].toSorted())
        expect(witness.counts()).toMatchObject({ lists, missed: 0 })
        expect(witness.faults).toEqual(faults)
      },
    )
  })

  test('the proxy counts what goes through it, and passes on what it does not understand', async () => {
    const { proxy, open } = await setTheScene('counted', expect)
    await open.client.list(configMapType, { namespace: 'default' })
    expect([...proxy.counts()]).toEqual([
      ['GET /api/v1/namespaces/default/configmaps', 2],
      ['WATCH /api/v1/namespaces/default/configmaps', 1],
    ])
    expect(proxy.openWatches()).toBe(1)
  })
})
