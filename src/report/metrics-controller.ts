import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Clock } from '../core/ports.ts'

/** `requeue_after`: comes again by itself at a known time. */
export type ReconcileResult = 'success' | 'error' | 'requeue' | 'requeue_after'

/** What a queue tells while it works; fits the queue of src/kubernetes. */
export interface QueueRecorder {
  readonly added: () => void
  readonly retried: () => void
  readonly started: (waitedMs: number) => void
  readonly finished: (ranMs: number) => void
  /** From now on the queue is asked at each scrape. */
  readonly watch: (queue: WatchedQueue) => void
}

export interface WatchedQueue {
  /** How many wait and are due, by priority. */
  depth(): ReadonlyMap<number, number>
  longestRunningMs(): number
}

/** Told of the work of controllers, under the names that dashboards of controller-runtime know. */
export interface ControllerMetrics {
  reconciled(run: { readonly controller: string; readonly result: ReconcileResult; readonly durationMs: number }): void
  /** A reconcile begins (1) or ends (-1). */
  working(controller: string, by: 1 | -1): void
  queue(controller: string): QueueRecorder
  /** One try of a call to the Kubernetes API. `code`: the HTTP status, or why there was none. */
  kubeCalled(call: {
    readonly code: string
    readonly method: string
    readonly host: string
    readonly durationMs: number
  }): void
  /** `name` of a Lease. Undefined: this process does not care for it any more. */
  leading(name: string, isLeader: boolean | undefined): void
  /** A watch was opened again. `reason`: `closed`, `expired`, `inactive`, `error`. */
  watchRestarted(kind: string, reason: string): void
}

/** https://github.com/kubernetes-sigs/controller-runtime/blob/main/pkg/internal/controller/metrics/metrics.go */
const reconcileBuckets = [
  [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9],
  [1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60],
].flat()
/** The same repository, pkg/metrics/workqueue.go: twelve powers of ten from 10 ns. */
const queueBuckets = Array.from({ length: 12 }, (_, index) => Number(`1e${index - 8}`))

export function createControllerMetrics(registry: Registry, clock: Clock): ControllerMetrics {
  const registers = [registry]
  const restarts = new Counter({
    name: 'roster_watch_restarts_total',
    help: 'Watches that were opened again',
    labelNames: ['kind', 'reason'] as const,
    registers,
  })
  const leader = new Gauge({
    name: 'leader_election_master_status',
    help: 'Whether this process holds the lease: 1 leads, 0 stands by',
    labelNames: ['name'] as const,
    registers,
  })
  return {
    ...reconcileMetrics(registry),
    ...clientMetrics(registry),
    queue: queueMetrics(registry, clock),
    leading: (name, isLeader) => {
      if (isLeader === undefined) leader.remove(name)
      else leader.set({ name }, isLeader ? 1 : 0)
    },
    watchRestarted: (kind, reason) => restarts.inc({ kind, reason }),
  }
}

function reconcileMetrics(registry: Registry): Pick<ControllerMetrics, 'reconciled' | 'working'> {
  const registers = [registry]
  const labelNames = ['controller'] as const
  const total = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Reconciliations by result',
    labelNames: ['controller', 'result'] as const,
    registers,
  })
  const errors = new Counter({
    name: 'controller_runtime_reconcile_errors_total',
    help: 'Reconciliations that failed',
    labelNames,
    registers,
  })
  const time = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'How long a reconciliation takes',
    labelNames,
    buckets: reconcileBuckets,
    registers,
  })
  const active = new Gauge({
    name: 'controller_runtime_active_workers',
    help: 'Reconciliations that run',
    labelNames,
    registers,
  })
  return {
    reconciled: ({ controller, result, durationMs }) => {
      total.inc({ controller, result })
      if (result === 'error') errors.inc({ controller })
      time.observe({ controller }, durationMs / 1000)
    },
    working: (controller, by) => active.inc({ controller }, by),
  }
}

