import type { Clock } from '../core/ports.ts'
import type { KubeClient } from './kube-client.ts'

export interface LeaseOptions {
  readonly client: KubeClient
  readonly namespace: string
  readonly name: string
  /** Of this process, different for each start: pod name and a UUID. */
  readonly identity: string
  /** Its time should be steady, not set by hand: freshness is counted on it. */
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly onAcquired?: () => void
  /** Not called on `release`. */
  readonly onLost?: () => void
  /** A try to get or to renew it failed, and is made again. */
  readonly onFault?: (error: unknown) => void
}

/** The right to be the one writer, as client-go's leader election gives it: it goes on by being renewed. */
export interface Lease {
  /** True only while a write may be begun. To be asked before each one. */
  readonly isFresh: (nowMs: number) => boolean
  /** Whether this process took it and has not lost it since. May be stale: writes ask `isFresh`. */
  readonly held: () => boolean
  /** The last holder that was seen; undefined where it is free. */
  readonly holder: () => string | undefined
  /** How often it changed hands, as the Lease object counts it. */
  readonly transitions: () => number
  /** Stops trying for it, and gives it back where it is held. To be called when no write is under way any more. */
  readonly release: () => Promise<void>
  /** Resolves after `release`, rejects on a bug. */
  readonly done: Promise<void>
}
