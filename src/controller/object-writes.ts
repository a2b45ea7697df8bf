import type { Clock } from '../core/ports.ts'
import type { EventRecorder } from '../kubernetes/events.ts'
import type { KubeClient } from '../kubernetes/kube-client.ts'
import { KubeError } from '../kubernetes/kube-error.ts'
import { applyStatus, type Condition, type Status, type Transition } from '../kubernetes/status.ts'
import { finalizer, type ClusterObject } from './cluster-object.ts'
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
    hold: (object) =>
      setFinalizers(options, object, (known) => (known.includes(finalizer) ? known : [...known, finalizer])),
    release: async (object, why) => {
      if (why !== undefined) record(object, { reason: 'Released', note: why, isWarning: true })
      await setFinalizers(options, object, (known) => known.filter((each) => each !== finalizer))
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

/** Somebody else has changed the object meanwhile: the watch tells in a moment what it is now. */
const conflictMs = 200
const maxTries = 5

type Wanted = (known: readonly string[]) => readonly string[]

async function setFinalizers(options: ObjectWriteOptions, object: ClusterObject, wanted: Wanted): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const conflict = await trySetFinalizers(options, object, wanted)
    if (!conflict) return
    if (tries === maxTries) throw conflict
    await options.clock.sleep(conflictMs)
  }
}

/** An object that is gone by then, or another one under its name, needs none. Gives the conflict there was. */
async function trySetFinalizers(
  { client, newest }: ObjectWriteOptions,
  object: ClusterObject,
  wanted: Wanted,
): Promise<KubeError | undefined> {
  const { metadata } = newest(object) ?? object
  const { name, uid, namespace = '', resourceVersion = '', finalizers: known = [] } = metadata
  const finalizers = wanted(known)
  if (uid !== object.metadata.uid || finalizers.length === known.length) return undefined
  // a list is replaced as a whole: with the version it is refused where somebody else has changed it meanwhile
  const patch = { type: 'merge', body: { metadata: { resourceVersion, finalizers } } } as const
  try {
    await client.patch(rosterType(object.kind), { namespace, name }, patch, { fieldManager: managedBy })
    return undefined
  } catch (error) {
    return conflictOrGone(error)
  }
}

function conflictOrGone(error: unknown): KubeError | undefined {
  if (!(error instanceof KubeError)) throw error
  if (error.status === 404) return undefined
  if (error.status === 409) return error
  throw error
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
