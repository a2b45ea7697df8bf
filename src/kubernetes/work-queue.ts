import type { Clock } from '../core/ports.ts'
import { slept } from '../core/slept.ts'

/** Edits of people go before sweeps, whatever came first. */
export const priorities = { edit: 100, retry: 50, sweep: 0 } as const

export interface AddOptions {
  /** Higher goes first. Default `priorities.edit`. Of two adds of a key the higher counts. */
  readonly priority?: number
  /** Not before this. Of two adds of a key the earlier counts. */
  readonly afterMs?: number
}

export interface Taken<Key> {
  readonly key: Key
  readonly priority: number
  /** How often it failed in a row. */
  readonly failures: number
  /** How long it waited since it was due. */
  readonly waitedMs: number
}

/**
 * Keys that are due for work: a key that waits is held once, and one that is worked upon is not given out a second
 * time but again after `done` (client-go's workqueue). So no key runs twice at once and no wake-up is lost.
 */
export interface WorkQueue<Key> {
  add(key: Key, options?: AddOptions): void
  /** The key to work upon next, once there is one; undefined after `shutDown`. Give it back by `done`. */
  take(): Promise<Taken<Key> | undefined>
  /** At once, all keys that are due, for one pass over them together; empty where there are none. */
  takeAll(accept?: (key: Key) => boolean): readonly Taken<Key>[]
  /** Work on the key ended: well, or badly so that it comes again after its backoff. */
  done(key: Key, outcome?: 'succeeded' | 'failed'): void
  /** Forgets a key that waits, with its failures. What runs goes on. */
  drop(key: Key): void
  /** How many wait and are due, by priority. */
  depth(): ReadonlyMap<number, number>
  /** How long the longest running one has run. */
  longestRunningMs(): number
  /** No key is given out any more. Resolves when all that run are done. */
  shutDown(): Promise<void>
}

/** What controller-runtime tells as `workqueue_*`. */
export interface QueueMetrics {
  readonly added?: (priority: number) => void
  readonly retried?: () => void
  readonly started?: (waitedMs: number) => void
  readonly finished?: (ranMs: number) => void
}

export interface WorkQueueOptions {
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly metrics?: QueueMetrics
  /** First and longest wait of a key that failed. Default 750 ms and 15 min, as Flux has it. */
  readonly backoff?: { readonly firstMs: number; readonly longestMs: number }
}

const defaultBackoff = { firstMs: 750, longestMs: 900_000 }

interface Waiting {
  readonly priority: number
  readonly dueMs: number
  /** Which of two equals goes first. */
  readonly order: number
}

interface Running {
  readonly startedMs: number
  readonly priority: number
}

interface Desk<Key> {
  readonly options: WorkQueueOptions
  readonly waiting: Map<Key, Waiting>
  readonly running: Map<Key, Running>
  /** Asked for again while they run. */
  readonly again: Map<Key, Waiting>
  readonly failures: Map<Key, number>
  readonly takers: ((taken: Taken<Key> | undefined) => void)[]
  order: number
  alarm: { readonly atMs: number; readonly off: AbortController } | undefined
  closed: boolean
  readonly idle: PromiseWithResolvers<void>
}

export function createWorkQueue<Key>(options: WorkQueueOptions): WorkQueue<Key> {
  const desk: Desk<Key> = {
    options,
    waiting: new Map(),
    running: new Map(),
    again: new Map(),
    failures: new Map(),
    takers: [],
    order: 0,
    alarm: undefined,
    closed: false,
    idle: Promise.withResolvers(),
  }
  return {
    add: (key, added) => put(desk, key, added),
    take: () =>
      new Promise((resolve) => {
        desk.takers.push(resolve)
        serve(desk)
      }),
    takeAll: (accept = () => true) => due(desk).flatMap((key) => (accept(key) ? start(desk, key) : [])),
    done: (key, outcome = 'succeeded') => finish(desk, key, outcome),
    drop: (key) => {
      for (const held of [desk.waiting, desk.again, desk.failures]) held.delete(key)
    },
    depth: () => depthOf(desk),
    longestRunningMs: () => {
      const starts = [...desk.running.values()].map(({ startedMs }) => startedMs)
      return starts.length === 0 ? 0 : options.clock.now() - Math.min(...starts)
    },
    shutDown: () => {
      desk.closed = true
      desk.alarm?.off.abort()
      serve(desk)
      if (desk.running.size === 0) desk.idle.resolve()
      return desk.idle.promise
    },
  }
}

