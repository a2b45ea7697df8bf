import { newSeries, type EventObject, type EventSeries } from './event-series.ts'
import type { EventFact, EventRecorder, EventRecorderOptions } from './events.ts'
import { isKubeStatus, KubeError, type KubeFailure } from './kube-error.ts'
import { eventType, objectKey } from './kube-object.ts'
import { slept } from '../core/slept.ts'
import { createSpamFilter, type SpamFilter } from './spam-filter.ts'

/** Those of client-go (tools/events/event_broadcaster.go). */
const silenceMs = 6 * 60_000
const refreshMs = 30 * 60_000
const queueLimit = 1_000
const maxTries = 12
const longestDelayMs = 10_000

const firstDelayMs = 500
const sweepMs = 60_000

interface Desk {
  readonly options: EventRecorderOptions
  readonly filter: SpamFilter
  /** Those that go on: the same event again counts up. */
  readonly series: Map<string, EventSeries>
  /** Each at most once: what is written is what holds when its turn comes. */
  readonly queue: Set<EventSeries>
  writing: boolean
  serial: number
  readonly idle: (() => void)[]
}

/** Writes one event at a time, and until `signal` ends it. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const filter = createSpamFilter()
  const desk: Desk = { options, filter, series: new Map(), queue: new Set(), writing: false, serial: 0, idle: [] }
  void sweepNowAndThen(desk)
  return {
    record: (fact) => record(desk, fact),
    flush: () => {
      for (const series of desk.series.values()) if (isUntold(series)) enqueue(desk, series)
      return desk.writing ? new Promise((resolve) => desk.idle.push(resolve)) : Promise.resolve()
    },
  }
}

function record(desk: Desk, fact: EventFact): void {
  const { clock, signal, onLost } = desk.options
  const nowMs = clock.now()
  const key = keyOf(fact)
  const known = desk.series.get(key)
  if (known !== undefined && nowMs - known.lastMs < silenceMs) return countUp(desk, known, nowMs)
  const { uid = objectKey(fact.regarding.metadata) } = fact.regarding.metadata
  if (signal.aborted || desk.queue.size >= queueLimit || !desk.filter.allows(uid, nowMs)) return onLost?.(fact)
  desk.serial += 1
  const series = newSeries(desk.options, fact, desk.serial)
  desk.series.set(key, series)
  enqueue(desk, series)
}

/** The first repetition is told at once, those after it when the series ends, or each half an hour. */
function countUp(desk: Desk, series: EventSeries, nowMs: number): void {
  series.count += 1
  series.lastMs = nowMs
  if (series.written < 2) enqueue(desk, series)
}

/** What it is, not who it is about by name: an object made anew has events of its own. */
const keyOf = ({ regarding: { apiVersion, kind, metadata }, type, reason, action, note }: EventFact): string =>
  JSON.stringify([apiVersion, kind, objectKey(metadata), metadata.uid, type, reason, action, note])

const isUntold = ({ count, sending, written }: EventSeries): boolean => count > Math.max(sending, written)

function enqueue(desk: Desk, series: EventSeries): void {
  desk.queue.add(series)
  if (!desk.writing) void writeAll(desk)
}

async function writeAll(desk: Desk): Promise<void> {
  desk.writing = true
  for (const series of desk.queue) {
    desk.queue.delete(series)
    if (series.count > series.written) await writeOrLose(desk, series)
    series.sending = 0
  }
  desk.writing = false
  for (const resolve of desk.idle.splice(0)) resolve()
}

async function writeOrLose(desk: Desk, series: EventSeries): Promise<void> {
  const { clock, random, signal } = desk.options
  let problem: KubeFailure | undefined
  for (let tries = 1; tries <= maxTries && !signal.aborted; tries += 1) {
    problem = await writeOrFail(desk, series)
    if (problem === undefined) return
    if (isFinal(problem)) break
    const backoffMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (tries - 1)) * (0.5 + random() / 2)
    await slept(clock, Math.max(problem.retryAfterMs ?? 0, backoffMs), signal)
  }
  lose(desk, series, signal.aborted ? undefined : problem)
}

/** An answer that would be the same another time: a namespace that ends, a right that is missing, an invalid event. */
const isFinal = ({ status = 500 }: KubeFailure): boolean => status < 500 && status !== 429

function lose({ series: held, queue, options: { onLost } }: Desk, series: EventSeries, failure?: KubeFailure): void {
  // told again, it is an event of its own
  for (const [key, each] of held) if (each === series) held.delete(key)
  queue.delete(series)
  onLost?.(series.fact, failure && new KubeError(failure))
}

async function writeOrFail(desk: Desk, series: EventSeries): Promise<KubeFailure | undefined> {
  const { count } = series
  const { clock, signal } = desk.options
  series.sending = count
  try {
    await write(desk, series)
  } catch (error) {
    // what is under way when all ends is thrown as the signal's reason
    if (signal.aborted) return { request: 'events' }
    if (!(error instanceof KubeError)) throw error
    return error.failure
  }
  series.written = count
  series.writtenMs = clock.now()
  return undefined
}

async function write({ options: { client, signal } }: Desk, series: EventSeries): Promise<void> {
  const object = series.object()
  const { name, namespace = '' } = object.metadata
  if (series.written === 0) {
    try {
      await client.create<EventObject>(eventType, object, { signal })
      return
    } catch (error) {
      // its name is its own: an earlier try did arrive
      if (!isKubeStatus(error, 409)) throw error
      if (object.series === undefined) return
    }
  }
  try {
    const patch = { type: 'merge', body: { series: { ...object.series! } } } as const
    await client.patch(eventType, { name, namespace }, patch, { signal })
  } catch (error) {
    // events are kept for an hour
    if (!isKubeStatus(error, 404)) throw error
    await client.create<EventObject>(eventType, object, { signal })
  }
}

async function sweepNowAndThen(desk: Desk): Promise<void> {
  const { clock, signal } = desk.options
  while (await slept(clock, sweepMs, signal)) {
    const nowMs = clock.now()
    for (const [key, series] of desk.series) {
      const ended = nowMs - series.lastMs >= silenceMs
      if (ended) desk.series.delete(key)
      const due = ended || nowMs - series.writtenMs >= refreshMs
      if (due && isUntold(series)) enqueue(desk, series)
    }
  }
}
