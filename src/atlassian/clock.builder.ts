import type { Clock } from '../core/ports.ts'

/** A clock that moves only when somebody sleeps, and remembers how long. */
export function createTestClock(startMs = Date.parse('2026-03-01T12:00:00Z')): Clock & { readonly slept: number[] } {
  let nowMs = startMs
  const slept: number[] = []
  return {
    slept,
    now: () => nowMs,
    sleep: async (ms) => {
      slept.push(ms)
      nowMs += ms
    },
  }
}
