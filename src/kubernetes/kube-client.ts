import type { Json } from '../core/resource.ts'
import type { KubeObject, ObjectName, ResourceType } from './kube-object.ts'

export interface CallOptions {
  /** Ends the call; it then throws the signal's reason. */
  readonly signal?: AbortSignal
  /** For each try, from start to the last byte. Default 30 s. */
  readonly timeoutMs?: number
  /** Tries in all. Default 5. */
  readonly tries?: number
}

export interface ListOptions extends CallOptions {
  /** One namespace instead of all. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export interface KubeList<T extends KubeObject> {
  /** Where a watch goes on from. */
  readonly resourceVersion: string
  readonly items: readonly T[]
}

export interface WatchOptions {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Only what is newer is sent. */
  readonly resourceVersion: string
  /** The server ends the watch after this. */
  readonly timeoutSeconds: number
  /** Without a byte for this long the connection counts as dead. */
  readonly inactivityMs: number
  readonly signal?: AbortSignal
}

export type WatchEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }

export interface WriteOptions extends CallOptions {
  readonly subresource?: 'status'
  /** At most 128 characters. */
  readonly fieldManager?: string
}

export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string
  /** Takes fields from other managers. Default true: what a controller owns, it owns (KEP-555). */
  readonly force?: boolean
}

export type Patch =
  | { readonly type: 'merge'; readonly body: Json }
  | { readonly type: 'json'; readonly body: readonly { readonly [key: string]: Json }[] }

export interface DeleteOptions extends CallOptions {
  /** The server answers 409 where the object is another one, or was changed, by now. */
  readonly uid?: string
  readonly resourceVersion?: string
}

/**
 * The Kubernetes API, a call at a time. 429 and 503 with Retry-After are tried again for every verb, since they say that
 * nothing was done; resets, timeouts and other 5xx only for what may be done twice: reads, apply, merge patches,
 * deletions. Objects come deeply frozen, without `managedFields`.
 *
 * @throws KubeError
 */
export interface KubeClient {
  get<T extends KubeObject>(type: ResourceType, name: ObjectName, options?: CallOptions): Promise<T>
  /** All pages. */
  list<T extends KubeObject>(type: ResourceType, options?: ListOptions): Promise<KubeList<T>>
  /** Ends when the server ends it. An ERROR frame, a cut line and silence are thrown. Asks for bookmarks. */
  watch<T extends KubeObject>(type: ResourceType, options: WatchOptions): AsyncIterable<WatchEvent<T>>
  create<T extends KubeObject>(type: ResourceType, object: T, options?: WriteOptions): Promise<T>
  /** Server-side apply: the whole intent of `fieldManager`. Creates the object where there is none. */
  apply<T extends KubeObject>(type: ResourceType, object: T, options: ApplyOptions): Promise<T>
  patch<T extends KubeObject>(type: ResourceType, name: ObjectName, patch: Patch, options?: WriteOptions): Promise<T>
  /** Returns also where finalizers still hold the object. 404 is thrown like any other refusal. */
  delete(type: ResourceType, name: ObjectName, options?: DeleteOptions): Promise<void>
}
