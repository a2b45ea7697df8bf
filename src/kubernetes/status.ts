import { isDeepStrictEqual } from 'node:util'
import type { Json } from '../core/resource.ts'
import type { KubeClient } from './kube-client.ts'
import { isKubeStatus } from './kube-error.ts'
import type { KubeObject, ObjectMeta, ResourceType } from './kube-object.ts'

/** metav1.Condition without its time, which moves with `status` alone. */
export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly observedGeneration: number
  /** CamelCase, stable. */
  readonly reason: string
  /** For people, without anything that changes by itself: no times, no request ids. */
  readonly message: string
}

/** All that this controller has to say in `status`: what is left out is removed. */
export interface Status {
  readonly observedGeneration: number
  /** Of the controller's own types only. */
  readonly conditions: readonly Condition[]
  readonly [field: string]: Json | readonly Condition[] | undefined
}

/** A condition whose status or reason changed: worth an event. */
export interface Transition {
  /** Undefined where there was none before. */
  readonly from?: Condition
  /** Undefined where it went away. */
  readonly to?: Condition
}

export type StatusWrite =
  /** `gone`: there is no such object any more, or another one has its name. */
  | { readonly outcome: 'unchanged' | 'gone' }
  | { readonly outcome: 'written'; readonly transitions: readonly Transition[] }

export interface StatusTarget {
  readonly client: KubeClient
  readonly type: ResourceType
  /** At most 128 characters; of this controller's status alone. */
  readonly fieldManager: string
  /** Types of condition that are the controller's own. Others are left as they are. */
  readonly conditionTypes: readonly string[]
  readonly nowMs: number
  readonly signal?: AbortSignal
}

type TimedCondition = Condition & { readonly lastTransitionTime?: string }
type Fields = { readonly [field: string]: unknown }

/**
 * Writes the whole status by server-side apply, unless the object has it already: a write for nothing would wake every
 * watcher, ourselves too. @throws KubeError
 */
export async function applyStatus(target: StatusTarget, object: KubeObject, status: Status): Promise<StatusWrite> {
  const { client, type, fieldManager, conditionTypes, nowMs, signal } = target
  const { conditions: found = [], ...before } = (object.status ?? {}) as Fields & {
    readonly conditions?: readonly TimedCondition[]
  }
  const { conditions, ...after } = JSON.parse(JSON.stringify(status)) as Status
  const own = found.filter((condition) => conditionTypes.includes(condition.type))
  if (isDeepStrictEqual(plain(before), after) && isDeepStrictEqual(byType(own), byType(conditions))) {
    return { outcome: 'unchanged' }
  }
  const timed = conditions.map((condition) => ({ ...condition, lastTransitionTime: timeOf(condition, own, nowMs) }))
  const body = { metadata: identityOf(object), status: { ...after, conditions: timed } }
  try {
    await client.apply(type, body, { fieldManager, subresource: 'status', ...(signal && { signal }) })
  } catch (error) {
    // 409: the uid is another one's by now
    if (isKubeStatus(error, 404) || isKubeStatus(error, 409)) return { outcome: 'gone' }
    throw error
  }
  return { outcome: 'written', transitions: transitionsOf(own.map(untimed), conditions) }
}

const identityOf = ({ metadata: { name, namespace, uid } }: KubeObject): ObjectMeta => ({
  name,
  ...(namespace !== undefined && { namespace }),
  ...(uid !== undefined && { uid }),
})

function timeOf({ type, status }: Condition, own: readonly TimedCondition[], nowMs: number): string {
  const before = own.find((condition) => condition.type === type)
  const moved = before?.status !== status || before.lastTransitionTime === undefined
  return moved ? new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z') : before.lastTransitionTime
}

function transitionsOf(before: readonly Condition[], after: readonly Condition[]): readonly Transition[] {
  const types = new Set([...before, ...after].map(({ type }) => type))
  return [...types].flatMap((type) => {
    const from = before.find((condition) => condition.type === type)
    const to = after.find((condition) => condition.type === type)
    if (from?.status === to?.status && from?.reason === to?.reason) return []
    return [{ ...(from && { from }), ...(to && { to }) }]
  })
}

function untimed({ type, status, observedGeneration, reason, message }: Condition): Condition {
  return { type, status, observedGeneration, reason, message }
}

const byType = (conditions: readonly Condition[]): ReadonlyMap<string, Condition> =>
  new Map(conditions.map((condition) => [condition.type, untimed(condition)]))

const plain = (value: Fields): unknown => JSON.parse(JSON.stringify(value)) as unknown
