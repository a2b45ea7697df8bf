import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from './core/ports.ts'

/** The machine's clock. Everything that needs the time is given a Clock, so that a test can stop it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => wait(ms, undefined, signal && { signal }),
}
