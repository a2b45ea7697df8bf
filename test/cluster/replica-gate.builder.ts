import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, request, type Dispatcher } from 'undici'
import type { Estate } from './estate.builder.ts'

/** One write of a member, as it went through. */
export interface PassedWrite {
  readonly replica: string
  /** Of the organization. */
  readonly namespace: string
  /** By `performance.now()`: when it came, and when its answer was there. */
  readonly startMs: number
  endMs: number
}

/** The way of one replica to Atlassian: leads each call to the estate whose key it carries, and writes down who wrote when. */
export interface Gate {
  readonly url: string
  readonly writes: readonly PassedWrite[]
  close(): Promise<void>
}

export async function openGate(replica: string, estates: readonly Estate[]): Promise<Gate> {
  const byKey = new Map(estates.map((estate) => [`Bearer ${estate.key}`, estate]))
  const writes: PassedWrite[] = []
  const dispatcher = new Agent()
  const server = createServer((incoming, outgoing) => {
    const estate = byKey.get(incoming.headers.authorization ?? '')
    if (!estate) return void outgoing.writeHead(502).end('the key of no estate')
    const write = { replica, namespace: estate.namespace, startMs: performance.now(), endMs: Infinity }
    if (incoming.method !== 'GET' && incoming.url?.includes('/memberships')) writes.push(write)
    carry(`${estate.sandbox.url}${incoming.url}`, { incoming, outgoing }, dispatcher)
      .catch((error: unknown) => {
        // a replica that was killed wants no answer
        if (!outgoing.destroyed) throw error
      })
      .finally(() => void (write.endMs = performance.now()))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writes,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await dispatcher.destroy()
    },
  }
}

async function carry(
  url: string,
  { incoming, outgoing }: { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse },
  dispatcher: Agent,
): Promise<void> {
  const headers = Object.entries(incoming.headers).filter(([name]) => name !== 'host' && name !== 'connection')
  const chunks: Uint8Array[] = []
  for await (const chunk of incoming) chunks.push(chunk as Uint8Array)
  const {
    statusCode,
    headers: told,
    body,
  } = await request(url, {
    dispatcher,
    method: incoming.method as Dispatcher.HttpMethod,
    headers: Object.fromEntries(headers),
    ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
  })
  outgoing.writeHead(statusCode, told)
  outgoing.end(Buffer.from(await body.arrayBuffer()))
}
