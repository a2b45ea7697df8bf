import type { Clock } from '../core/ports.ts'
import { KubeError } from '../kubernetes/kube-error.ts'
import type { KubeClient } from '../kubernetes/kube-client.ts'
import { startLease, type Lease } from '../kubernetes/lease.ts'
import { slept } from '../core/slept.ts'
import type { Log } from '../report/log.ts'
import type { Stray } from './estates.ts'
import { guardedWrites } from './guarded-writes.ts'
import type { ObjectWrites } from './object-writes.ts'
import { tellStrays } from './strays.ts'

export interface StrayDeskOptions {
  readonly client: KubeClient
  readonly ownNamespace: string
  readonly identity: string
  readonly clock: Clock
  readonly steady: Clock
  readonly random: () => number
  readonly log: Log
  readonly objects: ObjectWrites
  readonly look: () => { readonly strays: readonly Stray[]; readonly seesOrganizationOf: (stray: Stray) => boolean }
  /** Told of a bug. */
  readonly failed: (error: unknown) => void
}

/** Sees to the objects that belong to no organization, by one process of all. */
export interface StrayDesk {
  /** There may be something new to say. */
  readonly look: () => void
  readonly leave: () => Promise<void>
}

/** `kubectl apply` of a folder brings an organization after what belongs to it. */
const graceMs = 1_500
const retryMs = 10_000

export function createStrayDesk(options: StrayDeskOptions): StrayDesk {
  const { failed } = options
  const left = new AbortController()
  const lease = startDeskLease(options, () => look())
  lease.done.catch(failed)
  let work: Promise<void> | undefined
  let isAsked = false
  const look = (): void => {
    isAsked = true
    work ??= workOff().catch(failed)
  }
  const workOff = async (): Promise<void> => {
    while (isAsked && (await slept(options.clock, graceMs, left.signal))) {
      isAsked = false
      if (!lease.isFresh()) break
      isAsked = !(await tellAll(options, lease.isFresh)) && (await slept(options.clock, retryMs, left.signal))
    }
    work = undefined
  }
  return {
    look,
    leave: async () => {
      left.abort()
      await work
      await lease.release()
    },
  }
}

function startDeskLease(
  { client, ownNamespace: namespace, identity, clock, steady, random, log }: StrayDeskOptions,
  onAcquired: () => void,
): Lease {
  const name = 'roster-strays'
  const onFault = (error: unknown): void => log.warn('the lease could not be read or renewed', { lease: name, error })
  return startLease({ client, namespace, name, identity, clock, steady, random, onAcquired, onFault })
}

/** False where it is to be tried again. One that the API server refuses stops none of the others. */
async function tellAll({ look, objects, log }: StrayDeskOptions, mayWrite: () => boolean): Promise<boolean> {
  const { strays, seesOrganizationOf } = look()
  const onRefused = (object: string, error: KubeError): void =>
    log.warn('an object could not be written, the others go on', { object, error })
  const guarded = guardedWrites(objects, { mayWrite, onRefused })
  try {
    await tellStrays(strays, guarded, seesOrganizationOf)
    return guarded.refused.size === 0
  } catch (error) {
    if (!(error instanceof KubeError)) throw error
    log.warn('objects without an organization could not be told so', { error })
    return false
  }
}
