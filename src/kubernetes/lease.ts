import type { Clock } from '../core/ports.ts'
import type { KubeClient } from './kube-client.ts'
import { isKubeStatus, KubeError } from './kube-error.ts'
import { apiVersionOf, leaseType, type KubeObject } from './kube-object.ts'
import { microTime } from './micro-time.ts'
import { slept } from '../core/slept.ts'

/** Which Lease, for whom, by which clocks. */
export interface LeaseTerms {
  readonly client: KubeClient
  readonly namespace: string
  readonly name: string
  /** Of this process, different for each start: pod name and a UUID. */
  readonly identity: string
  /** For the times that are written into the Lease. */
  readonly clock: Clock
  /** Never set by anybody, `steadyClock`: freshness, and the time of another holder, are counted on it. */
  readonly steady: Clock
  /** In [0, 1). */
  readonly random: () => number
}

export interface LeaseOptions extends LeaseTerms {
  /**
   * How much this Lease is a holder's, by identity; the same for all who ask. Who holds one that is more another's, and hears
   * that the other wants it, is told by `onWanted`: so many processes share many Leases among them.
   */
  readonly rank?: (identity: string) => number
  readonly onWanted?: () => void
  readonly onAcquired?: () => void
  /** Not called on `release`. */
  readonly onLost?: () => void
  /** A try to get or to renew it failed, and is made again. */
  readonly onFault?: (error: unknown) => void
}

/** The right to be the one writer, as client-go's leader election gives it: it goes on by being renewed. */
export interface Lease {
  /** True only while a write may be begun. To be asked before each one. */
  readonly isFresh: () => boolean
  /** Whether this process took it and has not lost it since. May be stale: writes ask `isFresh`. */
  readonly held: () => boolean
  /** The last holder that was seen; undefined where it is free. */
  readonly holder: () => string | undefined
  /** How often it changed hands, as the Lease object counts it. */
  readonly transitions: () => number
  /** Stops trying for it, and gives it back where it is held. To be called when no write is under way any more. */
  readonly release: () => Promise<void>
  /** Resolves after `release`, rejects on a bug. */
  readonly done: Promise<void>
}

/** client-go's defaults. A write that is begun at the end of `freshMs` has the rest of `leaseMs` to arrive. */
const leaseMs = 15_000
const freshMs = 10_000
const retryMs = 2_000
const jitter = 0.2
const callTimeoutMs = 5_000

interface LeaseObject extends KubeObject {
  readonly spec: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly acquireTime?: string
    readonly renewTime?: string
    readonly leaseTransitions?: number
  }
}

interface Moment {
  readonly steadyMs: number
  readonly wallMs: number
}

interface Seat {
  readonly options: LeaseOptions
  readonly signal: AbortSignal
  /** As last seen, and when: another holder's time is counted from there, by our own clock. */
  seen: { readonly object: LeaseObject; readonly sinceMs: number } | undefined
  held: boolean
  /** When the last renewal that succeeded was begun, on the steady clock and on the wall. */
  renewed: Moment
}

/** Tries for the Lease `name` until `release`, and keeps it by renewing it. Another one gets it within 20 s of our last sign. */
export function startLease(options: LeaseOptions): Lease {
  const stop = new AbortController()
  const seat: Seat = { options, signal: stop.signal, seen: undefined, held: false, renewed: never }
  const done = keepTrying(seat)
  return {
    isFresh: () => seat.held && ageMs(seat) < freshMs,
    held: () => seat.held,
    holder: () => seat.seen?.object.spec.holderIdentity || undefined,
    transitions: () => seat.seen?.object.spec.leaseTransitions ?? 0,
    release: async () => {
      stop.abort()
      await done
      if (seat.held) await giveBack(seat)
    },
    done,
  }
}

const never: Moment = { steadyMs: -Infinity, wallMs: -Infinity }

/**
 * Of the last renewal, by the clock that counts more: the steady clock of Linux stands still while the machine is
 * suspended, and the wall clock may be set back.
 */
function ageMs({ renewed, options: { clock, steady } }: Seat): number {
  return Math.max(steady.now() - renewed.steadyMs, clock.now() - renewed.wallMs)
}

async function keepTrying(seat: Seat): Promise<void> {
  const { steady, random } = seat.options
  while (!seat.signal.aborted) {
    const outrun = await tryOrTell(seat)
    // who else wrote it is looked at before the next write of ours
    if (outrun && seat.held) continue
    if (ageMs(seat) >= freshMs) lose(seat)
    await slept(steady, Math.min(retryMs * (1 + jitter * random()), untilExpiryMs(seat)), seat.signal)
  }
}

/** True where somebody else wrote or deleted the Lease meanwhile. */
async function tryOrTell(seat: Seat): Promise<boolean> {
  try {
    await tryOnce(seat)
    return false
  } catch (error) {
    if (seat.signal.aborted) return false
    if (!(error instanceof KubeError)) throw error
    // 404: it was deleted
    const outrun = error.status === 409 || error.status === 404
    if (outrun) seat.seen = undefined
    else seat.options.onFault?.(error)
    return outrun
  }
}

