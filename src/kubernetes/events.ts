import type { Clock } from '../core/ports.ts'
import type { KubeClient } from './kube-client.ts'
import type { KubeObject } from './kube-object.ts'

export interface EventFact {
  /** What it is about; with apiVersion, kind and uid. */
  readonly regarding: KubeObject
  readonly type: 'Normal' | 'Warning'
  /** CamelCase, why: `HeldByGuardrail`. At most 128 characters. */
  readonly reason: string
  /** CamelCase, what was tried: `Apply`. At most 128 characters. */
  readonly action: string
  /** For people. Cut at 1,024 bytes. */
  readonly note: string
}

export interface EventRecorderOptions {
  readonly client: KubeClient
  /** `roster.dev/controller` */
  readonly reportingController: string
  /** Name of the pod. */
  readonly reportingInstance: string
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  /** An event was lost: the API refused it, or too many wait. */
  readonly onLost?: (fact: EventFact, error?: unknown) => void
  readonly signal: AbortSignal
}

/** Writes events of events.k8s.io/v1. The same event again counts up its series instead of making a new one. */
export interface EventRecorder {
  /** Returns at once; writes behind. */
  record(fact: EventFact): void
  /** Resolves when all that was recorded is written, counts of series included. */
  flush(): Promise<void>
}
