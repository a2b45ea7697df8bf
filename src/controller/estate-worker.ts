import type { Clock } from '../core/ports.ts'
import { IncompleteReadError, RemoteError } from '../core/remote-error.ts'
import { StateMovedError, type StateStore } from '../core/state.ts'
import { ParkedError } from '../atlassian/budget.ts'
import { KubeError } from '../kubernetes/kube-error.ts'
import { StateUnreadableError } from '../state/state-document.ts'
import { createPassMemory } from '../run/session-options.ts'
import { declaredEnds } from '../run/credential-ends.ts'
import { expiries, timingOf } from '../run/timing.ts'
import type { Log } from '../report/log.ts'
import type { Metrics } from '../report/metrics.ts'
import { createWorkQueue, priorities, type QueueMetrics, type Taken, type WorkQueue } from '../kubernetes/work-queue.ts'
import { createClaims } from './claims.ts'
import { manifestOf, objectId } from './cluster-object.ts'
import type { ClusterEstate, Stray } from './estates.ts'
import { createMoves } from './moves.ts'
import { nothing, reconcileEstate, type EstatePorts, type EstateReport, type EstateRun } from './reconcile-estate.ts'
import { createSweepTimer, type SweepTimer } from './sweep-timer.ts'
import { createTenureStore, type TenureStore } from './tenure-store.ts'

/** What the watches know of one organization now; undefined where there is none any more. */
export interface Sight {
  readonly estate: ClusterEstate
  readonly strays: readonly Stray[]
}

export interface EstateWorkerOptions {
  /** `namespace/name` of the organization. */
  readonly key: string
  readonly look: () => Sight | undefined
  readonly store: StateStore
  readonly ports: Omit<EstatePorts, 'store' | 'memory' | 'claims' | 'moves' | 'signal'>
  readonly log: Log
  readonly metrics: Metrics
  readonly queueMetrics: QueueMetrics
}

/** Does the work on one organization, as long as this process is its writer. */
export interface EstateWorker {
  /** These objects were edited, or name one that was. */
  readonly edit: (ids: Iterable<string>) => void
  /** Everything is to be looked at. */
  readonly sweep: (afterMs?: number) => void
  /** What waited for approval may have got it. */
  readonly approved: () => void
  readonly queue: Pick<WorkQueue<string>, 'depth' | 'longestRunningMs'>
  /** Lets the write in flight end and begins no other. Resolves when nothing is written any more. */
  readonly stop: () => Promise<void>
  /** Resolves after `stop`, rejects on a bug. */
  readonly done: Promise<void>
}

interface Bench {
  readonly options: EstateWorkerOptions
  readonly clock: Clock
  readonly queue: WorkQueue<string>
  readonly timer: SweepTimer
  readonly store: TenureStore
  readonly ports: EstatePorts
  readonly stopped: AbortSignal
  /** Objects changed since the sweep that runs began; undefined while none runs. */
  changed: Set<string> | undefined
  held: ReadonlySet<string>
  failures: number
}

const controller = 'organization'
/** A sweep that could not be made at all is tried again: first after this, twice as late each time. */
const firstRetryMs = 2_000
/** One that waits for a person, e.g. for a Secret, which nobody watches. */
const longestWaitMs = 60_000
/** What was written shows by then (reference 11). */
const settledMs = 60_000
const intervalJitter = 0.05

export function startEstateWorker(options: EstateWorkerOptions): EstateWorker {
  const { ports, store: inner, queueMetrics } = options
  const { clock, random } = ports
  const stop = new AbortController()
  const store = createTenureStore(inner)
  const bench: Bench = {
    options,
    clock,
    queue: createWorkQueue<string>({ clock, random, metrics: queueMetrics }),
    timer: createSweepTimer(clock, stop.signal),
    store,
    ports: portsOf(options, store, stop.signal),
    stopped: stop.signal,
    changed: undefined,
    held: new Set(),
    failures: 0,
  }
  bench.timer.ask(0)
  const done = work(bench)
  return {
    edit: (ids) => {
      for (const id of ids) {
        bench.changed?.add(id)
        bench.queue.add(id)
      }
    },
    sweep: (afterMs = 0) => bench.timer.ask(afterMs),
    approved: () => {
      for (const id of bench.held) bench.queue.add(id)
    },
    queue: bench.queue,
    stop: async () => {
      stop.abort()
      void bench.queue.shutDown()
      await store.close()
    },
    done,
  }
}