/** So that a dead holder is followed at the moment its time is over. */
function untilExpiryMs({ seen, held, options }: Seat): number {
  if (held || seen === undefined) return Infinity
  const leftMs = seen.sinceMs + durationMs(seen.object) - options.steady.now()
  // once it is over, it is our own calls that fail, and these are not made again at once
  return leftMs > 0 ? Math.max(100, leftMs) : Infinity
}

const durationMs = ({ spec }: LeaseObject): number => (spec.leaseDurationSeconds ?? leaseMs / 1000) * 1000

async function tryOnce(seat: Seat): Promise<void> {
  if (!seat.held || seat.seen === undefined) await look(seat)
  const { identity, clock, steady } = seat.options
  const begun = { steadyMs: steady.now(), wallMs: clock.now() }
  if (isTaken(seat, begun.steadyMs)) {
    lose(seat)
    return want(seat)
  }
  const object = seat.seen?.object
  const written = await write(seat, object, claim(identity, begun.wallMs, object?.spec))
  seat.seen = { object: written, sinceMs: begun.steadyMs }
  seat.renewed = begun
  if (seat.held) return hearWish(seat, written)
  seat.held = true
  seat.options.onAcquired?.()
}

/** Name of the process that would rather hold it. Taken off by whoever gets the Lease. */
const wantedBy = 'roster.dev/wanted-by'

async function want(seat: Seat): Promise<void> {
  const { client, namespace, name, identity, rank } = seat.options
  const { metadata, spec } = seat.seen!.object
  if (!rank || rank(identity) <= rank(spec.holderIdentity ?? '')) return
  const other = metadata.annotations?.[wantedBy]
  if (other !== undefined && rank(other) >= rank(identity)) return
  const body = { metadata: { annotations: { [wantedBy]: identity } } }
  await client.patch(leaseType, { namespace, name }, { type: 'merge', body }, callOptions(seat))
}

function hearWish({ options: { identity, rank, onWanted } }: Seat, { metadata }: LeaseObject): void {
  const other = metadata.annotations?.[wantedBy]
  if (rank && other !== undefined && rank(other) > rank(identity)) onWanted?.()
}

/** By another one, whose time is not over. */
function isTaken({ seen, options }: Seat, steadyMs: number): boolean {
  if (seen === undefined || !seen.object.spec.holderIdentity) return false
  return seen.object.spec.holderIdentity !== options.identity && steadyMs < seen.sinceMs + durationMs(seen.object)
}

async function look(seat: Seat): Promise<void> {
  const { client, namespace, name, steady } = seat.options
  try {
    const object = await client.get<LeaseObject>(leaseType, { namespace, name }, callOptions(seat))
    const known = seat.seen?.object.metadata
    if (known?.resourceVersion !== object.metadata.resourceVersion || known?.uid !== object.metadata.uid) {
      seat.seen = { object, sinceMs: steady.now() }
    }
  } catch (error) {
    if (!isKubeStatus(error, 404)) throw error
    seat.seen = undefined
  }
}

function claim(identity: string, nowMs: number, before: LeaseObject['spec'] = {}): LeaseObject['spec'] {
  const renewTime = microTime(nowMs)
  const mine = before.holderIdentity === identity
  return {
    holderIdentity: identity,
    leaseDurationSeconds: leaseMs / 1000,
    acquireTime: mine ? (before.acquireTime ?? renewTime) : renewTime,
    renewTime,
    leaseTransitions: (before.leaseTransitions ?? 0) + (mine || before.holderIdentity === undefined ? 0 : 1),
  }
}

/** The server answers 409 where the Lease is not as it was seen, so that of two only one gets it. */
function write(seat: Seat, seen: LeaseObject | undefined, spec: LeaseObject['spec']): Promise<LeaseObject> {
  const { client, namespace, name } = seat.options
  if (seen === undefined) {
    const fresh = { apiVersion: apiVersionOf(leaseType), kind: leaseType.kind, metadata: { namespace, name }, spec }
    return client.create<LeaseObject>(leaseType, fresh, callOptions(seat))
  }
  const { uid = '', resourceVersion = '' } = seen.metadata
  // whoever gets it has heard the wishes there were
  const wishes = seat.held ? {} : { annotations: { [wantedBy]: null } }
  const body = { metadata: { uid, resourceVersion, ...wishes }, spec: { ...spec } }
  return client.patch<LeaseObject>(leaseType, { namespace, name }, { type: 'merge', body }, callOptions(seat))
}

/** Once each: a second try of a renewal that did arrive would meet its own trace. The loop is the retry. */
const callOptions = ({ signal }: Seat) => ({ tries: 1, timeoutMs: callTimeoutMs, signal })

function lose(seat: Seat): void {
  if (!seat.held) return
  seat.held = false
  seat.options.onLost?.()
}

/** As client-go's ReleaseOnCancel: whoever waits need not wait for the end of our time. */
async function giveBack(seat: Seat): Promise<void> {
  const { clock, onFault } = seat.options
  seat.held = false
  const { object } = seat.seen ?? {}
  if (object === undefined) return
  const spec = { ...object.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(clock.now()) }
  try {
    await write({ ...seat, signal: new AbortController().signal }, object, spec)
  } catch (error) {
    if (!(error instanceof KubeError)) throw error
    onFault?.(error)
  }
}
