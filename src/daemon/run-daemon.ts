import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../report/log.ts'
import type { Metrics } from '../report/metrics.ts'
import { holdLock, type Lock } from '../state/lock-file.ts'
import type { PassPorts } from './estate-pass.ts'
import { createEstates, type Estates } from './estates.ts'
import { createKeptDeclaration, type KeptDeclaration } from './kept-declaration.ts'
import { openServers, type Address, type Hooks, type Parts } from './servers.ts'
import type { DeclarationSource, Snapshot } from './snapshot.ts'
import { startSourceLoop } from './source-loop.ts'

export interface DaemonOptions {
  readonly source: DeclarationSource
  readonly pollMs: number
  /** For probes and metrics. Absent: nobody listens. */
  readonly listen?: Address
  /** For webhooks, which come from outside. */
  readonly hooks?: Hooks
  /** One daemon has it at a time. */
  readonly stateDirectory: string
  readonly ports: Omit<PassPorts, 'mayWrite'> & { readonly log: Log; readonly metrics: Metrics }
  readonly version: string
}

/** Another process has taken the state directory over, while this one was asleep. */
class LostError extends Error {
  override readonly name = 'LostError'
  readonly code = 'LOCK_LOST'
}

/**
 * Keeps organizations as the source declares them, until the signal: then the calls in flight end, the state is written, and
 * everything is given back.
 * @throws LockedError where another daemon has the state directory, LostError where one has taken it
 */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const { stateDirectory, ports } = options
  await mkdir(stateDirectory, { recursive: true })
  const advice = ', or give this one a --state of its own'
  const lock = await holdLock(join(stateDirectory, 'daemon.lock'), { clock: ports.clock, advice })
  try {
    await withLock(lock, options)
  } finally {
    await lock.release()
  }
}

async function withLock(lock: Lock, options: DaemonOptions): Promise<void> {
  const { ports, version, source, listen, hooks } = options
  const { log } = ports
  const lost = new AbortController()
  const signal = AbortSignal.any([ports.signal, lost.signal])
  const estates = createEstates({ ...ports, signal, mayWrite: lock.isHeld })
  const parts: Parts = { estates, loop: undefined }
  log.info('started', { version, source: source.type })
  const addresses = { ...(listen && { listen }), ...(hooks && { hooks }) }
  const servers = await openServers(addresses, parts, { ...ports, signal })
  try {
    await work(options, { estates, lock, lost, signal, parts })
  } finally {
    await servers.close()
  }
  if (lost.signal.aborted) throw new LostError('another process has taken the state directory over')
  log.info('stopped')
}

interface Held {
  readonly estates: Estates
  readonly lock: Lock
  readonly lost: AbortController
  readonly signal: AbortSignal
  readonly parts: Parts
}

async function work(options: DaemonOptions, { estates, lock, lost, signal, parts }: Held): Promise<void> {
  const { ports, source, stateDirectory } = options
  const { log } = ports
  const kept = createKeptDeclaration({ directory: stateDirectory, id: source.id, log })
  const before = await kept.load()
  const recalled = before && (await source.recall(before))
  const told = events(options, { estates, lock, lost, kept })
  const loop = startSourceLoop({ ...options, ...ports, signal, ...told, ...(recalled && { recalled }) })
  parts.loop = loop
  await loop.over
  log.info('stopping: what is in flight ends')
  await estates.over()
  await kept.settled()
}

interface Told {
  readonly estates: Estates
  readonly lock: Lock
  readonly lost: AbortController
  readonly kept: KeptDeclaration
}

function events({ source, ports: { log, metrics } }: DaemonOptions, { estates, lock, lost, kept }: Told) {
  return {
    onTaken: (after: Snapshot, before: Snapshot | undefined): void => {
      metrics.inForce(source.type, after.commit)
      log.info('a declaration is in force', { revision: after.commit, manifests: after.declaration.manifests.length })
      kept.save(after)
      estates.take(after, before)
    },
    onLook: (): void => {
      if (!lock.isHeld()) lost.abort()
      estates.wake()
    },
  }
}
