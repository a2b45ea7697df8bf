import type { Clock } from '../core/ports.ts'
import { slept } from '../core/slept.ts'

/** When everything is to be looked at next. The earliest of what was asked for counts. */
export interface SweepTimer {
  readonly ask: (afterMs: number) => void
  /** Resolves when it is time, true; false once `signal` has ended it. What is asked for from then on counts for the next. */
  readonly next: () => Promise<boolean>
}

export function createSweepTimer(clock: Clock, signal: AbortSignal): SweepTimer {
  let dueMs = Infinity
  let asked = Promise.withResolvers<void>()
  return {
    ask: (afterMs) => {
      const atMs = clock.now() + afterMs
      if (atMs >= dueMs) return
      dueMs = atMs
      asked.resolve()
    },
    next: async () => {
      while (!signal.aborted && clock.now() < dueMs) {
        asked = Promise.withResolvers()
        await sleptUntil(clock, dueMs, { signal, asked: asked.promise })
      }
      dueMs = Infinity
      return !signal.aborted
    },
  }
}

/** Or until an earlier time is asked for. */
async function sleptUntil(
  clock: Clock,
  dueMs: number,
  { signal, asked }: { readonly signal: AbortSignal; readonly asked: Promise<void> },
): Promise<void> {
  const woken = new AbortController()
  const wake = (): void => woken.abort()
  signal.addEventListener('abort', wake, { once: true })
  try {
    const time = dueMs === Infinity ? never(woken.signal) : slept(clock, dueMs - clock.now(), woken.signal)
    await Promise.race([time, asked])
  } finally {
    signal.removeEventListener('abort', wake)
    woken.abort()
  }
}

const never = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
