import type { Clock } from '../core/ports.ts'
import { allowanceOf, type Headers } from './rate-headers.ts'

/** What one credential may do, shared by all work that uses it: limits count by credential, not by item. */
export interface Budget {
  /**
   * Runs `work` when there is a place and the credential is not parked.
   * @throws ParkedError where that would take longer than `patienceMs`.
   */
  run<Result>(work: () => Promise<Result>, patienceMs: number): Promise<Result>
  /** Nothing starts before then: a 429 is meant for the credential, not for the one request that met it. */
  park(untilMs: number): void
  /** Slows down where the headers of an answer say that little is left. */
  learn(headers: Headers): void
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

/** At this many left requests or points, the rest is spread over the window. */
const scarce = 10
/** However little is left, one request may go out this often: a 429 parks the credential anyway. */
const longestSpacingMs = 10_000

export function createBudget({ clock, concurrency }: { readonly clock: Clock; readonly concurrency: number }): Budget {
  const places = createPlaces(concurrency)
  const pace = createPace()
  const waitForTurn = async (patienceMs: number): Promise<void> => {
    const beganMs = clock.now()
    for (
      let startMs = pace.reserve(beganMs);
      startMs > clock.now();
      startMs = Math.max(startMs, pace.parkedUntilMs())
    ) {
      if (startMs - beganMs > patienceMs) throw new ParkedError(startMs)
      await clock.sleep(startMs - clock.now())
    }
  }
  return {
    run: async (work, patienceMs) => {
      const leave = await places.enter()
      try {
        await waitForTurn(patienceMs)
        return await work()
      } finally {
        leave()
      }
    },
    park: (untilMs) => pace.park(untilMs),
    learn: (headers) => pace.learn(headers, clock.now()),
  }
}

function createPace() {
  let parkedUntilMs = 0
  let spacingMs = 0
  let spacedUntilMs = 0
  let nextStartMs = 0
  return {
    parkedUntilMs: () => parkedUntilMs,
    park: (untilMs: number): void => {
      parkedUntilMs = Math.max(parkedUntilMs, untilMs)
    },
    /** Takes the next moment at which a request may start. */
    reserve: (nowMs: number): number => {
      const startMs = Math.max(nowMs, parkedUntilMs, nextStartMs)
      nextStartMs = startMs < spacedUntilMs ? startMs + spacingMs : 0
      return startMs
    },
    learn: (headers: Headers, nowMs: number): void => {
      const allowance = allowanceOf(headers, nowMs)
      if (!allowance || !(allowance.nearLimit || allowance.remaining <= scarce)) return
      spacedUntilMs = allowance.resetAtMs
      spacingMs = Math.min(longestSpacingMs, (allowance.resetAtMs - nowMs) / Math.max(1, allowance.remaining))
    },
  }
}

/** So many at a time, first come first served. */
function createPlaces(count: number): { enter(): Promise<() => void> } {
  let free = count
  const waiting: (() => void)[] = []
  const leave = (): void => {
    const next = waiting.shift()
    if (next) next()
    else free += 1
  }
  return {
    enter: async () => {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      return leave
    },
  }
}
