import type { Clock } from '../core/ports.ts'
import type { Log } from '../report/log.ts'
import { healthRoutes, type Health } from '../server/health-routes.ts'
import { hookRoutes } from '../server/hook-routes.ts'
import { metricsRoutes, type Exposition } from '../server/metrics-routes.ts'
import { serve, type Route, type Server } from '../server/serve.ts'
import type { Estates } from './estates.ts'
import type { SourceLoop } from './source-loop.ts'

export interface Address {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
}

export type Hooks = Address & { readonly secrets: () => Promise<readonly string[]> }

/** What probes and webhooks are about. */
export interface Parts {
  readonly estates: Pick<Estates, 'mostSilent'>
  /** Undefined until the ports are open. */
  loop: Pick<SourceLoop, 'inForce' | 'ring' | 'lookingMs'> | undefined
}

export interface ServerPorts {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Exposition
  /** Aborted: it is about to stop. */
  readonly signal: AbortSignal
}

/** Without a call for so long a pass hangs, and a look at the source: waits that Atlassian asks for are shorter. */
const wedgedMs = 45 * 60_000
const minuteMs = 60_000

/** @throws an error with the code EADDRINUSE where a port is taken; then none is open */
export async function openServers(
  { listen, hooks }: { readonly listen?: Address; readonly hooks?: Hooks },
  parts: Parts,
  ports: ServerPorts,
): Promise<Pick<Server, 'close'>> {
  const servers: Server[] = []
  const close = async (): Promise<void> => void (await Promise.all(servers.map((server) => server.close())))
  try {
    if (listen) {
      const routes = [...healthRoutes(health(parts, ports.signal)), ...metricsRoutes(ports.metrics)]
      servers.push(await open(listen, routes, { ...ports, message: 'probes and metrics' }))
    }
    if (hooks) servers.push(await open(hooks, calls(hooks, parts, ports), { ...ports, message: 'webhooks' }))
    return { close }
  } catch (error) {
    await close()
    throw error
  }
}

async function open(
  { host, port }: Address,
  routes: readonly Route[],
  { log, message }: Pick<ServerPorts, 'log'> & { readonly message: string },
): Promise<Server> {
  const onError = (error: unknown): void => log.error('a request could not be answered', { error })
  const server = await serve({ host, port, routes, onError })
  log.info(message, { url: `http://${host.includes(':') ? `[${host}]` : host}:${server.port}` })
  return server
}

function calls({ secrets }: Hooks, parts: Parts, { clock, log }: ServerPorts): readonly Route[] {
  let [toldAtMs, times] = [-Infinity, 0]
  return hookRoutes({
    secrets,
    onCall: (forge) => {
      log.info('called by a webhook', { forge })
      parts.loop?.ring()
    },
    // anybody can make such calls, and none of them may fill the log
    onRefused: (forge) => {
      times += 1
      if (clock.now() - toldAtMs < minuteMs) return
      log.warn('a call of a webhook is not genuine', { forge, times })
      ;[toldAtMs, times] = [clock.now(), 0]
    },
  })
}

function health(parts: Parts, signal: AbortSignal): Health {
  const minutes = (ms: number): string => `${Math.floor(ms / minuteMs)} minutes`
  const passes = (): string | undefined => {
    const silent = parts.estates.mostSilent()
    if (!silent || silent.ms < wedgedMs) return undefined
    return `the pass over ${silent.organization} has shown no sign of life for ${minutes(silent.ms)}`
  }
  const source = (): string | undefined => {
    const ms = parts.loop?.lookingMs() ?? 0
    return ms < wedgedMs ? undefined : `a look at it has not ended for ${minutes(ms)}`
  }
  const declaration = (): string | undefined =>
    parts.loop?.inForce().good ? undefined : 'no declaration that can be taken has been read yet'
  return {
    live: [
      { name: 'passes', problem: passes },
      { name: 'source', problem: source },
    ],
    ready: [
      { name: 'declaration', problem: declaration },
      { name: 'shutdown', problem: () => (signal.aborted ? 'stopping' : undefined) },
    ],
  }
}
