import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { healthRoutes } from './health-routes.ts'
import { metricsRoutes } from './metrics-routes.ts'
import { serve, type Route, type Server } from './serve.ts'

const errors: unknown[] = []
let server: Server | undefined

afterEach(async () => {
  errors.length = 0
  await server?.close()
  server = undefined
})

async function started(routes: readonly Route[]): Promise<string> {
  server = await serve({ port: 0, host: '127.0.0.1', routes, onError: (error) => errors.push(error) })
  return `http://127.0.0.1:${server.port}`
}

async function get(url: string, init?: RequestInit): Promise<{ status: number; body: string }> {
  const response = await fetch(url, init)
  return { status: response.status, body: await response.text() }
}

const hook: Route = {
  method: 'POST',
  path: '/hook',
  maxBodyBytes: 10,
  handle: ({ body }) => ({ status: 202, body: body.toString('hex') }),
}

/** What a client gets that writes these bytes and reads until the end. */
async function raw(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(text)
  let found = ''
  socket.on('data', (chunk: Buffer) => (found += chunk.toString()))
  await once(socket, 'close')
  return found
}

test('a route answers, and other paths and methods do not', async () => {
  const url = await started([hook])
  expect(await get(`${url}/hook?x=1`, { method: 'POST', body: 'ab' })).toEqual({ status: 202, body: '6162' })
  expect((await get(`${url}/hook`)).status).toBe(405)
  expect((await get(`${url}/hook/`)).status).toBe(404)
})

test('a body that is too large is refused, whether its length is announced or not', async () => {
  const url = await started([hook])
  expect((await get(`${url}/hook`, { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413)
  const chunked = 'POST /hook HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nb\r\nxxxxxxxxxxx\r\n'
  expect(await raw(url, chunked)).toMatch(/^HTTP\/1.1 413 /)
})

test('headers that are too large are refused', async () => {
  const url = await started([hook])
  expect(await raw(url, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /)
})

test('a request target that is no address is a bad request', async () => {
  const url = await started([hook])
  expect(await raw(url, 'GET //[ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /)
})

test('what a route throws is told to the process, and not to the client', async () => {
  const failing: Route = { method: 'GET', path: '/', handle: () => Promise.reject(new Error('inner')) }
  const url = await started([failing])
  expect(await get(url)).toEqual({ status: 500, body: 'internal error\n' })
  expect(errors).toEqual([new Error('inner')])
})

test('closing lets a request that runs end, cuts those that only began, and frees the port', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const entered = Promise.withResolvers<void>()
  const slow: Route = {
    method: 'GET',
    path: '/slow',
    handle: async () => {
      entered.resolve()
      await promise
      return { status: 200, body: 'done' }
    },
  }
  const url = await started([slow])
  const idle = connect(server!.port, '127.0.0.1')
  await once(idle, 'connect')
  const cut = once(idle, 'close')
  const answer = get(`${url}/slow`)
  await entered.promise
  const closed = server!.close()
  server = undefined
  resolve()
  expect(await answer).toEqual({ status: 200, body: 'done' })
  await closed
  await cut
  await expect(fetch(url)).rejects.toThrow(/fetch failed/)
})

test('a port that is taken is an error with a code', async () => {
  await started([])
  const again = serve({ port: server!.port, host: '127.0.0.1', routes: [], onError: () => {} })
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('probes answer as those of Kubernetes do, to HEAD as well', async () => {
  const problems = new Map<string, string>()
  const check = (name: string) => ({ name, problem: () => problems.get(name) })
  const url = await started(healthRoutes({ live: [check('loop')], ready: [check('caches'), check('lock')] }))
  expect(await get(`${url}/healthz`)).toEqual({ status: 200, body: 'ok' })
  expect(await get(`${url}/readyz?verbose`)).toEqual({
    status: 200,
    body: '[+]caches ok\n[+]lock ok\nreadyz check passed\n',
  })
  problems.set('caches', 'not synced')
  expect(await get(`${url}/readyz`)).toEqual({
    status: 500,
    body: '[-]caches failed: not synced\n[+]lock ok\nreadyz check failed\n',
  })
  expect(await get(`${url}/readyz`, { method: 'HEAD' })).toEqual({ status: 500, body: '' })
  expect(await get(`${url}/readyz?exclude=caches&verbose`)).toEqual({
    status: 200,
    body: '[+]caches excluded: ok\n[+]lock ok\nreadyz check passed\n',
  })
  expect((await get(`${url}/healthz`)).status).toBe(200)
})

test('metrics are shown with their own content type', async () => {
  const url = await started(metricsRoutes({ contentType: 'text/plain; version=0.0.4', render: async () => 'up 1\n' }))
  const response = await fetch(`${url}/metrics`)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4')
  expect(await response.text()).toBe('up 1\n')
})
