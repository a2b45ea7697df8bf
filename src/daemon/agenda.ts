import type { Touched } from './edits.ts'

/** When an organization is to be looked at next, and what of it. A value; times are milliseconds since 1970. */
export interface Agenda {
  readonly sweepAtMs: number
  /** Edits that were not looked at yet. */
  readonly edited: ReadonlySet<string>
  /** What did not come to its end, by its files; undefined where nothing is to be repeated. */
  readonly retry: { readonly atMs: number; readonly touched: Touched } | undefined
  /** How often in a row it did not. */
  readonly setbacks: number
  /** Ends of entries up to here are done. */
  readonly expiredUpToMs: number
}

export type Reason = 'sweep' | 'edit' | 'expiry' | 'retry'

/** What is to be done now. */
export interface Task {
  readonly reason: Reason
  readonly touched: Touched
}

/** `later`: it goes on by itself in a moment. `failed`: somebody or something is in the way. */
export interface Ended {
  readonly unfinished?: { readonly why: 'later' | 'failed'; readonly touched: Touched }
}

interface Expiry {
  readonly atMs: number
  readonly file: string
}

export interface Pace {
  readonly intervalMs: number
  /** The first one first. */
  readonly expiries: readonly Expiry[]
}

const firstRetryMs = { later: 2_000, failed: 30_000 } as const

/** Everything is looked at at once. */
export const newAgenda = (nowMs: number): Agenda => ({
  sweepAtMs: nowMs,
  edited: new Set(),
  retry: undefined,
  setbacks: 0,
  expiredUpToMs: nowMs,
})

export function withEdit(agenda: Agenda, touched: Touched, nowMs: number): Agenda {
  if (touched === 'everything') return { ...agenda, sweepAtMs: nowMs }
  return { ...agenda, edited: agenda.edited.union(touched) }
}

/** What is due: a sweep does all of it. */
export function dueTask(
  { sweepAtMs, edited, retry, expiredUpToMs }: Agenda,
  pace: Pace,
  nowMs: number,
): Task | undefined {
  if (sweepAtMs <= nowMs) return { reason: 'sweep', touched: 'everything' }
  const expired = new Set(
    pace.expiries.filter(({ atMs }) => atMs > expiredUpToMs && atMs <= nowMs).map(({ file }) => file),
  )
  const again = retry && retry.atMs <= nowMs ? retry.touched : new Set<string>()
  if (again === 'everything') return { reason: 'retry', touched: again }
  const touched = edited.union(expired).union(again)
  if (touched.size === 0) return undefined
  return { reason: edited.size > 0 ? 'edit' : expired.size > 0 ? 'expiry' : 'retry', touched }
}

/** How long there is nothing to do. */
export function idleMs({ sweepAtMs, edited, retry, expiredUpToMs }: Agenda, { expiries }: Pace, nowMs: number): number {
  if (edited.size > 0) return 0
  const expiryMs = expiries.find(({ atMs }) => atMs > expiredUpToMs)?.atMs ?? Infinity
  return Math.max(0, Math.min(sweepAtMs, expiryMs, retry?.atMs ?? Infinity) - nowMs)
}

/** As a task is taken: edits that come from now on are another one. */
export function begun(agenda: Agenda, { touched }: Task, pace: Pace, at: { nowMs: number; random: number }): Agenda {
  // a retry that was not due yet keeps its time
  const isTaken = touched === 'everything' || (agenda.retry?.atMs ?? 0) <= at.nowMs
  // apart from each other, so that many organizations do not all ask at the same moment
  const intervalMs = pace.intervalMs * (0.9 + at.random * 0.2)
  return {
    ...agenda,
    sweepAtMs: touched === 'everything' ? at.nowMs + intervalMs : agenda.sweepAtMs,
    edited: new Set(),
    retry: isTaken ? undefined : agenda.retry,
    expiredUpToMs: at.nowMs,
  }
}

/** After a pass: what did not come to its end is tried again, twice as late each time, a sweep's interval at most. */
export function ended(agenda: Agenda, { unfinished }: Ended, pace: Pace, nowMs: number): Agenda {
  if (!unfinished) return { ...agenda, setbacks: agenda.retry ? agenda.setbacks : 0 }
  const waitMs = Math.min(pace.intervalMs, firstRetryMs[unfinished.why] * 2 ** Math.min(agenda.setbacks, 20))
  const atMs = Math.min(nowMs + waitMs, agenda.retry?.atMs ?? Infinity)
  return {
    ...agenda,
    retry: { atMs, touched: united(unfinished.touched, agenda.retry?.touched) },
    setbacks: agenda.setbacks + 1,
  }
}

function united(one: Touched, other: Touched = new Set()): Touched {
  return one === 'everything' || other === 'everything' ? 'everything' : one.union(other)
}
