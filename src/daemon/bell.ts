import { slept } from '../core/slept.ts'
import type { Clock } from '../core/ports.ts'

/** Wakes one who waits, before or while they wait: no ring is lost, and many are one. */
export interface Bell {
  readonly ring: () => void
  /** Until it rings, the time is over, or the signal is aborted. */
  readonly wait: (ms: number) => Promise<void>
}

/** Timers cannot wait longer than 24 days; whoever waits looks at the clock anyway. */
const longestMs = 3_600_000

export function createBell(clock: Clock, signal: AbortSignal): Bell {
  let isRung = false
  let wake: (() => void) | undefined
  return {
    ring: () => {
      isRung = true
      wake?.()
    },
    wait: async (ms) => {
      if (!isRung && !signal.aborted && ms > 0) {
        const woken = new AbortController()
        wake = () => woken.abort()
        await slept(clock, Math.min(ms, longestMs), AbortSignal.any([woken.signal, signal]))
        wake = undefined
      }
      isRung = false
    },
  }
}
