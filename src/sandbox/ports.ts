import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Server } from 'node:net'
import { createConnectProxy } from './connect-proxy.ts'
import { atlassianNames } from './hosts.ts'
import { listen, type Listener } from './listener.ts'
import { receive, urlOf, type Received } from './received.ts'
import { send, type Outcome } from './send.ts'

/** Ports: 0 takes a free one. */
export interface PortOptions {
  /** http. Default: 0. */
  readonly port?: number
  /** Default: 127.0.0.1. */
  readonly host?: string
  /** https too, with a certificate for Atlassian's names and for loopback. Default: none, or 0 with a `proxyPort`. */
  readonly httpsPort?: number
  /** An HTTP proxy too, which leads Atlassian's names here and refuses every other. Default: none. */
  readonly proxyPort?: number
}

/** URLs are without a slash at the end. */
export interface Ports {
  /** Plays api.atlassian.com, auth.atlassian.com, and the first site. */
  readonly url: string
  readonly httpsUrl?: string
  readonly proxyUrl?: string
  /** PEM of the authority that clients must trust for https. */
  readonly authority?: string
  /** Ends the connections that are open, also tunnels and those that a fault keeps waiting. */
  close(): Promise<void>
}

interface PortParts {
  readonly outcomeOf: (received: Received) => Outcome
  /** Milliseconds since 1970 of the real clock, by which clients judge the certificate. */
  readonly wallMs: () => number
}

interface Servers {
  readonly http: Server
  readonly https?: Server
  readonly proxy?: Server
  readonly authority?: string
}

/** Listens at the ports that are asked for, all or none. @throws Error where one is taken (`code` EADDRINUSE) */
export async function openPorts(options: PortOptions, parts: PortParts): Promise<Ports> {
  const { port = 0, httpsPort = 0, proxyPort = 0, host = '127.0.0.1' } = options
  const { http, https, proxy, authority } = await createServers(options, parts)
  const open: Listener[] = []
  const close = async (): Promise<void> => void (await Promise.all(open.map((listener) => listener.close())))
  const listenAt = async (server: Server, wanted: number, scheme: string): Promise<string> => {
    const listener = await listen(server, wanted, host)
    open.push(listener)
    return `${scheme}://${reachable(host)}:${listener.port}`
  }
  try {
    return {
      url: await listenAt(http, port, 'http'),
      ...(https && { httpsUrl: await listenAt(https, httpsPort, 'https') }),
      ...(proxy && { proxyUrl: await listenAt(proxy, proxyPort, 'http') }),
      ...(authority !== undefined && { authority }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function createServers(options: PortOptions, { outcomeOf, wallMs }: PortParts): Promise<Servers> {
  const { host = '127.0.0.1', httpsPort, proxyPort } = options
  const answer = answering(outcomeOf)
  const http = createServer(answer)
  if (httpsPort === undefined && proxyPort === undefined) return { http }
  // the library takes a tenth of a second to load, which a sandbox without https need not wait for
  const { createCertificate } = await import('./certificate.ts')
  const own = wildcards.has(host) ? [] : [host]
  const names = new Set(['localhost', '127.0.0.1', '::1', ...own, ...atlassianNames])
  const { certificate, privateKey, authority } = await createCertificate([...names], wallMs())
  const https = createSecureServer({ cert: certificate, key: privateKey }, answer)
  const proxy = proxyPort === undefined ? undefined : createConnectProxy({ http, https, answer })
  return { http, https, ...(proxy && { proxy }), authority }
}

function answering(outcomeOf: (received: Received) => Outcome): RequestListener {
  return (request, response) => {
    const url = urlOf(request)
    if (!url) {
      response.writeHead(400).end()
      return
    }
    void receive(request, url).then((received) => received && send(response, outcomeOf(received)))
  }
}

/** Addresses to listen at that no client can connect to everywhere, and what stands for them. */
const wildcards: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '[::1]'],
])

function reachable(host: string): string {
  return wildcards.get(host) ?? (host.includes(':') ? `[${host}]` : host)
}