/** With what passes learn on the way, and forget with the tenure. */
const portsOf = ({ ports, log }: EstateWorkerOptions, store: TenureStore, signal: AbortSignal): EstatePorts => ({
  onRefused: (object, error) => log.warn('an object could not be written, the others go on', { object, error }),
  ...ports,
  claims: createClaims(),
  moves: createMoves(),
  memory: createPassMemory(),
  store,
  signal,
})

async function work(bench: Bench): Promise<void> {
  const { key, metrics } = bench.options
  await Promise.all([editsOf(bench), sweepsOf(bench)])
  // what is so from now on is another process's to tell
  metrics.forget(key)
  metrics.credentialsEnd(key, new Map())
}

async function editsOf(bench: Bench): Promise<void> {
  for (;;) {
    const first = await bench.queue.take()
    if (!first) return
    await edit(bench, [first, ...bench.queue.takeAll()])
  }
}

async function edit(bench: Bench, taken: readonly Taken<string>[]): Promise<void> {
  const edited = new Set(taken.map(({ key }) => key))
  const outcome = await pass(bench, 'edit', { edited, changed: () => new Set() })
  // not sure of the Lease for a moment: it may be back without having been lost
  if (!outcome || outcome.result === 'standby') {
    for (const id of edited) bench.queue.done(id, 'failed')
    return
  }
  // whoever mends a Secret tells nobody: only sweeps find out
  if (outcome.result === 'unopened') retrySweep(bench, longestWaitMs)
  const { failed } = outcome.followUp
  for (const id of edited) bench.queue.done(id, failed.has(id) ? 'failed' : 'succeeded')
  comeBack(bench, outcome, edited)
  remindOfEnds(bench, intervalOf(bench) * (1 + intervalJitter), edited)
}

async function sweepsOf(bench: Bench): Promise<void> {
  while (await bench.timer.next()) {
    bench.changed = new Set()
    const { changed } = bench
    const outcome = await pass(bench, 'sweep', { changed: () => changed })
    bench.changed = undefined
    if (!outcome || outcome.result === 'unopened' || outcome.result === 'standby') {
      retrySweep(bench, outcome ? longestWaitMs : intervalOf(bench))
      continue
    }
    bench.failures = 0
    const intervalMs = intervalOf(bench) * (1 + intervalJitter * (2 * bench.ports.random() - 1))
    bench.timer.ask(intervalMs)
    for (const id of outcome.followUp.failed) bench.queue.add(id, { priority: priorities.retry, afterMs: firstRetryMs })
    comeBack(bench, outcome, undefined)
    remindOfEnds(bench, intervalMs)
  }
}

function retrySweep(bench: Bench, longestMs: number): void {
  const backoffMs = Math.min(longestMs, firstRetryMs * 2 ** bench.failures)
  bench.failures += 1
  bench.timer.ask(backoffMs * (0.5 + bench.ports.random() / 2))
}

/** What goes on by itself is looked at again when it may have; what another pass moved, at once. */
function comeBack(bench: Bench, { followUp }: EstateReport, edited: ReadonlySet<string> | undefined): void {
  const { queue } = bench
  for (const id of followUp.left) queue.add(id, { priority: priorities.retry })
  for (const id of followUp.later) {
    const afterMs = settledMs * (1 + bench.ports.random() / 10)
    queue.add(id, { priority: priorities.retry, afterMs })
  }
  const others = edited ? bench.held.difference(edited) : new Set<string>()
  bench.held = others.union(followUp.held)
}

