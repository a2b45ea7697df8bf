import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ServerRequest {
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** As it came, byte by byte: signatures are made over it. */
  readonly body: Buffer
}

export interface Reply {
  readonly status: number
  readonly body: string
  /** Default `text/plain; charset=utf-8`. */
  readonly contentType?: string
}

/** A GET route answers HEAD as well. */
export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Larger bodies are refused unread. Default 0: a body is not expected. */
  readonly maxBodyBytes?: number
  readonly handle: (request: ServerRequest) => Reply | Promise<Reply>
}

export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** `0.0.0.0` for probes from outside of the machine. */
  readonly host: string
  readonly routes: readonly Route[]
  /** Told of what a route threw: a bug. The client is told nothing of it. */
  readonly onError: (error: unknown) => void
}

export interface Server {
  readonly port: number
  /** Takes no more requests, lets those that run end, and frees the port. */
  close(): Promise<void>
}

/** Headers, and then the whole request, must have come within this. */
const headersTimeoutMs = 5_000
const requestTimeoutMs = 10_000
const keepAliveMs = 5_000
const maxHeaderBytes = 16 * 1024
const maxConnections = 200

/** A small HTTP server for probes, metrics and webhooks. @throws an error with the code EADDRINUSE where the port is taken */
export async function serve({ port, host, routes, onError }: ServeOptions): Promise<Server> {
  const running = new Set<Promise<void>>()
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveMs,
      maxHeaderSize: maxHeaderBytes,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      const work = answer(request, response, { routes, onError }).finally(() => running.delete(work))
      running.add(work)
    },
  )
  // of a client that reads nothing
  server.setTimeout(requestTimeoutMs)
  server.maxConnections = maxConnections
  server.listen(port, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      await Promise.all(running)
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { routes, onError }: Pick<ServeOptions, 'routes' | 'onError'>,
): Promise<void> {
  try {
    await send(response, await replyTo(request, routes))
  } catch (error) {
    // the client went away: nobody is left to be told
    if (request.destroyed && !request.complete) return
    onError(error)
    await send(response, { status: 500, body: 'internal error\n' })
  }
}

async function replyTo(request: IncomingMessage, routes: readonly Route[]): Promise<Reply> {
  const target = request.url ?? '/'
  // an origin of our own: the Host header is the client's word
  if (!URL.canParse(target, 'http://localhost')) return { status: 400, body: 'bad request\n' }
  const { pathname, searchParams } = new URL(target, 'http://localhost')
  const here = routes.filter(({ path }) => path === pathname)
  if (here.length === 0) return { status: 404, body: 'not found\n' }
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const route = here.find((each) => each.method === method)
  if (!route) return { status: 405, body: 'method not allowed\n' }
  const body = await readBody(request, route.maxBodyBytes ?? 0)
  if (body === undefined) return { status: 413, body: 'too large\n' }
  return route.handle({ path: pathname, query: searchParams, headers: request.headers, body })
}

/** Undefined where it is larger. The connection is then closed, and the rest of it is never read. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return undefined
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Resolves once the answer is on its way, or nobody waits for it any more. */
async function send(response: ServerResponse, { status, body, contentType }: Reply): Promise<void> {
  if (response.destroyed) return
  const over = Promise.race([once(response, 'finish'), once(response, 'close')])
  response.writeHead(status, {
    'content-type': contentType ?? 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 413 && { connection: 'close' }),
  })
  response.end(body)
  await over
}
