import type { Clock } from '../core/ports.ts'
import { createEventRecorder } from '../kubernetes/create-event-recorder.ts'
import type { EventRecorder } from '../kubernetes/events.ts'
import type { KubeClient } from '../kubernetes/kube-client.ts'
import type { WatchedQueue } from '../report/metrics-controller.ts'
import type { Log } from '../report/log.ts'
import type { Metrics } from '../report/metrics.ts'
import { createConfigMapStore } from '../state/config-map-store.ts'
import type { ClusterObject } from './cluster-object.ts'
import { configMapsOf, secretsOf } from './cluster-ports.ts'
import { watchCluster, type ClusterWatch } from './cluster-watch.ts'
import { takeSeat, type EstateSeat } from './estate-seat.ts'
import { startEstateWorker } from './estate-worker.ts'
import { keyOf, referencedNamespace, sortByOrganization, type ClusterEstate, type Sorted } from './estates.ts'
import { createObjectWrites, type ObjectWrites } from './object-writes.ts'
import { stateName } from './reconcile-estate.ts'
import { routeChange, sweepAll, type RoutingDesk } from './route-change.ts'
import { createStrayDesk, type StrayDesk } from './stray-desk.ts'

export interface ControllerOptions {
  readonly client: KubeClient
  /** Empty: all. */
  readonly namespaces: readonly string[]
  /** Where the process itself is, for its own Lease. */
  readonly ownNamespace: string
  /** Of this process, different for each start. */
  readonly identity: string
  /** Of the pod, for events. */
  readonly instance: string
  readonly clock: Clock
  /** Never set by anybody. */
  readonly steady: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly log: Log
  readonly metrics: Metrics
  /** For the network alone. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly sandboxUrl?: string
  /** Ends it in an orderly way. */
  readonly signal: AbortSignal
}

export interface Controller {
  /** Kinds that were not listed yet. */
  readonly unsynced: () => readonly string[]
  /** How long the longest pass has run. */
  readonly longestPassMs: () => number
  /** Resolves after the signal, when nothing is written any more; rejects on a bug. */
  readonly done: Promise<void>
}

interface Hall {
  readonly options: ControllerOptions
  readonly watch: ClusterWatch
  readonly objects: ObjectWrites
  readonly seats: Map<string, EstateSeat>
  readonly strays: StrayDesk
  /** Worked out once for each state of the objects. */
  sorted: Sorted | undefined
  synced: boolean
  readonly failed: (error: unknown) => void
}

/** Watches, and lets a worker look after each organization whose Lease this process gets. */
export function startController(options: ControllerOptions): Controller {
  const watching = new AbortController()
  const bug = Promise.withResolvers<never>()
  const events = eventsOf(options, watching.signal)
  const hall = enter(options, { events, signal: watching.signal, failed: bug.reject })
  options.metrics.queue('organization').watch(queuesOf(hall))
  const ended = untilEnd(hall).then(async () => {
    await events.flush()
    // last: what is written before is still seen
    watching.abort()
  })
  return {
    unsynced: hall.watch.unsynced,
    longestPassMs: () => queuesOf(hall).longestRunningMs(),
    done: Promise.race([ended, hall.watch.done.then(() => ended), bug.promise]),
  }
}

const eventsOf = ({ client, clock, random, instance, log }: ControllerOptions, signal: AbortSignal): EventRecorder =>
  createEventRecorder({
    client,
    clock,
    random,
    signal,
    reportingController: 'roster.dev/controller',
    reportingInstance: instance,
    onLost: (fact, error) => log.warn('an event was lost', { reason: fact.reason, error }),
  })

interface Entry {
  readonly events: EventRecorder
  readonly signal: AbortSignal
  readonly failed: (error: unknown) => void
}

function enter(options: ControllerOptions, { events, signal, failed }: Entry): Hall {
  const { client, clock, random, metrics, namespaces, log } = options
  const watch = watchCluster({
    client,
    clock,
    random,
    namespaces,
    signal,
    onChange: (change) => {
      hall.sorted = undefined
      if (hall.synced) routeChange(deskOf(hall), change)
    },
    onNamespace: () => void (hall.synced && sweepAll(hall.seats)),
    onFault: (kind, error) => {
      metrics.watchRestarted(kind, 'error')
      log.warn('a watch is opened again', { kind, error })
    },
  })
  const objects = createObjectWrites({ client, events, clock, newest: watch.newest })
  const strays = createStrayDesk({ ...options, objects, look: () => straysOf(hall), failed })
  const hall: Hall = { options, watch, objects, seats: new Map(), strays, sorted: undefined, synced: false, failed }
  return hall
}

