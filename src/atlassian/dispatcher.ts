import { createSecureContext, getCACertificates } from 'node:tls'
import { EnvHttpProxyAgent, Pool, type Dispatcher } from 'undici'

export interface DispatcherOptions {
  /** URL of the proxy for https, with its user and password where it wants some. Loopback never goes through one. */
  readonly httpsProxy?: string
  /** For http; also for https where that has none of its own. */
  readonly httpProxy?: string
  /** Names that are reached without a proxy, parted by commas: `acme.com` takes in its subdomains. */
  readonly noProxy?: string
  /** Certificates in PEM that are trusted beside those of Node. */
  readonly authorities?: readonly string[]
  /** Of Roster, for the User-Agent header. */
  readonly version: string
}

/** The proxy answered CONNECT by something else than 200: 407 wants another password, 403 does not let the host pass. */
export class ProxyRefusedError extends Error {
  override readonly name = 'ProxyRefusedError'
  readonly code = 'PROXY_REFUSED'
  readonly status: number

  constructor(status: number) {
    super(`the proxy answered ${status} to CONNECT`)
    this.status = status
  }
}

/** To connect, TLS included. A try as a whole may take longer, and nothing was sent when this ends it. */
const connectTimeoutMs = 10_000
/** A local sandbox is nobody else's; other programs leave these out too (Go, `httpproxy.FromEnvironment`). */
const loopback = ['localhost', '127.0.0.1', '::1']

/** Connections that are kept and used again, by way of a proxy where there is one. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { httpsProxy = '', httpProxy = '', noProxy = '', authorities = [], version } = options
  // one context for all connections: to read a hundred authorities takes some milliseconds
  const tls = authorities.length > 0 && {
    secureContext: createSecureContext({ ca: [...getCACertificates('default'), ...authorities] }),
  }
  const connections = new EnvHttpProxyAgent({
    // an empty text instead of none, or undici looks into the environment by itself
    httpsProxy,
    httpProxy,
    noProxy: [noProxy, ...loopback].join(','),
    connect: { ...tls, timeout: connectTimeoutMs },
    connectTimeout: connectTimeoutMs,
    requestTls: { ...tls },
    proxyTls: { ...tls },
    clientFactory: proxyConnections,
  })
  const headers = { 'user-agent': `roster/${version}` }
  return connections.compose(
    (dispatch) => (request, handler) =>
      dispatch({ ...request, headers: { ...(request.headers as Record<string, string>), ...headers } }, handler),
  )
}

type Connect = (request: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData>

/** undici tells of a refusal in words alone; here it is an error with the status. */
function proxyConnections(origin: URL, options: object): Dispatcher {
  const pool = new Pool(origin, options)
  const open = pool.connect.bind(pool) as Connect
  const connect: Connect = async (request) => {
    const answer = await open(request)
    if (answer.statusCode === 200) return answer
    answer.socket.on('error', () => {}).destroy()
    throw new ProxyRefusedError(answer.statusCode)
  }
  return Object.assign(pool, { connect })
}
