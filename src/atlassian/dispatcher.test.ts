import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import type { Dispatcher } from 'undici'
import { afterEach, describe, expect, test } from 'vitest'
import { exampleWorld } from '../sandbox/example-world.builder.ts'
import { startSandbox } from '../sandbox/start-sandbox.ts'
import { createDispatcher, type DispatcherOptions } from './dispatcher.ts'
import { exchange } from './exchange.ts'

const opened: { close(): unknown }[] = []
afterEach(async () => void (await Promise.all(opened.splice(0).map((each) => each.close()))))

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  server.listen(0, host)
  await once(server, 'listening')
  opened.push({ close: () => [server.closeAllConnections(), server.close()] })
  return (server.address() as AddressInfo).port
}

function through(options: Partial<DispatcherOptions> = {}): Dispatcher {
  const dispatcher = createDispatcher({ version: '1.2.3', ...options })
  opened.push({ close: () => dispatcher.destroy() })
  return dispatcher
}

const ask = (url: string, dispatcher: Dispatcher) =>
  exchange({ url: new URL(url), method: 'GET', headers: { accept: 'x/y' } }, { dispatcher, timeoutMs: 5_000 })

/** Answers CONNECT by a status, or opens a tunnel to `port`, and remembers what it was asked. */
async function startProxy(answer: { readonly status: number } | { readonly port: number }) {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    response.end('{"by":"proxy"}')
  })
  server.on('connect', (request: IncomingMessage, socket) => {
    asked.push(request)
    socket.on('error', () => {})
    if ('status' in answer) return void socket.end(`HTTP/1.1 ${answer.status} No\r\n\r\n`)
    const far = connect(answer.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      far.pipe(socket).pipe(far)
    })
    far.on('error', () => socket.destroy())
    socket.on('close', () => far.destroy())
  })
  return { asked, url: `http://127.0.0.1:${await listen(server)}` }
}

async function serve(answer: RequestListener, host?: string) {
  const server = createServer(answer)
  let connections = 0
  server.on('connection', () => (connections += 1))
  return { port: await listen(server, host), connections: () => connections }
}

async function startSecure() {
  const sandbox = await startSandbox({ world: exampleWorld(), httpsPort: 0, proxyPort: 0 })
  opened.push(sandbox)
  return { proxyUrl: sandbox.proxyUrl!, httpsUrl: sandbox.httpsUrl!, authorities: [sandbox.authority!] }
}

const tenant = 'https://acme.atlassian.net/_edge/tenant_info'