/** Those who write end first, and give their Leases back. */
async function untilEnd(hall: Hall): Promise<void> {
  const { signal } = hall.options
  await Promise.race([hall.watch.whenSynced, aborted(signal)])
  if (!signal.aborted) open(hall)
  await aborted(signal)
  await Promise.all([...hall.seats.values()].map((seat) => seat.leave()))
  await hall.strays.leave()
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

function open(hall: Hall): void {
  hall.synced = true
  hall.options.log.info('everything is listed', { objects: hall.watch.objects().length })
  for (const estate of sortedNow(hall).estates) seatFor(hall, estate)
  hall.strays.look()
}

function sortedNow(hall: Hall): Sorted {
  hall.sorted ??= sortByOrganization(hall.watch.objects())
  return hall.sorted
}

function straysOf(hall: Hall) {
  return {
    strays: sortedNow(hall).strays,
    seesOrganizationOf: ({ object }: Sorted['strays'][number]) => hall.watch.sees(referencedNamespace(object)),
  }
}

function seatFor(hall: Hall, { key, organization }: ClusterEstate): void {
  if (hall.seats.has(key) || hall.options.signal.aborted) return
  const { client, identity, clock, steady, random, log, metrics } = hall.options
  const { namespace = '' } = organization.metadata
  const seat = takeSeat({
    client,
    namespace,
    identity,
    clock,
    steady,
    random,
    metrics,
    name: stateName(organization),
    log: log.child({ organization: key }),
    work: (mayWrite) => workOn(hall, organization, mayWrite),
  })
  hall.seats.set(key, seat)
  seat.done.catch(hall.failed)
}

function workOn(hall: Hall, organization: ClusterObject, mayWrite: () => boolean) {
  const { watch, objects, options } = hall
  const { client, clock, random, log, metrics, env, cwd, sandboxUrl } = options
  const key = keyOf(organization)
  const configMaps = configMapsOf(client, organization.metadata.namespace ?? '')
  return startEstateWorker({
    key,
    look: () => {
      const { estates, strays } = sortedNow(hall)
      const estate = estates.find((each) => each.key === key)
      return estate && { estate, strays }
    },
    store: createConfigMapStore(configMaps, stateName(organization)),
    ports: {
      objects,
      configMaps,
      clock,
      random,
      env,
      cwd,
      mayWrite,
      secrets: secretsOf(client),
      labelsOf: watch.labelsOf,
      onCall: (call) => metrics.called(key, call),
      ...(sandboxUrl !== undefined && { sandboxUrl }),
    },
    log: log.child({ organization: key }),
    metrics,
    queueMetrics: metrics.queue('organization'),
  })
}

const deskOf = (hall: Hall): RoutingDesk => ({
  objects: hall.watch.objects,
  sorted: () => sortedNow(hall),
  seats: hall.seats,
  strays: hall.strays,
  opened: (estate) => seatFor(hall, estate),
  closed: (key) => {
    const seat = hall.seats.get(key)
    if (!seat) return
    // the seat is taken until its worker has ended: one that is made anew under the same name waits for that
    seat.leave().then(() => {
      hall.seats.delete(key)
      const again = sortedNow(hall).estates.find((each) => each.key === key)
      if (again) seatFor(hall, again)
    }, hall.failed)
  },
})

/** Of all organizations that this process works on. */
function queuesOf({ seats }: Pick<Hall, 'seats'>): WatchedQueue {
  const queues = () => [...seats.values()].flatMap((seat) => seat.worker()?.queue ?? [])
  return {
    depth: () => {
      const sum = new Map<number, number>()
      for (const queue of queues())
        for (const [priority, waiting] of queue.depth()) sum.set(priority, (sum.get(priority) ?? 0) + waiting)
      return sum
    },
    longestRunningMs: () => Math.max(0, ...queues().map((queue) => queue.longestRunningMs())),
  }
}
