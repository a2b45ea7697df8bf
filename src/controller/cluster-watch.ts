import type { Clock } from '../core/ports.ts'
import type { KubeClient } from '../kubernetes/kube-client.ts'
import { namespaceType, objectKey, type KubeObject } from '../kubernetes/kube-object.ts'
import type { ObjectChange } from '../kubernetes/object-store.ts'
import { startReflector, type Reflector } from '../kubernetes/reflector.ts'
import type { ClusterObject } from './cluster-object.ts'
import { rosterTypes } from './resource-types.ts'

export interface ClusterWatchOptions {
  readonly client: KubeClient
  /** Empty: all, and then namespaces are watched as well, for delegations that select by label. */
  readonly namespaces: readonly string[]
  readonly onChange: (change: ObjectChange<ClusterObject>) => void
  /** Labels of a namespace have changed. */
  readonly onNamespace: (namespace: string) => void
  /** A list or a watch failed, and is tried again. */
  readonly onFault: (kind: string, error: unknown) => void
  readonly signal: AbortSignal
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
}

/** Everything of Roster's kinds that there is in the cluster, kept up by watches. */
export interface ClusterWatch {
  readonly objects: () => readonly ClusterObject[]
  readonly newest: (object: ClusterObject) => ClusterObject | undefined
  readonly labelsOf: (namespace: string) => Readonly<Record<string, string>> | undefined
  /** Whether objects of a namespace would be seen. */
  readonly sees: (namespace: string) => boolean
  /** Kinds that were not listed yet. */
  readonly unsynced: () => readonly string[]
  readonly whenSynced: Promise<void>
  /** Changes that a watch did not tell. Must stay 0. */
  readonly missed: () => number
  /** Resolves when the signal has ended it, rejects on a bug. */
  readonly done: Promise<void>
}

interface Watched {
  readonly kind: string
  readonly namespace: string | undefined
  readonly reflector: Reflector<ClusterObject>
}

export function watchCluster(options: ClusterWatchOptions): ClusterWatch {
  const { namespaces, onChange, onFault, onNamespace, ...rest } = options
  const places = namespaces.length === 0 ? [undefined] : namespaces
  const watched: readonly Watched[] = [...rosterTypes].flatMap(([kind, type]) =>
    places.map((namespace) => {
      const place = namespace === undefined ? {} : { namespace }
      const onChangeOf = { onChange, onFault: (error: unknown) => onFault(kind, error) }
      return { kind, namespace, reflector: startReflector<ClusterObject>({ ...rest, ...place, ...onChangeOf, type }) }
    }),
  )
  const spaces =
    namespaces.length === 0
      ? startReflector<KubeObject>({
          ...rest,
          type: namespaceType,
          onChange: ({ key }) => onNamespace(key),
          onFault: (error) => onFault('Namespace', error),
        })
      : undefined
  const all = [...watched.map(({ reflector }) => reflector), ...(spaces ? [spaces] : [])]
  return {
    objects: () => watched.flatMap(({ reflector }) => [...reflector.store.values()]),
    newest: ({ kind, metadata: { namespace = '', name } }) =>
      watched
        .find((each) => each.kind === kind && (each.namespace ?? namespace) === namespace)
        ?.reflector.store.get(objectKey({ namespace, name })),
    labelsOf: (namespace) => {
      const found = spaces?.store.get(namespace)
      return found && { ...found.metadata.labels }
    },
    sees: (namespace) => namespaces.length === 0 || namespaces.includes(namespace),
    unsynced: () => [
      ...new Set(watched.filter(({ reflector }) => !reflector.synced()).map(({ kind }) => kind)),
      ...(spaces && !spaces.synced() ? ['Namespace'] : []),
    ],
    whenSynced: Promise.all(all.map(({ whenSynced }) => whenSynced)).then(() => undefined),
    missed: () => all.reduce((sum, { counts }) => sum + counts().missed, 0),
    done: Promise.all(all.map(({ done }) => done)).then(() => undefined),
  }
}