describe('the way out of the machine', () => {
  test('https goes through the proxy, to a name that only the proxy knows, with an authority of its own', async () => {
    const { proxyUrl, authorities } = await startSecure()
    expect(await ask(tenant, through({ httpsProxy: proxyUrl, authorities }))).toMatchObject({ status: 200 })
  })

  test('without the authority the answer is an error, not an exchange', async () => {
    const { proxyUrl } = await startSecure()
    expect(await ask(tenant, through({ httpsProxy: proxyUrl }))).toMatchObject({ sent: false, transient: false })
  })

  test('an authority is trusted without a proxy too', async () => {
    const { httpsUrl, authorities } = await startSecure()
    const url = `${httpsUrl}/_sandbox/journal`
    expect(await ask(url, through({ authorities }))).toMatchObject({ status: 200 })
    expect(await ask(url, through())).toMatchObject({ sent: false, transient: false })
  })

  test('https without a proxy of its own takes the one for http', async () => {
    const { proxyUrl, authorities } = await startSecure()
    expect(await ask(tenant, through({ httpProxy: proxyUrl, authorities }))).toMatchObject({ status: 200 })
  })

  test('http is handed to the proxy as a whole', async () => {
    const { url, asked } = await startProxy({ status: 403 })
    expect(await ask('http://acme.test/a?b=c', through({ httpProxy: url }))).toMatchObject({ text: '{"by":"proxy"}' })
    expect(asked.map((each) => each.url)).toEqual(['http://acme.test/a?b=c'])
  })

  test('user and password of the proxy go to the proxy alone', async () => {
    const { port } = await serve((request, response) => response.end(JSON.stringify(request.headers)))
    const { url, asked } = await startProxy({ port })
    const httpsProxy = url.replace('//', '//ana:p%40ss@')
    // the far end speaks no TLS: what matters is what the proxy was told
    await ask('https://acme.test/', through({ httpsProxy }))
    const told = Buffer.from('ana:p@ss').toString('base64')
    expect(asked.map(({ headers }) => headers['proxy-authorization'])).toEqual([`Basic ${told}`])
  })

  const without: Record<string, { noProxy?: string; host: string }> = {
    'loopback by name never goes through a proxy': { host: 'localhost' },
    'loopback by address never goes through a proxy': { host: '127.0.0.1' },
    'a name of NO_PROXY does not go through the proxy': { noProxy: 'x.test, acme.invalid', host: 'acme.invalid' },
    'a subdomain of a name of NO_PROXY does not either': { noProxy: 'acme.invalid', host: 'a.acme.invalid' },
    'a star means every name': { noProxy: '*', host: 'acme.invalid' },
  }
  test.each(Object.entries(without))('%s', async (_, { noProxy, host }) => {
    const { url, asked } = await startProxy({ status: 403 })
    const { port } = await serve((_request, response) => response.end('{}'))
    await ask(`http://${host}:${port}/`, through({ httpProxy: url, ...(noProxy && { noProxy }) }))
    expect(asked).toEqual([])
  })

  test('every request names the program and its version', async () => {
    const { port } = await serve((request, response) => response.end(JSON.stringify(request.headers)))
    const answer = await ask(`http://127.0.0.1:${port}/`, through())
    expect(JSON.parse('text' in answer ? answer.text : '')).toMatchObject({
      'user-agent': 'roster/1.2.3',
      accept: 'x/y',
    })
  })

  test('a connection is used again', async () => {
    const { port, connections } = await serve((_, response) => response.end('{}'))
    const dispatcher = through()
    for (let count = 0; count < 10; count += 1) await ask(`http://127.0.0.1:${port}/`, dispatcher)
    // the next request may come before the last one has given its connection back
    expect(connections()).toBeLessThanOrEqual(2)
  })

  test('an IPv6 address is reached', async () => {
    const { port } = await serve((_, response) => response.end('{}'), '::1')
    expect(await ask(`http://[::1]:${port}/`, through())).toMatchObject({ status: 200 })
  })
})

describe('what cannot be connected to', () => {
  test('a port without TLS is told as such', async () => {
    const { port } = await serve((_, response) => response.end('{}'))
    const silence = await ask(`https://127.0.0.1:${port}/`, through())
    expect(silence).toMatchObject({ sent: false, transient: false, detail: expect.stringContaining('speaks no TLS') })
  })

  test('a name that nobody has is told by name', async () => {
    const silence = await ask('https://acme.invalid/', through())
    expect(silence).toMatchObject({ sent: false, transient: true, detail: 'no address is known for acme.invalid' })
  })

  test('a certificate for other names is told', async () => {
    const { httpsUrl, authorities } = await startSecure()
    const { url } = await startProxy({ port: Number(new URL(httpsUrl).port) })
    const silence = await ask('https://elsewhere.test/', through({ httpsProxy: url, authorities }))
    expect(silence).toMatchObject({
      sent: false,
      transient: false,
      detail: 'the certificate is not for elsewhere.test',
    })
  })
})

describe('a proxy that does not let a request pass', () => {
  test.each([407, 403, 502])('%i is told by its status, and nothing was sent', async (status) => {
    const { url, asked } = await startProxy({ status })
    const silence = await ask('https://acme.test/', through({ httpsProxy: url }))
    expect(silence).toMatchObject({ code: 'PROXY_REFUSED', sent: false, transient: status === 502 })
    expect(asked).toHaveLength(1)
  })

  test('a proxy that is not there is no answer, and nothing was sent', async () => {
    const { port } = await serve(() => {})
    await Promise.all(opened.splice(0).map((each) => each.close()))
    const silence = await ask('https://acme.test/', through({ httpsProxy: `http://127.0.0.1:${port}` }))
    expect(silence).toMatchObject({ code: 'ECONNREFUSED', sent: false, transient: true })
  })

  test('its password is nowhere in the failure', async () => {
    const { url } = await startProxy({ status: 407 })
    const silence = await ask('https://acme.test/', through({ httpsProxy: url.replace('//', '//ana:s3cr3t@') }))
    const basic = Buffer.from('ana:s3cr3t').toString('base64')
    expect(inspect(silence, { depth: Infinity, showHidden: true })).not.toMatch(new RegExp(`s3cr3t|${basic}`))
  })
})
