import { createHash } from 'node:crypto'
import { startLease, type Lease, type LeaseTerms } from '../kubernetes/lease.ts'
import { slept } from '../core/slept.ts'
import type { Log } from '../report/log.ts'
import type { Metrics } from '../report/metrics.ts'
import type { EstateWorker } from './estate-worker.ts'

export interface EstateSeatOptions extends LeaseTerms {
  /** Begins the work. `mayWrite` is to be asked before each write. */
  readonly work: (mayWrite: () => boolean) => EstateWorker
  readonly log: Log
  readonly metrics: Metrics
}

/** This process's part in the work on one organization: it waits for the Lease, works, and gives it back. */
export interface EstateSeat {
  /** Undefined while another process is the writer. */
  readonly worker: () => EstateWorker | undefined
  /** Ends the work in an orderly way, then gives the Lease to whoever waits for it. */
  readonly leave: () => Promise<void>
  /** Resolves after `leave`, rejects on a bug. */
  readonly done: Promise<void>
}

/** Whoever wants the Lease more has taken it by then. */
const restMs = 8_000

export function takeSeat(options: EstateSeatOptions): EstateSeat {
  const left = new AbortController()
  const seat: Seat = { options, left: left.signal, worker: undefined }
  const done = sit(seat)
  return {
    worker: () => seat.worker,
    leave: async () => {
      left.abort()
      await done
    },
    done,
  }
}

interface Seat {
  readonly options: EstateSeatOptions
  readonly left: AbortSignal
  worker: EstateWorker | undefined
}

async function sit(seat: Seat): Promise<void> {
  const { clock, metrics } = seat.options
  while (!seat.left.aborted) {
    await holdOnce(seat)
    await slept(clock, restMs, seat.left)
  }
  metrics.leading(wholeName(seat.options), undefined)
}

/** From the first try for the Lease until it is given back: because it is wanted by another process, or at the end. */
async function holdOnce(seat: Seat): Promise<void> {
  const { metrics } = seat.options
  const ended = Promise.withResolvers<void>()
  const onLeft = (): void => ended.resolve()
  seat.left.addEventListener('abort', onLeft, { once: true })
  if (seat.left.aborted) onLeft()
  const lease = startSeatLease(seat, ended)
  metrics.leading(wholeName(seat.options), false)
  try {
    await Promise.race([ended.promise, lease.done])
  } finally {
    seat.left.removeEventListener('abort', onLeft)
    await stopWork(seat)
    // last: nobody writes any more
    await lease.release()
    metrics.leading(wholeName(seat.options), false)
  }
}

/** Two namespaces may each have an organization of the same name. */
const wholeName = ({ namespace, name }: EstateSeatOptions): string => `${namespace}/${name}`

function startSeatLease(seat: Seat, ended: PromiseWithResolvers<void>): Lease {
  const { namespace, name, client, identity, clock, steady, random, log, metrics } = seat.options
  let lost: Promise<void> = Promise.resolve()
  const begin = (): void => {
    if (!lease.held() || seat.left.aborted) return
    const worker = seat.options.work(lease.isFresh)
    seat.worker = worker
    // a bug in the work is a bug of the process
    worker.done.catch((error: unknown) => ended.reject(error))
  }
  const lease: Lease = startLease({
    client,
    namespace,
    name,
    identity,
    clock,
    steady,
    random,
    rank: (holder) => rankOf(holder, wholeName(seat.options)),
    onWanted: () => ended.resolve(),
    onAcquired: () => {
      log.info('this process is the writer now', { lease: name })
      metrics.leading(wholeName(seat.options), true)
      void lost.then(begin)
    },
    onLost: () => {
      log.warn('the lease is lost: nothing is written until it is back', { lease: name })
      metrics.leading(wholeName(seat.options), false)
      lost = stopWork(seat)
    },
    onFault: (error) => log.warn('the lease could not be read or renewed', { lease: name, error }),
  })
  return lease
}

async function stopWork(seat: Seat): Promise<void> {
  const { worker } = seat
  seat.worker = undefined
  await worker?.stop()
}

/** The same for all processes, and for each Lease another order of them. */
function rankOf(identity: string, lease: string): number {
  return createHash('sha256').update(`${lease}\0${identity}`).digest().readUInt32BE(0)
}
