import { createServer, type RequestListener, type Server as HttpServer } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { atlassianNames, hostOf } from './hosts.ts'

export interface ProxyParts {
  readonly http: Server
  readonly https: Server
  /** Answers what a client sends to the proxy with the whole URL in its request line. */
  readonly answer: RequestListener
}

const loopback = ['127.0.0.1', 'localhost', '[::1]']

/**
 * A proxy that leads Atlassian's names to the sandbox: ports 443 and 80 of them, and the sandbox's own ports on
 * loopback. Everything else is refused with 403, and it never connects to anything itself: a tunnel is handed to the
 * server as if the client had come to it.
 */
export function createConnectProxy({ http, https, answer }: ProxyParts): HttpServer {
  const serverFor = (url: URL | null): Server | undefined => {
    if (!url) return undefined
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
    if (hostOf(url.hostname).kind !== 'any') return { 443: https, 80: http }[port]
    return loopback.includes(url.hostname) ? [http, https].find((server) => portOf(server) === port) : undefined
  }
  const proxy = createServer((request, response) => {
    const url = URL.parse(request.url ?? '')
    if (serverFor(url)) return answer(request, response)
    const text = refusal(url?.host ?? 'a path of its own')
    response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end(text)
  })
  proxy.on('connect', ({ url: authority = '' }, socket, head) => {
    // a client that goes away in the middle is nobody's mistake, and there is nobody left to tell
    socket.on('error', () => socket.destroy())
    const server = serverFor(URL.parse(`http://${authority}`))
    if (!server) {
      const text = refusal(authority)
      const length = Buffer.byteLength(text)
      socket.end(
        `HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${length}\r\n\r\n${text}`,
      )
      return
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    // what the client sent without waiting for the answer
    if (head.length > 0) socket.unshift(head)
    server.emit('connection', socket)
  })
  return proxy
}

function portOf(server: Server): number | undefined {
  return (server.address() as AddressInfo | null)?.port
}

function refusal(asked: string): string {
  return `This proxy leads to the sandbox and nowhere else: ${atlassianNames.join(', ')}, not ${asked}.\n`
}
