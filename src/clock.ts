import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from './core/ports.ts'

/** The machine's clock. Everything that needs the time is given a Clock, so that a test can stop it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => wait(ms, undefined, signal && { signal }),
  every: (ms, work) => {
    const timer = setInterval(work, ms)
    // a heartbeat is no reason to go on living
    timer.unref()
    return () => clearInterval(timer)
  },
}

/**
 * Its `now` counts from the start of the process and nobody sets it, so it measures how long things take: a wall clock
 * that is put right must not make a stale Lease fresh, or let silence pass for life.
 */
export const steadyClock: Clock = { now: () => performance.now(), sleep: systemClock.sleep }
