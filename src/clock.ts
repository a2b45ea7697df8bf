import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from './core/ports.ts'

const longestTimerMs = 2 ** 31 - 1

/** The machine's clock. Everything that needs the time is given a Clock, so that a test can stop it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    // a timer of Node that is set to more than this rings at once
    for (let leftMs = ms; leftMs > longestTimerMs; leftMs -= longestTimerMs)
      await wait(longestTimerMs, undefined, signal && { signal })
    await wait(ms % longestTimerMs, undefined, signal && { signal })
  },
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
