import { setTimeout as wait } from 'node:timers/promises'

/** How long a fault lasts, where the length is what is tested. Never to wait for something to happen: that is polled. */
export const pass = (ms: number): Promise<void> => wait(ms)
