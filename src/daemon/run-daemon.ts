import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../report/log.ts'
import type { Metrics } from '../report/metrics.ts'
import { healthRoutes, type Health } from '../server/health-routes.ts'
import { hookRoutes } from '../server/hook-routes.ts'
import { metricsRoutes } from '../server/metrics-routes.ts'
import { serve, type Route, type Server } from '../server/serve.ts'
import { holdLock, type Lock } from '../state/lock-file.ts'
import { createKeptDeclaration, type KeptDeclaration } from './kept-declaration.ts'
import { createEstates, type Estates } from './estates.ts'
import type { PassPorts } from './estate-pass.ts'
import type { DeclarationSource, Snapshot } from './snapshot.ts'
import { startSourceLoop, type SourceLoop } from './source-loop.ts'

export interface Address {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
}

export interface DaemonOptions {
  readonly source: DeclarationSource
  readonly pollMs: number
  /** For probes and metrics. Absent: nobody listens. */
  readonly listen?: Address
  /** For webhooks, which come from outside. */
  readonly hooks?: Address & { readonly secrets: () => Promise<readonly string[]> }
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

/** A pass without a call for so long hangs: waits that Atlassian asks for are shorter. */
const wedgedMs = 45 * 60_000

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
  const { ports, version, source, stateDirectory } = options
  const { log } = ports
  const lost = new AbortController()
  const signal = AbortSignal.any([ports.signal, lost.signal])
  const estates = createEstates({ ...ports, signal, mayWrite: lock.isHeld })
  const parts: Parts = { estates, loop: undefined }
  log.info('started', { version, source: source.type })
  const servers = await listen(options, parts)
  const kept = createKeptDeclaration({ directory: stateDirectory, id: source.id, log })
  const before = await kept.load()
  const recalled = before && (await source.recall(before))
  const told = events(options, { estates, lock, lost, kept })
  parts.loop = startSourceLoop({ ...options, ...ports, signal, ...told, ...(recalled && { recalled }) })
  await parts.loop.over
  log.info('stopping: what is in flight ends')
  await estates.over()
  await kept.settled()
  await Promise.all(servers.map((server) => server.close()))
  if (lost.signal.aborted) throw new LostError('another process has taken the state directory over')
  log.info('stopped')
}

interface Held {
  readonly estates: Estates
  readonly lock: Lock
  readonly lost: AbortController
  readonly kept: KeptDeclaration
}

function events({ source, ports: { log, metrics } }: DaemonOptions, { estates, lock, lost, kept }: Held) {
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

interface Parts {
  readonly estates: Estates
  /** Undefined until the ports are open. */
  loop: SourceLoop | undefined
}

async function listen({ listen: address, hooks, ports }: DaemonOptions, parts: Parts): Promise<readonly Server[]> {
  const { log, metrics, signal } = ports
  const servers: Server[] = []
  const open = async ({ host, port }: Address, routes: readonly Route[], message: string): Promise<void> => {
    const onError = (error: unknown): void => log.error('a request could not be answered', { error })
    const server = await serve({ host, port, routes, onError })
    servers.push(server)
    log.info(message, { url: `http://${host.includes(':') ? `[${host}]` : host}:${server.port}` })
  }
  if (address)
    await open(address, [...healthRoutes(health(parts, signal)), ...metricsRoutes(metrics)], 'probes and metrics')
  if (hooks) {
    const onCall = (forge: string): void => {
      log.info('called by a webhook', { forge })
      parts.loop?.ring()
    }
    const onRefused = (forge: string): void => log.warn('a call of a webhook is not genuine', { forge })
    await open(hooks, hookRoutes({ secrets: hooks.secrets, onCall, onRefused }), 'webhooks')
  }
  return servers
}

function health(parts: Parts, signal: AbortSignal): Health {
  const workers = (): string | undefined => {
    const silent = parts.estates.mostSilent()
    if (!silent || silent.ms < wedgedMs) return undefined
    return `the pass over ${silent.organization} has shown no sign of life for ${Math.floor(silent.ms / 60_000)} minutes`
  }
  const declaration = (): string | undefined =>
    parts.loop?.inForce().good ? undefined : 'no declaration that can be taken has been read yet'
  return {
    live: [
      { name: 'event-loop', problem: () => undefined },
      { name: 'passes', problem: workers },
    ],
    ready: [
      { name: 'declaration', problem: declaration },
      { name: 'shutdown', problem: () => (signal.aborted ? 'stopping' : undefined) },
    ],
  }
}
