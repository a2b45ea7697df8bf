import type { Clock } from '../core/ports.ts'
import type { EventRecorder } from '../kubernetes/events.ts'
import type { KubeClient } from '../kubernetes/kube-client.ts'
import { isKubeStatus } from '../kubernetes/kube-error.ts'
import { applyStatus, type Condition, type Status, type Transition } from '../kubernetes/status.ts'
import { finalizer, holdsFinalizer, type ClusterObject } from './cluster-object.ts'
import { rosterType } from './resource-types.ts'

/** Field manager, and the value of `app.kubernetes.io/managed-by`. */
export const managedBy = 'roster'

/** What a pass writes into the cluster beside its state. An object that is gone by then is nobody's mistake. */
export interface ObjectWrites {
  /** Adds the finalizer. Resolves once the API server has it: what is written afterwards can be withdrawn. */
  hold(object: ClusterObject): Promise<void>
  /** Removes the finalizer, which lets the object go. `why`: told in an event. */
  release(object: ClusterObject, why?: string): Promise<void>
  /** Writes the status where it says something else than before, and tells of transitions. */
  tell(object: ClusterObject, status: Status): Promise<void>
}

export interface ObjectWriteOptions {
  readonly client: KubeClient
  readonly events: EventRecorder
  readonly clock: Clock
  /** As the watch has it by now, which may be newer than what a pass began with. */
  readonly newest: (object: ClusterObject) => ClusterObject | undefined
}

const conditionTypes = ['Ready', 'Reconciling', 'Stalled', 'Drifted', 'Held', 'Incomplete']

export function createObjectWrites(options: ObjectWriteOptions): ObjectWrites {
  const { client, events, clock, newest } = options
  const record = (regarding: ClusterObject, { reason, note, isWarning }: Fact): void =>
    events.record({ regarding, type: isWarning ? 'Warning' : 'Normal', reason, action: 'Reconcile', note })
  return {
    hold: async (object) => {
      const known = newest(object) ?? object
      if (!holdsFinalizer(known)) await setFinalizers(client, known, [...finalizersOf(known), finalizer])
    },
    release: async (object, why) => {
      if (why !== undefined) record(object, { reason: 'Released', note: why, isWarning: true })
      const known = newest(object) ?? object
      if (!holdsFinalizer(known)) return
      const others = finalizersOf(known).filter((each) => each !== finalizer)
      await setFinalizers(client, known, others)
    },
    tell: async (object, status) => {
      const known = newest(object)
      // made anew under the same name: what was learned is not about it
      if (known === undefined || known.metadata.uid !== object.metadata.uid) return
      const type = rosterType(object.kind)
      const written = await applyStatus(
        { client, type, fieldManager: `${managedBy}-status`, conditionTypes, nowMs: clock.now() },
        known,
        status,
      )
      if (written.outcome !== 'written') return
      for (const fact of written.transitions.map(factOf)) if (fact) record(known, fact)
    },
  }
}

const finalizersOf = ({ metadata }: ClusterObject): readonly string[] => metadata.finalizers ?? []

/** An object that is gone by then needs none. */
async function setFinalizers(client: KubeClient, object: ClusterObject, finalizers: readonly string[]): Promise<void> {
  const { name, namespace = '', resourceVersion = '' } = object.metadata
  // a list is replaced as a whole: with the version it is refused where somebody else has changed it meanwhile
  const body = { metadata: { resourceVersion, finalizers } }
  const patch = { type: 'merge', body } as const
  try {
    await client.patch(rosterType(object.kind), { namespace, name }, patch, { fieldManager: managedBy })
  } catch (error) {
    if (!isKubeStatus(error, 404)) throw error
  }
}

interface Fact {
  readonly reason: string
  readonly note: string
  readonly isWarning: boolean
}

/** Whoever is alerted wants to know what went wrong and what came right, not every step between. */
function factOf({ from, to }: Transition): Fact | undefined {
  const type = (to ?? from)?.type
  if (type === undefined || type === 'Reconciling') return undefined
  if (type === 'Ready') return to && readyFact(to)
  if (to) return { reason: to.reason, note: to.message, isWarning: true }
  return from && { reason: `${type}Ended`, note: `no longer: ${from.message}`, isWarning: false }
}

function readyFact({ status, reason, message }: Condition): Fact | undefined {
  if (status === 'Unknown') return undefined
  return { reason, note: message, isWarning: status === 'False' && reason !== 'Progressing' }
}
