import { KubeError } from '../kubernetes/kube-error.ts'
import { objectId, type ClusterObject } from './cluster-object.ts'
import type { ObjectWrites } from './object-writes.ts'

export interface GuardedWrites extends ObjectWrites {
  /** Ids of the objects of which the API server took a write amiss. */
  readonly refused: ReadonlySet<string>
}

export interface Guard {
  /** Whether the lease is fresh. */
  readonly mayWrite: () => boolean
  /** Of this one nothing is kept back: without it nothing goes on. */
  readonly organization?: ClusterObject
  readonly onRefused?: (id: string, error: KubeError) => void
}

/**
 * Writes of one pass. A process that was stopped for a while must not say over the new writer's words what it knew then.
 * And what is refused for one object, by an admission webhook of its namespace or as it is not valid any more, is noted
 * and stops none of the others; a server that does not answer stops the pass.
 */
export function guardedWrites(objects: ObjectWrites, { mayWrite, organization, onRefused }: Guard): GuardedWrites {
  const refused = new Set<string>()
  const guarded = async (object: ClusterObject, write: () => Promise<void>): Promise<void> => {
    try {
      await write()
    } catch (error) {
      if (!isRefusal(error) || object === organization) throw error
      refused.add(objectId(object))
      onRefused?.(objectId(object), error)
    }
  }
  return {
    refused,
    hold: (object) => guarded(object, () => objects.hold(object)),
    release: async (object, why) => {
      if (mayWrite()) await guarded(object, () => objects.release(object, why))
    },
    tell: async (object, status) => {
      if (mayWrite()) await guarded(object, () => objects.tell(object, status))
    },
  }
}

/** 500 is what the server answers where a webhook cannot be called. 401, 429 and 503 are about ourselves or all. */
const refusals: readonly (number | undefined)[] = [400, 403, 409, 413, 422, 500]

const isRefusal = (error: unknown): error is KubeError => error instanceof KubeError && refusals.includes(error.status)
