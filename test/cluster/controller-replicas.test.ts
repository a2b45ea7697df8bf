import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountKubeconfig, installChart, startController, type ControllerProcess } from './controller.builder.ts'
import { describeInCluster, startControlPlane, type ControlPlane } from './control-plane.builder.ts'
import { openEstate, type Estate } from './estate.builder.ts'
import { overlaps, recordLeases, strayWrites, type LeaseRecord } from './lease-record.builder.ts'
import { pass } from './outage.builder.ts'
import { openGate, type Gate } from './replica-gate.builder.ts'
import { tellTime } from './witness.builder.ts'

const namespaces = Array.from({ length: 10 }, (_, index) => `estate-${index}`)
/** Enough that a replica is in the middle of it when it is killed or stopped. */
const crowd = Array.from({ length: 24 }, (_, index) => index + 1)
const writeMs = 300
const takeoverMs = 20_000

describeInCluster('two replicas and ten organizations:', () => {
  let plane: ControlPlane
  let estates: readonly Estate[]
  let gates: readonly Gate[]
  let leases: LeaseRecord
  const running = new Map<string, ControllerProcess>()
  let changedMs = 0

  beforeAll(async () => {
    plane = await startControlPlane()
    await installChart(plane, namespaces)
    const groups = ['killed', 'stopped', 'ended']
    const open = (namespace: string) => openEstate(plane, { namespace, people: crowd.length + 1, groups, writeMs })
    estates = await Promise.all(namespaces.map(open))
    gates = await Promise.all(['one', 'two'].map((replica) => openGate(replica, estates)))
    await Promise.all(estates.map((estate) => estate.declare()))
    leases = recordLeases(plane)
    await Promise.all([start('one'), start('two')])
  })
  afterAll(async () => {
    for (const process of running.values()) await process.end()
    await leases.close()
    for (const { close } of [...gates, ...estates]) await close()
    await plane.close()
  })

  async function start(replica: 'one' | 'two'): Promise<void> {
    const { url: sandboxUrl } = gates[replica === 'one' ? 0 : 1]!
    const kubeconfig = await accountKubeconfig(plane)
    running.set(replica, await startController({ name: replica, kubeconfig, sandboxUrl }))
    changedMs = performance.now()
  }
  const holdersNow = (): readonly string[] => namespaces.map((namespace) => leases.now().get(namespace) ?? '')
  const heldBy = (replica: string): readonly string[] =>
    namespaces.filter((namespace) => leases.now().get(namespace) === replica)
  /** Since a replica came, or came back, or an organization changed hands. */
  const quietMs = (): number => performance.now() - Math.max(changedMs, ...leases.holdings.map(({ fromMs }) => fromMs))
  /** Each is held, and for ten seconds nobody has given one away. Who has more of them? */
  async function settled(): Promise<'one' | 'two'> {
    const unsettled = () => [...holdersNow().filter((each) => each === ''), ...(quietMs() < 10_000 ? ['moving'] : [])]
    await expect.poll(unsettled, { timeout: 90_000, interval: 100 }).toEqual([])
    const [one, two] = [heldBy('one').length, heldBy('two').length]
    process.stderr.write(`\none has ${one} organizations, two has ${two}\n`)
    return one > two ? 'one' : 'two'
  }
  /** Every organization has much to write, and whoever writes is in the middle of it. */
  async function busy(group: string): Promise<void> {
    for (const { sandbox } of estates) sandbox.journal.clear()
    await Promise.all(estates.map((estate) => estate.grant(group, crowd)))
    for (const { writes } of estates) await expect.poll(() => writes().length, { timeout: 20_000 }).toBeGreaterThan(2)
  }
  /** Of what a replica had when it fell silent: how long until another one had each. */
  async function takenOver(from: string, namespacesOfIt: readonly string[], startMs: number): Promise<number> {
    const left = () => namespacesOfIt.filter((each) => leases.now().get(each) === from)
    await expect.poll(left, { timeout: takeoverMs + 5_000, interval: 20 }).toEqual([])
    const times = namespacesOfIt.map((namespace) => {
      const next = leases.holdings.findLast((each) => each.namespace === namespace)!
      return next.fromMs - startMs
    })
    return tellTime(`${from} was silent; the last of its organizations was taken over after`, Math.max(...times))
  }
  async function complete(group: string): Promise<void> {
    const expected = crowd.map((person) => `+${person} ${group}`).toSorted()
    for (const { writes, unready } of estates) {
      await expect.poll(() => writes().toSorted(), { timeout: 30_000, interval: 100 }).toEqual(expected)
      await expect.poll(() => unready(), { timeout: 30_000 }).toEqual([])
      expect(writes().toSorted()).toEqual(expected)
    }
  }
  /** Of all writes so far. */
  function twoWriters() {
    const writes = gates.flatMap((gate) => gate.writes)
    return { atOnce: overlaps(writes), withoutLease: strayWrites(writes, leases.holdings) }
  }
  const never = { atOnce: [], withoutLease: [] }

  test('one is killed in the middle of its work, and the other goes on with it', { timeout: 180_000 }, async () => {
    const victim = await settled()
    await busy('killed')
    const own = heldBy(victim)
    const startMs = performance.now()
    await running.get(victim)!.end('SIGKILL')
    expect(await takenOver(victim, own, startMs)).toBeLessThan(takeoverMs)
    await complete('killed')
    expect(twoWriters()).toEqual(never)
    await start(victim)
  })

  test('one is stopped for 40 s in the middle of its work, and then let go', { timeout: 180_000 }, async () => {
    const victim = await settled()
    await busy('stopped')
    const own = heldBy(victim)
    const startMs = performance.now()
    running.get(victim)!.signal('SIGSTOP')
    expect(await takenOver(victim, own, startMs)).toBeLessThan(takeoverMs)
    await pass(40_000 - (performance.now() - startMs))
    running.get(victim)!.signal('SIGCONT')
    changedMs = performance.now()
    await complete('stopped')
    expect(twoWriters()).toEqual(never)
  })

  test('one is told to end, and the other goes on at once', { timeout: 120_000 }, async () => {
    const victim = await settled()
    await busy('ended')
    const own = heldBy(victim)
    const startMs = performance.now()
    const ended = running.get(victim)!.end()
    expect(await takenOver(victim, own, startMs)).toBeLessThan(5_000)
    await ended
    await complete('ended')
    expect(twoWriters()).toEqual(never)
  })
})
