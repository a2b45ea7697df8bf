import type { WatchEvent } from './kube-client.ts'
import { objectKey, type KubeObject } from './kube-object.ts'

/** What happened to one object. `key` is `namespace/name`. An object made anew under the same name is deleted, then added. */
export type ObjectChange<T extends KubeObject> =
  /** `initial`: it was there when the reflector began, so it can wait for what people do meanwhile. */
  | { readonly type: 'Added'; readonly key: string; readonly object: T; readonly initial: boolean }
  | { readonly type: 'Updated'; readonly key: string; readonly object: T; readonly previous: T }
  | { readonly type: 'Deleted'; readonly key: string; readonly object: T }

export interface ObjectStore<T extends KubeObject> {
  readonly objects: ReadonlyMap<string, T>
  /** All that there is now. Tells what differs, and nothing else. */
  readonly replace: (items: readonly T[]) => void
  /** One event of a watch. Tells nothing where the store knows it already. */
  readonly take: (event: Exclude<WatchEvent<T>, { readonly type: 'BOOKMARK' }>) => void
}

/** The copy that a reflector keeps, and what changes in it. */
export function createObjectStore<T extends KubeObject>(onChange: (change: ObjectChange<T>) => void): ObjectStore<T> {
  const objects = new Map<string, T>()
  let filled = false
  const remove = (key: string, object: T): void => {
    objects.delete(key)
    onChange({ type: 'Deleted', key, object })
  }
  const put = (key: string, object: T): void => {
    const previous = objects.get(key)
    if (previous?.metadata.uid === object.metadata.uid) {
      if (previous?.metadata.resourceVersion === object.metadata.resourceVersion && previous !== undefined) return
    } else if (previous !== undefined) remove(key, previous)
    const updated = objects.get(key)
    objects.set(key, object)
    if (updated === undefined) onChange({ type: 'Added', key, object, initial: !filled })
    else onChange({ type: 'Updated', key, object, previous: updated })
  }
  return {
    objects,
    replace: (items) => {
      const found = new Map(items.map((item) => [objectKey(item.metadata), item]))
      for (const [key, object] of objects) if (!found.has(key)) remove(key, object)
      for (const [key, object] of found) put(key, object)
      filled = true
    },
    take: ({ type, object }) => {
      const key = objectKey(object.metadata)
      if (type !== 'DELETED') put(key, object)
      // a deletion of one that was made anew since is told of already
      else if (objects.get(key)?.metadata.uid === object.metadata.uid) remove(key, object)
    },
  }
}
