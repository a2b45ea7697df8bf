import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent } from 'undici'
import { afterEach, describe, expect, test } from 'vitest'
import { exchange } from './exchange.ts'

let server: Server | undefined

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function ask(answer: RequestListener, timeoutMs = 2_000) {
  server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const outgoing = { url, method: 'POST', headers: {}, body: '{}' } as const
  return exchange(outgoing, { dispatcher: new Agent(), timeoutMs })
}

describe('an exchange over a socket', () => {
  test('gives the answer with its headers in lower case', async () => {
    const answer = await ask((_, response) => response.writeHead(201, { 'X-Found': 'yes' }).end('{"a":1}'))
    expect(answer).toMatchObject({ status: 201, headers: { 'x-found': 'yes' }, text: '{"a":1}' })
  })

  const silences: Record<string, { answer: RequestListener; timeoutMs?: number; silence: object }> = {
    'an answer that does not begin ends with the timeout': {
      answer: () => undefined,
      timeoutMs: 20,
      silence: { code: 'TIMEOUT', sent: true, transient: true },
    },
    'an answer that does not end is ended by the timeout': {
      answer: (_, response) => response.writeHead(200).write('{"a":'),
      timeoutMs: 500,
      silence: { code: 'TIMEOUT', sent: true, transient: true, status: 200 },
    },
    'an answer that breaks off is no answer': {
      answer: (_, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"a":', () => response.destroy())
      },
      silence: { code: 'UND_ERR_SOCKET', sent: true, transient: true, status: 200 },
    },
    'a connection that is closed without an answer may have carried out the request': {
      answer: (request) => request.socket.destroy(),
      silence: { code: 'UND_ERR_SOCKET', sent: true, transient: true },
    },
    'a packed answer is not unpacked, however small it is': {
      answer: (_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(64 * 1024 * 1024)))
      },
      silence: { code: 'ENCODED', sent: true, transient: false, status: 200 },
    },
    'headers without an end are not taken in': {
      answer: (_, response) => response.writeHead(200, { 'x-long': 'x'.repeat(64 * 1024) }).end('{}'),
      silence: { code: 'UND_ERR_HEADERS_OVERFLOW', sent: true, transient: true },
    },
    'what is no HTTP is no answer': {
      answer: (request) => request.socket.end('SSH-2.0-OpenSSH_9.9\r\n'),
      silence: { code: 'NOT_HTTP', sent: true, transient: true },
    },
    'an answer beyond 32 MiB is not taken in': {
      answer: (_, response) => response.end(Buffer.alloc(33 * 1024 * 1024, ' ')),
      silence: { code: 'TOO_LONG', sent: true, transient: false, status: 200 },
    },
  }
  test('asks for nothing packed', async () => {
    const answer = await ask((request, response) => response.end(JSON.stringify(request.headers)))
    expect(JSON.parse('text' in answer ? answer.text : '')).toMatchObject({ 'accept-encoding': 'identity' })
  })

  test.each(Object.entries(silences))('%s', async (_, { answer, timeoutMs, silence }) => {
    expect(await ask(answer, timeoutMs)).toMatchObject(silence)
  })
})
