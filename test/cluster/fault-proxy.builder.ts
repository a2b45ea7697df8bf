import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request, type Dispatcher } from 'undici'
import type { Authority, Certified } from './authority.builder.ts'
import { startTcpRelay, type TcpRelay } from './tcp-relay.builder.ts'

/** A request, as faults are chosen by it. */
export interface Asked {
  /** `WATCH` for a GET that asks for one. */
  readonly verb: 'GET' | 'WATCH' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
}

type Headers = Readonly<Record<string, string>>

export type Fault =
  /** Answered by the proxy, so that the server never sees it. */
  | { readonly does: 'answer'; readonly status: number; readonly headers?: Headers; readonly body?: string }
  /** RST before the server sees it. */
  | { readonly does: 'reset' }
  /** The server carries it out, and its answer is lost by an RST. */
  | { readonly does: 'lose the answer' }
  /** Waits before the server sees it. */
  | { readonly does: 'delay'; readonly delayMs: number }

/**
 * Stands before the API server and speaks TLS by its authority. Clients sign in by token: their certificates end here.
 * All but `close` works at once, and on what is open too.
 */
export interface FaultProxy extends Omit<TcpRelay, 'port'> {
  readonly url: string
  /** From now on; without a choice all goes through. */
  fault(choose?: (asked: Asked) => Fault | undefined): void
  /** The next piece that a watch gets ends in its middle, and then the connection. */
  cutWithinLine(): void
  /** Each open watch gets this as its last line. */
  endWatches(line: string): void
  openWatches(): number
  /** Requests since the start, as `WATCH /api/v1/configmaps`: how often each. */
  counts(): ReadonlyMap<string, number>
  /** Shows another certificate to who connects from now on. */
  certify(certified: Certified): void
}

interface Desk {
  readonly target: string
  readonly dispatcher: Dispatcher
  readonly counts: Map<string, number>
  readonly watches: Set<ServerResponse>
  choose: (asked: Asked) => Fault | undefined
  /** Watches that are to be cut at their next piece. */
  readonly toCut: Set<ServerResponse>
}

export async function startFaultProxy(target: string, authority: Authority): Promise<FaultProxy> {
  const { certificate: cert, privateKey: key } = await authority.issueServer()
  const dispatcher = new Agent({ connect: { ca: authority.certificate }, headersTimeout: 0, bodyTimeout: 0 })
  const open = { counts: new Map<string, number>(), watches: new Set<ServerResponse>() }
  const desk: Desk = { target, dispatcher, choose: () => undefined, toCut: new Set(), ...open }
  const server = createServer({ cert, key }, (incoming, outgoing) => void handle(desk, incoming, outgoing))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const relay = await startTcpRelay((server.address() as AddressInfo).port)
  return {
    ...relay,
    url: `https://127.0.0.1:${relay.port}`,
    fault: (choose = () => undefined) => void (desk.choose = choose),
    cutWithinLine: () => {
      for (const watch of desk.watches) desk.toCut.add(watch)
    },
    endWatches: (line) => {
      for (const watch of desk.watches) watch.end(`${line}\n`)
    },
    openWatches: () => desk.watches.size,
    counts: () => new Map(desk.counts),
    certify: (certified) => server.setSecureContext({ cert: certified.certificate, key: certified.privateKey }),
    close: async () => {
      await relay.close()
      server.closeAllConnections()
      server.close()
      await dispatcher.destroy()
    },
  }
}

async function handle(desk: Desk, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const asked = counted(desk, incoming)
  const fault = desk.choose(asked)
  if (fault?.does === 'answer') return answer(outgoing, fault)
  if (fault?.does === 'reset') return reset(outgoing)
  if (fault?.does === 'delay') await sleep(fault.delayMs)
  try {
    await carry(desk, asked, [incoming, outgoing], fault)
  } catch (error) {
    // a server that cannot be reached is what it would be without a proxy: a connection that ends
    if (!isOfNetwork(error)) throw error
    reset(outgoing)
  }
}

const isOfNetwork = (error: unknown): boolean =>
  error instanceof Error && ('code' in error || error.name === 'AbortError')

async function carry(
  desk: Desk,
  { verb }: Asked,
  [incoming, outgoing]: readonly [IncomingMessage, ServerResponse],
  fault: Fault | undefined,
): Promise<void> {
  const gone = new AbortController()
  outgoing.on('close', () => {
    desk.watches.delete(outgoing)
    gone.abort()
  })
  const { statusCode, headers, body } = await forward(desk, incoming, gone.signal)
  if (fault?.does === 'lose the answer') {
    await body.dump()
    return reset(outgoing)
  }
  outgoing.writeHead(statusCode, headers)
  outgoing.flushHeaders()
  if (verb === 'WATCH' && statusCode === 200) desk.watches.add(outgoing)
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    if (desk.toCut.delete(outgoing)) {
      outgoing.write(piece.subarray(0, piece.length / 2), () => reset(outgoing))
      return
    }
    outgoing.write(piece)
  }
  outgoing.end()
}

function counted({ counts }: Desk, { method = 'GET', url = '/' }: IncomingMessage): Asked {
  const { pathname: path, searchParams: query } = new URL(url, 'https://proxy')
  const verb = query.get('watch') === 'true' ? 'WATCH' : (method as Asked['verb'])
  counts.set(`${verb} ${path}`, (counts.get(`${verb} ${path}`) ?? 0) + 1)
  return { verb, path, query }
}

const reset = ({ socket }: ServerResponse): void => void socket?.destroy()

type Answer = Extract<Fault, { readonly does: 'answer' }>

function answer(outgoing: ServerResponse, { status, headers, body = 'of the proxy' }: Answer): void {
  outgoing.writeHead(status, { 'content-type': 'text/plain', ...headers })
  outgoing.end(body)
}

/** Between two neighbours only (RFC 9110, 7.6.1). */
const hopByHop = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding', 'expect', 'upgrade'])

async function forward(
  { target, dispatcher }: Desk,
  incoming: IncomingMessage,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const { method, url } = incoming
  const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !hopByHop.has(name)))
  const body = method === 'GET' ? {} : { body: incoming }
  return request(`${target}${url}`, { method: method as Dispatcher.HttpMethod, dispatcher, signal, headers, ...body })
}
