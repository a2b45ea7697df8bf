import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLease, type Lease } from '../../src/kubernetes/lease.ts'
import { describeInCluster, startControlPlane, type ControlPlane } from './control-plane.builder.ts'
import { startFaultProxy } from './fault-proxy.builder.ts'
import { createRobot, half, openClient, type OpenClient } from './kube-client.builder.ts'
import { createSteppedClock, type SteppedClock } from './stepped-clock.builder.ts'

/** One who wants a Lease. Its time passes only by `tick`, so that left alone it is as good as dead. */
interface Candidate {
  readonly lease: Lease
  readonly wall: SteppedClock
  /** What it was told: `acquired`, `lost`, `wanted`, `fault`. */
  readonly told: readonly string[]
  readonly tries: readonly string[]
  /** Lets time pass, half a second at a time, and what is due then be done. */
  tick(ms: number): Promise<void>
}

interface CandidateOptions {
  readonly kubeconfig?: string
  readonly ranks?: Readonly<Record<string, number>>
  /** Its wall clock at the start. */
  readonly wallMs?: number
}

const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases'
const startMs = Date.parse('2026-11-25T12:00:00Z')
const stepMs = 500

describeInCluster('a Lease', () => {
  let plane: ControlPlane
  const closing: (() => Promise<void>)[] = []
  beforeAll(async () => void (plane = await startControlPlane()))
  afterAll(async () => {
    for (const close of closing) await close()
    await plane.close()
  })

  function candidate(name: string, identity: string, options: CandidateOptions = {}): Candidate {
    const { kubeconfig = plane.kubeconfig, ranks, wallMs = startMs } = options
    const open: OpenClient = openClient(kubeconfig)
    const [steady, wall] = [createSteppedClock(0), createSteppedClock(wallMs)]
    const told: string[] = []
    const lease = startLease({
      client: open.client,
      namespace: 'default',
      name,
      identity,
      clock: wall,
      steady,
      random: half,
      onAcquired: () => void told.push('acquired'),
      onLost: () => void told.push('lost'),
      onWanted: () => void told.push('wanted'),
      onFault: () => void told.push('fault'),
      ...(ranks && { rank: (holder: string) => ranks[holder] ?? 0 }),
    })
    closing.push(async () => {
      await lease.release()
      await open.access.close()
    })
    const asleep = () => expect.poll(() => steady.asleep(), { interval: 1, timeout: 10_000 }).toBe(1)
    const tick = async (ms: number) => {
      for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
        await asleep()
        steady.pass(stepMs)
        wall.pass(stepMs)
        await asleep()
      }
    }
    return { lease, wall, told, tries: open.tries, tick }
  }
  async function holder(name: string, identity: string, options?: CandidateOptions): Promise<Candidate> {
    const first = candidate(name, identity, options)
    await expect.poll(() => first.lease.isFresh(), { interval: 1 }).toBe(true)
    return first
  }
  /** How long until it has the Lease, on its own clock. */
  async function waitedMs({ lease, tick }: Candidate): Promise<number> {
    let waited = 0
    for (; !lease.held() && waited < 60_000; waited += stepMs) await tick(stepMs)
    return waited
  }
  const wishOf = async (name: string) => {
    const { body } = await plane.call('GET', `${path}/${name}`)
    const { annotations = {} } = body['metadata'] as { annotations?: Record<string, string> }
    return annotations['roster.dev/wanted-by']
  }

  test('of a holder that is silent goes to another one after 15 s, and within 20', async () => {
    const first = await holder('silent', 'first')
    // whose wall clock is an hour ahead: what the first one has written of times counts for nothing
    const second = candidate('silent', 'second', { wallMs: startMs + 3_600_000 })
    await second.tick(14_500)
    expect(second.lease.holder()).toBe('first')
    expect(14_500 + (await waitedMs(second))).toBeLessThan(20_000)
    expect(second.lease.transitions()).toBe(1)
    // the first one comes to itself, and sees that it has lost
    await first.tick(2_500)
    expect(first.told).toEqual(['acquired', 'lost'])
  })

  test('of a holder that lives stays with it', async () => {
    const first = await holder('alive', 'first')
    const second = candidate('alive', 'second')
    for (let passedMs = 0; passedMs < 40_000; passedMs += 2_500) {
      await first.tick(2_500)
      await second.tick(2_500)
    }
    expect([first.told, second.told]).toEqual([['acquired'], []])
    expect(first.lease.isFresh()).toBe(true)
  })

  test('that is given back goes to the next one who asks', async () => {
    const first = await holder('given', 'first')
    const second = candidate('given', 'second')
    await second.tick(2_500)
    await first.lease.release()
    expect(await waitedMs(second)).toBeLessThanOrEqual(2_500)
  })

  test('that cannot be renewed is fresh for ten seconds, and asked for every two', async () => {
    const proxy = await startFaultProxy(plane.url, plane.authority)
    closing.push(proxy.close)
    const kubeconfig = plane.tokenKubeconfig(await createRobot(plane, 'robot'), proxy.url)
    const { lease, told, tries, tick } = await holder('unrenewed', 'first', { kubeconfig })
    proxy.fault(() => ({ does: 'answer', status: 503 }))
    const before = tries.length
    await tick(9_500)
    expect(lease.isFresh()).toBe(true)
    await tick(500)
    expect(lease.isFresh()).toBe(false)
    await tick(50_000)
    expect(told.filter((each) => each !== 'fault')).toEqual(['acquired', 'lost'])
    expect(tries.length - before).toBeLessThanOrEqual(30)
    proxy.fault()
    await tick(2_500)
    expect(lease.isFresh()).toBe(true)
  })

  test('is not fresh after the machine was asleep, whatever its steady clock says', async () => {
    const { lease, wall } = await holder('asleep', 'first')
    wall.pass(10_000)
    expect(lease.isFresh()).toBe(false)
  })

  test('that somebody else writes, or deletes, stays with its holder', async () => {
    const { lease, told, tick } = await holder('touched', 'first')
    const labels = { metadata: { labels: { a: 'b' } } }
    await plane.call('PATCH', `${path}/touched`, labels, 'application/merge-patch+json')
    await tick(2_500)
    await plane.call('DELETE', `${path}/touched`)
    await tick(2_500)
    expect({ told, fresh: lease.isFresh() }).toEqual({ told: ['acquired'], fresh: true })
    expect((await plane.call('GET', `${path}/touched`)).status).toBe(200)
  })

  test('that is more another’s is wished for, and the holder hears of it', async () => {
    const ranks = { first: 1, second: 2 }
    const first = await holder('wished', 'first', { ranks })
    const second = candidate('wished', 'second', { ranks })
    await second.tick(2_500)
    expect(await wishOf('wished')).toBe('second')
    await first.tick(2_500)
    expect(first.told).toEqual(['acquired', 'wanted'])
    await first.lease.release()
    await second.tick(2_500)
    expect([second.told, await wishOf('wished')]).toEqual([['acquired'], undefined])
  })

  test('that is the holder’s own is not wished for', async () => {
    const ranks = { first: 2, second: 1 }
    const first = await holder('own', 'first', { ranks })
    const second = candidate('own', 'second', { ranks })
    await second.tick(2_500)
    await first.tick(2_500)
    expect([first.told, await wishOf('own')]).toEqual([['acquired'], undefined])
  })
})
