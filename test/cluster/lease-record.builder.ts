import { setTimeout as sleep } from 'node:timers/promises'
import type { ControlPlane } from './control-plane.builder.ts'
import type { PassedWrite } from './replica-gate.builder.ts'

/** Who held the Lease of an organization, as far as somebody looked. */
export interface Holding {
  readonly namespace: string
  /** Name of the replica; '' where nobody had it. */
  readonly replica: string
  /** By `performance.now()`: between these two looks at least. */
  readonly fromMs: number
  untilMs: number
}

export interface LeaseRecord {
  /** In order of time. */
  readonly holdings: readonly Holding[]
  /** By namespace. */
  now(): ReadonlyMap<string, string>
  close(): Promise<void>
}

const everyMs = 50

interface Lease {
  readonly metadata: { readonly namespace: string; readonly name: string }
  readonly spec: { readonly holderIdentity?: string }
}

/** Looks at the Leases of all organizations again and again. */
export function recordLeases({ call }: ControlPlane): LeaseRecord {
  const holdings: Holding[] = []
  const current = new Map<string, Holding>()
  const ended = new AbortController()
  const look = async (): Promise<void> => {
    const askedMs = performance.now()
    const { body } = await call('GET', '/apis/coordination.k8s.io/v1/leases')
    const answeredMs = performance.now()
    for (const { metadata, spec } of (body['items'] as readonly Lease[]).filter(isOfOrganization)) {
      const { namespace } = metadata
      const replica = (spec.holderIdentity ?? '').replace(/_.*/, '')
      const before = current.get(namespace)
      if (before) before.untilMs = askedMs
      if (before?.replica === replica) continue
      const next = { namespace, replica, fromMs: askedMs, untilMs: answeredMs }
      current.set(namespace, next)
      holdings.push(next)
    }
  }
  const looking = (async () => {
    for (; !ended.signal.aborted; await sleep(everyMs)) await look()
  })()
  return {
    holdings,
    now: () => new Map([...current].map(([namespace, { replica }]) => [namespace, replica])),
    close: async () => {
      ended.abort()
      await looking
    },
  }
}

const isOfOrganization = ({ metadata }: Lease): boolean => metadata.name === 'roster-acme'

/** Writes that were begun by a replica while the Lease named another one. */
export function strayWrites(writes: readonly PassedWrite[], holdings: readonly Holding[]): readonly PassedWrite[] {
  return writes.filter(
    ({ namespace, replica, startMs }) =>
      !holdings.some(
        (each) =>
          each.namespace === namespace &&
          each.replica === replica &&
          // it may have got it right after a look, and lost it right before one
          startMs >= each.fromMs - 4 * everyMs &&
          startMs <= each.untilMs + 4 * everyMs,
      ),
  )
}

/** Pairs of writes to one organization by two replicas, of which one began before the other one had ended. */
export function overlaps(writes: readonly PassedWrite[]): readonly (readonly [PassedWrite, PassedWrite])[] {
  return [...Map.groupBy(writes, ({ namespace }) => namespace).values()].flatMap((own) =>
    own.flatMap((one) =>
      own
        .filter((other) => other.replica > one.replica && other.startMs < one.endMs && one.startMs < other.endMs)
        .map((other) => [one, other] as const),
    ),
  )
}