function clientMetrics(registry: Registry): Pick<ControllerMetrics, 'kubeCalled'> {
  const registers = [registry]
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Calls to the Kubernetes API, each try by itself',
    labelNames: ['code', 'method', 'host'] as const,
    registers,
  })
  const duration = new Histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'How long calls to the Kubernetes API take',
    labelNames: ['method', 'host'] as const,
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60],
    registers,
  })
  return {
    kubeCalled: ({ code, method, host, durationMs }) => {
      requests.inc({ code, method, host })
      duration.observe({ method, host }, durationMs / 1000)
    },
  }
}

interface Watched {
  readonly controller: string
  readonly queue: WatchedQueue
}

function queueMetrics(registry: Registry, clock: Clock): ControllerMetrics['queue'] {
  const watched: Watched[] = []
  const counted = queueCounters(registry)
  // client-go's names: how much work is under way, summed over all that run
  const unfinished = new Map<string, { running: number; startsMs: number }>()
  queueGauges(registry, watched, () =>
    [...unfinished].map(
      ([controller, { running, startsMs }]) => [controller, running * clock.now() - startsMs] as const,
    ),
  )
  return (controller) => {
    const labels = { name: controller, controller }
    const sum = { running: 0, startsMs: 0 }
    unfinished.set(controller, sum)
    return {
      added: () => counted.adds.inc(labels),
      retried: () => counted.retries.inc(labels),
      started: (waitedMs) => {
        counted.waited.observe(labels, waitedMs / 1000)
        sum.running += 1
        sum.startsMs += clock.now()
      },
      finished: (ranMs) => {
        counted.ran.observe(labels, ranMs / 1000)
        sum.running -= 1
        sum.startsMs -= clock.now() - ranMs
      },
      watch: (queue) => void watched.push({ controller, queue }),
    }
  }
}

const queueLabels = ['name', 'controller'] as const

function queueCounters(registry: Registry) {
  const registers = [registry]
  const counter = (name: string, help: string) =>
    new Counter({ name: `workqueue_${name}`, help, labelNames: queueLabels, registers })
  const histogram = (name: string, help: string) =>
    new Histogram({ name: `workqueue_${name}`, help, labelNames: queueLabels, buckets: queueBuckets, registers })
  return {
    adds: counter('adds_total', 'How often something was put into the queue'),
    retries: counter('retries_total', 'How often something came again after a failure'),
    waited: histogram('queue_duration_seconds', 'How long it waits until it is taken'),
    ran: histogram('work_duration_seconds', 'How long the work on it takes'),
  }
}

function queueGauges(
  registry: Registry,
  watched: readonly Watched[],
  unfinishedMs: () => readonly (readonly [string, number])[],
): void {
  const registers = [registry]
  const depth: Gauge<'name' | 'controller' | 'priority'> = new Gauge({
    name: 'workqueue_depth',
    help: 'How many wait and are due',
    labelNames: ['name', 'controller', 'priority'] as const,
    registers,
    collect: () => {
      depth.reset()
      for (const { controller, queue } of watched)
        for (const [priority, waiting] of queue.depth())
          depth.set({ name: controller, controller, priority: String(priority) }, waiting)
    },
  })
  const longest: Gauge<'name' | 'controller'> = new Gauge({
    name: 'workqueue_longest_running_processor_seconds',
    help: 'How long the longest running work has run',
    labelNames: queueLabels,
    registers,
    collect: () => {
      for (const { controller, queue } of watched)
        longest.set({ name: controller, controller }, queue.longestRunningMs() / 1000)
    },
  })
  const unfinished: Gauge<'name' | 'controller'> = new Gauge({
    name: 'workqueue_unfinished_work_seconds',
    help: 'How long all work that runs has run, summed up',
    labelNames: queueLabels,
    registers,
    collect: () => {
      for (const [controller, ms] of unfinishedMs()) unfinished.set({ name: controller, controller }, ms / 1000)
    },
  })
}
