import { afterAll, beforeAll, describe, test, type ExpectStatic } from 'vitest'
import { accountKubeconfig, installChart, startController, type ControllerProcess } from './controller.builder.ts'
import { describeInCluster, startControlPlane, type ControlPlane } from './control-plane.builder.ts'
import { openEstate, type Estate } from './estate.builder.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.builder.ts'
import { pass } from './outage.builder.ts'
import { tellTime } from './witness.builder.ts'

interface Scene {
  /** Of this test: several run at a time. */
  readonly expect: ExpectStatic
  readonly plane: ControlPlane
  /** Between the controller and the API server; edits go past it. */
  readonly proxy: FaultProxy
  readonly controller: ControllerProcess
  readonly estate: Estate
}

interface Case {
  /** It has an API server of its own. */
  readonly alone?: boolean
  /** The fault is there, or was; then edits are made, and the time is taken. */
  readonly happens: (scene: Scene) => Promise<void> | void
  /** After the edits, where the fault does not pass by itself. The time is taken anew. */
  readonly ends?: (scene: Scene) => Promise<void> | void
  readonly withinMs: number
}

const expired = `${JSON.stringify({
  type: 'ERROR',
  object: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410 },
})}\n`

const restart =
  (downMs: number): Case['happens'] =>
  async ({ plane }) => {
    await plane.kill()
    await pass(downMs)
    await plane.start()
  }

const cases: Record<string, Case> = {
  'watches cut within a line': {
    happens: ({ proxy }) => proxy.cutWithinLine(),
    withinMs: 10_000,
  },
  'connections reset': {
    happens: ({ proxy }) => proxy.reset(),
    withinMs: 10_000,
  },
  'watches half open': {
    happens: ({ proxy }) => proxy.silence(),
    // bookmarks come once a minute: after a minute and a half of silence a watch is given up
    withinMs: 100_000,
  },
  '410 for every watch that goes on': {
    happens: async ({ proxy, expect }) => {
      proxy.fault(({ verb }) => (verb === 'WATCH' ? { does: 'answer', status: 503 } : undefined))
      proxy.reset()
      await expect.poll(() => proxy.openWatches()).toBe(0)
    },
    ends: ({ proxy }) => {
      // as of a server that has forgotten: whoever does not list anew never goes on
      const before = new Map<string, string | null>()
      proxy.fault(({ verb, path, query }) => {
        const version = query.get('resourceVersion')
        if (verb === 'WATCH' && !before.has(path)) before.set(path, version)
        if (verb !== 'WATCH' || before.get(path) !== version) return undefined
        return { does: 'answer', status: 200, body: expired }
      })
    },
    withinMs: 15_000,
  },
  'API server silent for 20 s': {
    happens: ({ proxy }) => proxy.freeze(),
    ends: async ({ proxy }) => {
      await pass(20_000)
      proxy.thaw()
    },
    withinMs: 15_000,
  },
  'API server killed, and started on the same data': { alone: true, happens: restart(0), withinMs: 15_000 },
  // it answers 429 to watches while it fills its own caches
  'API server down for 60 s': { alone: true, happens: restart(60_000), withinMs: 12_000 },
}

const all = Object.entries(cases).map(([title, each], index) => ({ title, namespace: `faults-${index}`, ...each }))

describeInCluster('a controller', () => {
  let shared: ControlPlane
  const closing: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    shared = await startControlPlane()
    await installChart(
      shared,
      all.map(({ namespace }) => namespace),
    )
  })
  afterAll(async () => {
    for (const close of closing.toReversed()) await close()
    await shared.close()
  })

  async function ownPlane(namespace: string): Promise<ControlPlane> {
    const plane = await startControlPlane()
    closing.push(plane.close)
    await installChart(plane, [namespace])
    return plane
  }

  /** An organization that is as declared, and nothing to do. */
  async function setTheScene(namespace: string, alone: boolean, expect: ExpectStatic): Promise<Scene> {
    const plane = alone ? await ownPlane(namespace) : shared
    const proxy = await startFaultProxy(plane.url, plane.authority)
    const estate = await openEstate(plane, { namespace, people: 10, groups: ['a', 'b', 'c', 'd'] })
    closing.push(proxy.close, estate.close)
    await estate.declare()
    await estate.grant('a', [1, 2, 3])
    await estate.grant('b', [4, 5])
    await estate.grant('c', [6])
    const controller = await startController({
      kubeconfig: await accountKubeconfig(plane, proxy.url),
      sandboxUrl: estate.sandbox.url,
      namespaces: [namespace],
    })
    closing.push(controller.end)
    await expect.poll(() => estate.unready(), { timeout: 30_000 }).toEqual([])
    estate.sandbox.journal.clear()
    return { expect, plane, proxy, controller, estate }
  }

  async function edit(estate: Estate): Promise<void> {
    await estate.grant('a', [1, 2, 7])
    await estate.withdraw('c')
    await estate.grant('d', [8])
  }
  const expected = ['+7 a', '+8 d', '-3 a', '-6 c']

  describe.concurrent('makes each edit once, whatever came between:', () => {
    test.for(all)(
      '$title',
      { timeout: 240_000 },
      async ({ title, namespace, alone = false, happens, ends, withinMs }, { expect }) => {
        const scene = await setTheScene(namespace, alone, expect)
        const { estate, controller } = scene
        await happens(scene)
        let startMs = performance.now()
        await edit(estate)
        if (ends) {
          await ends(scene)
          startMs = performance.now()
        }
        const options = { timeout: withinMs, interval: 20 }
        await expect.poll(() => estate.writes().toSorted(), options).toEqual(expected)
        tellTime(`${title}: every edit made after`, performance.now() - startMs)
        expect(performance.now() - startMs).toBeLessThan(withinMs)
        await expect.poll(() => estate.unready(), { timeout: 20_000 }).toEqual([])
        // a look at everything finds that nothing is left, and nothing was made twice
        await estate.ask('all')
        await expect.poll(() => estate.handled(), { timeout: 20_000 }).toBe('all')
        expect(estate.writes().toSorted()).toEqual(expected)
        expect(estate.members()).toEqual(['a: 0 1 2 7', 'b: 0 4 5', 'd: 0 8'])
        expect((await fetch(`${controller.healthUrl}/readyz`)).status).toBe(200)
        // two Leases, each asked for every two seconds
        const asked = controller.log().filter(({ msg }) => msg === 'the lease could not be read or renewed')
        expect(asked.length).toBeLessThan(80)
      },
    )
  })
})
