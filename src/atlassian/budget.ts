import type { Clock } from '../core/ports.ts'
import { allowanceOf, type Allowance, type Headers } from './rate-headers.ts'
import { slept } from '../core/slept.ts'

/** What one credential may do, shared by all work that uses it: limits count by credential, not by item. */
export interface Budget {
  /**
   * Runs `work` when there is a place and the credential is not parked.
   * @throws ParkedError where that would take longer than `patienceMs`, StoppedError
   */
  run<Result>(work: () => Promise<Result>, patienceMs: number, manner?: Manner): Promise<Result>
  /** Nothing starts before then: a 429 is meant for the credential, not for the one request that met it. */
  park(untilMs: number): void
  /**
   * Slows down where the headers of an answer say that little is left. `window`: whose headers they are, such as the
   * method and path, as each API counts by itself.
   */
  learn(headers: Headers, window: string): void
}

/** How a call stands in line. */
export interface Manner {
  /** Lets the calls of others go first. */
  readonly inBackground?: boolean | undefined
  /** Aborted: it does not wait for its turn any more. */
  readonly signal?: AbortSignal | undefined
}

/** It was told to stop before its turn came. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
}

/** The credential may do nothing until then. */
export class ParkedError extends Error {
  override readonly name = 'ParkedError'
  readonly untilMs: number

  constructor(untilMs: number) {
    super(`no requests are allowed before ${new Date(untilMs).toISOString()}`)
    this.untilMs = untilMs
  }
}

/** With enough left for no more requests than this, the rest is spread over the window. */
const scarce = 10
/** A window that is used up and ends sooner is waited for. */
const longestHoldMs = 60_000
/** However little is left, one request may go out this often: a 429 parks the credential anyway. */
const longestSpacingMs = 10_000

export function createBudget({ clock, concurrency }: { readonly clock: Clock; readonly concurrency: number }): Budget {
  const places = createPlaces(concurrency)
  const pace = createPace()
  const waitForTurn = async (patienceMs: number, signal: AbortSignal | undefined): Promise<void> => {
    const beganMs = clock.now()
    for (
      let startMs = pace.reserve(beganMs);
      startMs > clock.now();
      startMs = Math.max(startMs, pace.parkedUntilMs())
    ) {
      if (startMs - beganMs > patienceMs) throw new ParkedError(startMs)
      if (!(await slept(clock, startMs - clock.now(), signal))) throw new StoppedError('stopped before it went out')
    }
  }
  return {
    run: async (work, patienceMs, { inBackground = false, signal } = {}) => {
      const leave = await places.enter(inBackground)
      try {
        await waitForTurn(patienceMs, signal)
        pace.count()
        return await work()
      } finally {
        leave()
      }
    },
    park: (untilMs) => pace.park(untilMs),
    learn: (headers, window) => pace.learn(headers, window, clock.now()),
  }
}

function createPace() {
  let parkedUntilMs = 0
  let nextStartMs = 0
  let started = 0
  const windows = new Map<string, Window>()
  const spacingAt = (ms: number): number =>
    Math.max(0, ...[...windows.values()].filter(({ resetAtMs }) => ms < resetAtMs).map(({ spacingMs }) => spacingMs))
  const park = (untilMs: number): void => {
    parkedUntilMs = Math.max(parkedUntilMs, untilMs)
  }
  return {
    parkedUntilMs: () => parkedUntilMs,
    park,
    /** Another request goes out. */
    count: (): void => {
      started += 1
    },
    /** Takes the next moment at which a request may start. */
    reserve: (nowMs: number): number => {
      const startMs = Math.max(nowMs, parkedUntilMs, nextStartMs)
      const spacingMs = spacingAt(startMs)
      nextStartMs = spacingMs > 0 ? startMs + spacingMs : 0
      return startMs
    },
    learn: (headers: Headers, name: string, nowMs: number): void => {
      const allowance = allowanceOf(headers, nowMs)
      if (!allowance) return
      const window = windowAfter(windows.get(name), { allowance, started, nowMs })
      windows.set(name, window)
      if (window.remaining === 0 && window.resetAtMs - nowMs <= longestHoldMs) park(window.resetAtMs)
    },
  }
}

/** A stretch of a limit, as the answers tell of it. */
interface Window {
  readonly remaining: number
  readonly resetAtMs: number
  /** Requests of ours that had gone out when it was last told. */
  readonly started: number
  /** What was gone from it for each of our requests: points, and the requests of other processes. At least 1. */
  readonly cost?: number
  /** Between the starts of two requests. */
  readonly spacingMs: number
}

/** The `t` of the IETF form is in whole seconds, so that one end is told as two. */
const sameEndMs = 2_000
const isSameEnd = (one: number, other: number): boolean => Math.abs(one - other) <= sameEndMs

function windowAfter(
  before: Window | undefined,
  { allowance, started, nowMs }: { allowance: Allowance; started: number; nowMs: number },
): Window {
  const { remaining, resetAtMs, nearLimit } = allowance
  const same = before && isSameEnd(before.resetAtMs, resetAtMs) ? before : undefined
  const lost = same ? same.remaining - remaining : 0
  // answers come out of order: one that tells of more is an older one
  if (same && lost < 0) return same
  const requests = same ? started - same.started : 0
  const cost = costAfter(before?.cost, { lost, requests })
  const spacingMs = spacingOf(remaining / (cost ?? 1), { leftMs: resetAtMs - nowMs, nearLimit })
  return { remaining, resetAtMs, started, spacingMs, ...(cost !== undefined && { cost }) }
}

function spacingOf(requests: number, { leftMs, nearLimit }: { leftMs: number; nearLimit: boolean }): number {
  if (!nearLimit && requests > scarce) return 0
  return Math.min(longestSpacingMs, leftMs / Math.max(1, requests))
}

/** The mean with what was known: a page of a hundred costs more points than what comes after it. */
function costAfter(
  before: number | undefined,
  { lost, requests }: { lost: number; requests: number },
): number | undefined {
  if (requests <= 0 || lost <= 0) return before
  const cost = Math.max(1, lost / requests)
  return before === undefined ? cost : (cost + before) / 2
}

/** So many at a time, first come first served; and who waits in the background, when nobody else does. */
function createPlaces(count: number): { enter(inBackground: boolean): Promise<() => void> } {
  let free = count
  const waiting: (() => void)[] = []
  const waitingBehind: (() => void)[] = []
  const leave = (): void => {
    const next = waiting.shift() ?? waitingBehind.shift()
    if (next) next()
    else free += 1
  }
  return {
    enter: async (inBackground) => {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => (inBackground ? waitingBehind : waiting).push(resolve))
      return leave
    },
  }
}