/** Access that ends before the next sweep is taken away when it ends. */
function remindOfEnds(bench: Bench, intervalMs: number, edited?: ReadonlySet<string>): void {
  const nowMs = bench.clock.now()
  const all = bench.options.look()?.estate.members ?? []
  const members = edited ? all.filter((each) => edited.has(objectId(each))) : all
  for (const { atMs, file } of expiries(members.map(manifestOf))) {
    if (atMs > nowMs && atMs - nowMs <= intervalMs) bench.queue.add(file, { afterMs: atMs - nowMs })
  }
}

const defaultIntervalMs = 600_000
/** Whatever is written: everything is not to be read without a pause. */
const shortestIntervalMs = 10_000
/** A timer of Node that is set to more than 2^31 - 1 ms rings at once, and so would again and again. */
const longestIntervalMs = 20 * 24 * 3_600_000

function intervalOf({ options }: Bench): number {
  const organization = options.look()?.estate.organization
  const timing = organization && timingOf(manifestOf(organization))
  return Math.min(longestIntervalMs, Math.max(shortestIntervalMs, timing?.intervalMs ?? defaultIntervalMs))
}

/** One pass; undefined where it could not be made, which is told. */
async function pass(
  bench: Bench,
  kind: 'sweep' | 'edit',
  run: Omit<EstateRun, 'strays'>,
): Promise<EstateReport | undefined> {
  const { key, look, log, metrics } = bench.options
  const sight = look()
  if (!sight) return { result: 'released', followUp: nothing }
  const startedMs = bench.clock.now()
  metrics.credentialsEnd(key, declaredEnds(manifestOf(sight.estate.organization)))
  metrics.working(controller, 1)
  try {
    const report = await reconcileEstate(sight.estate, { ...run, strays: sight.strays }, bench.ports)
    told(bench, kind, report, startedMs)
    return report
  } catch (error) {
    if (!isExpected(error)) throw error
    const durationMs = bench.clock.now() - startedMs
    metrics.passFailed(key)
    metrics.reconciled({ controller, result: 'error', durationMs })
    if (!bench.stopped.aborted)
      log.warn('a pass could not be made and is tried again', { pass: kind, error, durationMs })
    return undefined
  } finally {
    metrics.working(controller, -1)
  }
}

/** What a later pass may not meet with any more. Anything else is a bug, and ends the process. */
const expected = [RemoteError, IncompleteReadError, ParkedError, KubeError, StateMovedError, StateUnreadableError]

const isExpected = (error: unknown): boolean => expected.some((each) => error instanceof each)

function told(
  bench: Bench,
  kind: 'sweep' | 'edit',
  { pass: made, result, followUp }: EstateReport,
  startedMs: number,
): void {
  const { key, log, metrics } = bench.options
  const durationMs = bench.clock.now() - startedMs
  const isRequeued = followUp.failed.size + followUp.left.size > 0
  metrics.reconciled({ controller, result: isRequeued ? 'requeue' : 'success', durationMs })
  if (!made) return log.info(`nothing was read: ${result}`, { pass: kind, durationMs })
  const { survey, outcomes } = made
  const { plan, diagnostics } = survey
  metrics.passed({ organization: key, kind, plan, diagnostics, outcomes, isWhole: kind === 'sweep', durationMs })
  const changes = outcomes.filter(({ result: each }) => each === 'done' || each === 'confirmed').length
  const facts = {
    pass: kind,
    changes,
    held: followUp.held.size,
    unread: plan.scopes.filter(({ unread }) => unread).length,
    scopes: plan.scopes.length,
    reads: made.readsMade,
    durationMs,
  }
  if (changes > 0 || followUp.failed.size > 0) log.info('a pass has changed or tried to change access', facts)
  else log.debug('a pass found nothing to change', facts)
}
