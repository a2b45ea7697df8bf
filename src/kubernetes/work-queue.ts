import type { Clock } from '../core/ports.ts'

/** Edits of people go before sweeps, whatever came first. */
export const priorities = { edit: 100, retry: 50, sweep: 0 } as const

export interface AddOptions {
  /** Higher goes first. Default `priorities.edit`. Of two adds of a key the higher counts. */
  readonly priority?: number
  /** Not before this. Of two adds of a key the earlier counts. */
  readonly afterMs?: number
}

export interface Taken<Key> {
  readonly key: Key
  readonly priority: number
  /** How often it failed in a row. */
  readonly failures: number
  /** How long it waited since it was due. */
  readonly waitedMs: number
}

/**
 * Keys that are due for work: a key that waits is held once, and one that is worked upon is not given out a second
 * time but again after `done` (client-go's workqueue). So no key runs twice at once and no wake-up is lost.
 */
export interface WorkQueue<Key> {
  add(key: Key, options?: AddOptions): void
  /** The key to work upon next, once there is one; undefined after `shutDown`. Give it back by `done`. */
  take(): Promise<Taken<Key> | undefined>
  /** At once, all keys that are due, for one pass over them together; empty where there are none. */
  takeAll(accept?: (key: Key) => boolean): readonly Taken<Key>[]
  /** Work on the key ended: well, or badly so that it comes again after its backoff. */
  done(key: Key, outcome?: 'succeeded' | 'failed'): void
  /** Forgets a key that waits, with its failures. What runs goes on. */
  drop(key: Key): void
  /** How many wait and are due, by priority. */
  depth(): ReadonlyMap<number, number>
  /** How long the longest running one has run. */
  longestRunningMs(): number
  /** No key is given out any more. Resolves when all that run are done. */
  shutDown(): Promise<void>
}

/** What controller-runtime tells as `workqueue_*`. */
export interface QueueMetrics {
  readonly added?: (priority: number) => void
  readonly retried?: () => void
  readonly started?: (waitedMs: number) => void
  readonly finished?: (ranMs: number) => void
}

export interface WorkQueueOptions {
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly metrics?: QueueMetrics
  /** First and longest wait of a key that failed. Default 750 ms and 15 min, as Flux has it. */
  readonly backoff?: { readonly firstMs: number; readonly longestMs: number }
}
