import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { RequestOptions } from 'node:https'
import { KubeConfig } from '@kubernetes/client-node'
import { Agent, ProxyAgent, type Dispatcher } from 'undici'

/** How to speak to one API server, as a kubeconfig or a service account says. */
export interface ClusterAccess {
  /** `https://10.0.0.1:443`, without a slash at the end. */
  readonly server: string
  /** Of the context, or of the pod. */
  readonly namespace?: string
  /** For the next request: tokens and certificates are as new as their files. A watch has a connection of its own. */
  readonly open: (use: 'call' | 'watch') => Promise<Opened>
  /** Connections that are open, but for those by way of a proxy. */
  readonly connections: () => number
  readonly close: () => Promise<void>
}

export interface Opened {
  readonly headers: Readonly<Record<string, string>>
  readonly dispatcher: Dispatcher
}

/** There is no kubeconfig, or it cannot be used. */
class KubeConfigError extends Error {
  override readonly name = 'KubeConfigError'
  readonly code = 'KUBECONFIG'
}

/**
 * `file` is a kubeconfig; without one, KUBECONFIG, `~/.kube/config` and the pod's service account are tried in turn.
 * @throws KubeConfigError
 */
export function loadKubeConfig(file?: string): KubeConfig {
  const config = new KubeConfig()
  const from = file ?? 'the kubeconfig'
  try {
    if (file === undefined) config.loadFromDefault()
    else config.loadFromFile(file)
  } catch (error) {
    throw new KubeConfigError(`${from} cannot be read: ${String(error).split('\n')[0]}`)
  }
  const server = config.getCurrentCluster()?.server
  if (server === undefined) throw new KubeConfigError(`${from} names no cluster: its current-context means none`)
  if (server.startsWith('https://')) return config
  // what client-node makes up where it finds nothing is plain http on this machine
  const found = file === undefined ? 'no kubeconfig is found, or it says' : `${file} says`
  throw new KubeConfigError(`${found} ${server}, and an API server is spoken to over https: give --kubeconfig`)
}

/** At once, for all but watches; more wait their turn. */
const callConnections = 6
const connectTimeoutMs = 10_000
/** Below the 90 s after which Go's server closes an idle connection. */
const keepAliveTimeoutMs = 30_000

type Use = 'call' | 'watch'
type Pools = { readonly key: string; readonly dispatchers: Readonly<Record<Use, Dispatcher>> }

/**
 * client-node makes a new connection pool for each request (2.0.1, `KubeConfig.applySecurityAuthentication`); here one
 * is kept until the certificates change, and then replaced.
 */
export function openCluster(config: KubeConfig): ClusterAccess {
  const cluster = config.getCurrentCluster()!
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace
  let pools: Pools | undefined
  let connections = 0
  const count = (dispatcher: Dispatcher): Dispatcher =>
    dispatcher.on('connect', () => void (connections += 1)).on('disconnect', () => void (connections -= 1))
  const poolsFor = (tls: TlsParts): Pools => {
    const key = fingerprint(tls)
    if (pools?.key === key) return pools
    const replaced = pools
    const create = (use: Use): Dispatcher => count(createPool(config, tls, use))
    pools = { key, dispatchers: { call: create('call'), watch: create('watch') } }
    // what is under way on the old ones may end
    if (replaced !== undefined) void closeAll(replaced)
    return pools
  }
  return {
    server: cluster.server.replace(/\/+$/, ''),
    ...(namespace !== undefined && { namespace }),
    open: async (use) => {
      const options: RequestOptions = {}
      await config.applyToHTTPSOptions(options)
      const headers = { ...headersOf(options), ...(await fromTokenFile(config)) }
      return { headers, dispatcher: poolsFor(tlsOf(options)).dispatchers[use] }
    },
    connections: () => connections,
    close: async () => {
      const left = pools
      pools = undefined
      if (left !== undefined) await Promise.all(Object.values(left.dispatchers).map((each) => each.destroy()))
    },
  }
}

const closeAll = ({ dispatchers }: Pools): Promise<unknown> =>
  Promise.all(Object.values(dispatchers).map((each) => each.close()))

/** What client-node fills in of the options: files are read, texts decoded. */
interface TlsParts {
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
  readonly servername?: string
  readonly rejectUnauthorized?: boolean
}

function tlsOf(options: RequestOptions): TlsParts {
  const { ca, cert, key, servername, rejectUnauthorized } = options as TlsParts
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(servername !== undefined && { servername }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  }
}

function createPool(config: KubeConfig, tls: TlsParts, use: Use): Dispatcher {
  const made = config.createDispatcherOptions(config.getCurrentCluster(), tls)
  // deadlines and silence are judged by the client, on its clock
  const limits = {
    pipelining: 1,
    keepAliveTimeout: keepAliveTimeoutMs,
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(use === 'call' && { connections: callConnections }),
  }
  if (made.type === 'socks') throw new Error('A SOCKS proxy in the kubeconfig is not supported')
  const connect = { timeout: connectTimeoutMs, keepAlive: true, keepAliveInitialDelay: keepAliveTimeoutMs }
  if (made.type === 'proxy') return new ProxyAgent({ ...limits, uri: made.uri, requestTls: { ...tls }, connect })
  return new Agent({ ...limits, connect: { ...connect, ...tls } })
}

/** client-node keeps the token of a file for a minute (2.0.1, `FileAuth`), and a pod's may be refused by then. */
async function fromTokenFile(config: KubeConfig): Promise<Readonly<Record<string, string>>> {
  const provider = config.getCurrentUser()?.authProvider as { readonly config?: { readonly tokenFile?: string } } | null
  const file = provider?.config?.tokenFile
  return file === undefined ? {} : { authorization: `Bearer ${(await readFile(file, 'utf8')).trim()}` }
}

function headersOf({ headers = {}, auth }: RequestOptions): Readonly<Record<string, string>> {
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value).trim()] as const)
  const basic = auth && { authorization: `Basic ${Buffer.from(auth).toString('base64')}` }
  return { ...basic, ...Object.fromEntries(given) }
}

function fingerprint({ ca, cert, key, servername, rejectUnauthorized }: TlsParts): string {
  const hash = createHash('sha256')
  for (const part of [ca, cert, key, servername, String(rejectUnauthorized)]) hash.update(part ?? '').update('\0')
  return hash.digest('base64')
}
