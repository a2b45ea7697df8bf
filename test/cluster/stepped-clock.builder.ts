import type { Clock } from '../../src/core/ports.ts'

/** A clock that stands still until somebody lets time pass. */
export interface SteppedClock extends Clock {
  /** Wakes whoever has slept long enough. */
  readonly pass: (ms: number) => void
  /** How many wait for time to pass. */
  readonly asleep: () => number
}

export function createSteppedClock(startMs: number): SteppedClock {
  let nowMs = startMs
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>()
  return {
    now: () => nowMs,
    asleep: () => sleepers.size,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { untilMs: nowMs + ms, wake: resolve }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper)
          reject(new Error('the sleep was ended'))
        })
      }),
    pass: (ms) => {
      nowMs += ms
      for (const sleeper of sleepers) {
        if (sleeper.untilMs > nowMs) continue
        sleepers.delete(sleeper)
        sleeper.wake()
      }
    },
  }
}
