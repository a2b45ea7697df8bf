import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'

/** Stands before a sandbox and keeps writes waiting, so that a test decides what is done before what. */
export interface Gate {
  /** To be given instead of that of the sandbox. */
  readonly url: string
  /** Lets so many writes through, on top of those that it has let through. */
  admit(count: number): void
  /** Writes that wait. */
  waiting(): number
  close(): Promise<void>
}

/** Reads pass. So does every write once `admit(Infinity)` was called. */
export async function openGate(sandboxUrl: string): Promise<Gate> {
  let admitted = 0
  const queue = new Set<() => void>()
  const turn = (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    queue.add(resolve)
    release()
    return promise
  }
  const release = (): void => {
    for (const resolve of queue) {
      if (admitted <= 0) return
      admitted -= 1
      queue.delete(resolve)
      resolve()
    }
  }
  const server = createServer((incoming, answer) => {
    const passes = isRead(incoming) ? Promise.resolve() : turn()
    void passes.then(() => forward(sandboxUrl, incoming, answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    admit: (count) => {
      admitted += count
      release()
    },
    waiting: () => queue.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const isRead = ({ method, url = '' }: IncomingMessage): boolean =>
  method === 'GET' || (method === 'POST' && url.split('?')[0]!.endsWith('/search'))

/** Whoever was killed does not send the rest, or does not take the answer. */
async function forward(sandboxUrl: string, incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
  if (incoming.socket.destroyed) return
  const { method, headers } = incoming
  const outgoing = send(new URL(incoming.url ?? '/', sandboxUrl), { method, headers })
  outgoing.on('error', () => answer.destroy())
  outgoing.on('response', (response) => {
    answer.writeHead(response.statusCode!, response.headers)
    pipeline(response, answer).catch(() => answer.destroy())
  })
  await pipeline(incoming, outgoing).catch(() => answer.destroy())
}