function put<Key>(desk: Desk<Key>, key: Key, { priority = priorities.edit, afterMs = 0 }: AddOptions = {}): void {
  if (desk.closed) return
  desk.options.metrics?.added?.(priority)
  desk.order += 1
  const place = desk.running.has(key) ? desk.again : desk.waiting
  const asked = { priority, dueMs: desk.options.clock.now() + afterMs, order: desk.order }
  const held = place.get(key)
  place.set(key, held === undefined ? asked : united(held, asked))
  serve(desk)
}

/** Raised to a higher priority it goes behind those that had it before. */
const united = (held: Waiting, asked: Waiting): Waiting => ({
  priority: Math.max(held.priority, asked.priority),
  dueMs: Math.min(held.dueMs, asked.dueMs),
  order: held.priority >= asked.priority ? held.order : asked.order,
})

function finish<Key>(desk: Desk<Key>, key: Key, outcome: 'succeeded' | 'failed'): void {
  const { clock, metrics } = desk.options
  const ran = desk.running.get(key)
  if (ran === undefined) throw new Error(`done was told of ${String(key)}, which is not worked upon`)
  desk.running.delete(key)
  metrics?.finished?.(clock.now() - ran.startedMs)
  const again = desk.again.get(key)
  desk.again.delete(key)
  if (again !== undefined) desk.waiting.set(key, again)
  if (outcome === 'succeeded') desk.failures.delete(key)
  else putBack(desk, key, ran.priority)
  if (desk.closed && desk.running.size === 0) desk.idle.resolve()
  serve(desk)
}

function putBack<Key>(desk: Desk<Key>, key: Key, priority: number): void {
  const { metrics, random, backoff: { firstMs, longestMs } = defaultBackoff } = desk.options
  const failures = (desk.failures.get(key) ?? 0) + 1
  desk.failures.set(key, failures)
  metrics?.retried?.()
  const backoffMs = Math.min(longestMs, firstMs * 2 ** (failures - 1))
  put(desk, key, { priority, afterMs: Math.round(backoffMs * (0.5 + random() / 2)) })
}

/** Keys that may be worked upon now, in their order. */
function due<Key>({ waiting, closed, options }: Desk<Key>): readonly Key[] {
  if (closed) return []
  const nowMs = options.clock.now()
  const ready = [...waiting].filter(([, { dueMs }]) => dueMs <= nowMs)
  return ready
    .toSorted(([, one], [, other]) => other.priority - one.priority || one.order - other.order)
    .map(([key]) => key)
}

function start<Key>(desk: Desk<Key>, key: Key): Taken<Key> {
  const nowMs = desk.options.clock.now()
  const { priority, dueMs } = desk.waiting.get(key)!
  desk.waiting.delete(key)
  desk.running.set(key, { startedMs: nowMs, priority })
  desk.options.metrics?.started?.(nowMs - dueMs)
  return { key, priority, failures: desk.failures.get(key) ?? 0, waitedMs: nowMs - dueMs }
}

/** Gives out what is due to whoever waits for it, and sees to be called again when more is. */
function serve<Key>(desk: Desk<Key>): void {
  if (desk.closed) for (const taker of desk.takers.splice(0)) taker(undefined)
  if (desk.takers.length === 0) return
  for (const key of due(desk).slice(0, desk.takers.length)) desk.takers.shift()!(start(desk, key))
  if (desk.takers.length > 0) setAlarm(desk)
}

function setAlarm<Key>(desk: Desk<Key>): void {
  const { clock } = desk.options
  const atMs = Math.min(...[...desk.waiting.values()].map(({ dueMs }) => dueMs))
  if (atMs === Infinity || atMs === desk.alarm?.atMs) return
  desk.alarm?.off.abort()
  const alarm = { atMs, off: new AbortController() }
  desk.alarm = alarm
  void slept(clock, Math.max(0, atMs - clock.now()), alarm.off.signal).then((rang) => {
    if (!rang) return
    desk.alarm = undefined
    serve(desk)
  })
}

function depthOf<Key>(desk: Desk<Key>): ReadonlyMap<number, number> {
  const depths = new Map<number, number>()
  for (const key of due(desk)) {
    const { priority } = desk.waiting.get(key)!
    depths.set(priority, (depths.get(priority) ?? 0) + 1)
  }
  return depths
}
