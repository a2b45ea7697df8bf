import type { Clock } from '../core/ports.ts'
import type { KubeClient } from './kube-client.ts'
import type { KubeObject, ResourceType } from './kube-object.ts'

/** What happened to one object. `key` is `namespace/name`. An object made anew under the same name is deleted, then added. */
export type ObjectChange<T extends KubeObject> =
  /** `initial`: it was there when the reflector began, so it can wait for what people do meanwhile. */
  | { readonly type: 'Added'; readonly key: string; readonly object: T; readonly initial: boolean }
  | { readonly type: 'Updated'; readonly key: string; readonly object: T; readonly previous: T }
  | { readonly type: 'Deleted'; readonly key: string; readonly object: T }

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: KubeClient
  readonly type: ResourceType
  /** One namespace instead of all. */
  readonly namespace?: string
  readonly labelSelector?: string
  /** Called in order, after the store holds the change. Must not throw: that is a bug, and ends the reflector. */
  readonly onChange: (change: ObjectChange<T>) => void
  /** A list or a watch failed, and is tried again. */
  readonly onFault?: (error: unknown) => void
  /** Ends it. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
}

export interface Reflector<T extends KubeObject> {
  /** Live: the newest known state of every object, by key. */
  readonly store: ReadonlyMap<string, T>
  /** Whether the store has held everything once. */
  readonly synced: () => boolean
  /** Resolves then; rejects with the signal's reason where it is ended before. */
  readonly whenSynced: Promise<void>
  /** Since the server last said anything, bookmarks included (about one a minute). */
  readonly lastEventAgeMs: () => number
  readonly counts: () => ReflectorCounts
  /** Resolves when the signal has ended it, rejects on a bug. */
  readonly done: Promise<void>
}

export interface ReflectorCounts {
  readonly lists: number
  readonly watches: number
  readonly faults: number
  /** Changes that the watch did not tell, found by the safety list. Must stay 0. */
  readonly missed: number
}
