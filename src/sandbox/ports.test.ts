import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Agent } from 'undici'
import { expect, test } from 'vitest'
import { exampleWorld } from './example-world.builder.ts'
import { startSandbox } from './start-sandbox.ts'
import { withSandbox } from './story.builder.ts'
import { get, say } from './wire.builder.ts'

test('https on loopback answers as http does, with links that keep the port', async () => {
  await withSandbox({ httpsPort: 0 }, async ({ httpsUrl, authority, proxyUrl }) => {
    const dispatcher = new Agent({ connect: { ca: authority! } })
    const { body } = await get(`${httpsUrl!}/sites/acme/rest/api/3/serverInfo`, dispatcher)
    expect(body).toMatchObject({ baseUrl: `${httpsUrl!}/sites/acme` })
    expect(proxyUrl).toBeUndefined()
    await dispatcher.close()
  })
})

test('a client that resolves the names itself gets links with its port', async () => {
  await withSandbox({ httpsPort: 0 }, async ({ httpsUrl, authority }) => {
    const { port } = new URL(httpsUrl!)
    const toSandbox = new Agent({
      connect: { ca: authority!, lookup: (_, __, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) },
    })
    const { body } = await get(`https://acme.atlassian.net:${port}/rest/api/3/serverInfo`, toSandbox)
    expect(body).toMatchObject({ baseUrl: `https://acme.atlassian.net:${port}` })
    await toSandbox.close()
  })
})

test('a request whose host is no host is 400', async () => {
  await withSandbox({}, async ({ url }) => {
    expect(await say(url, 'GET / HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /)
  })
})

test('closing ends tunnels, also those in which nothing was said yet', async () => {
  const sandbox = await startSandbox({ world: exampleWorld(), httpsPort: 0, proxyPort: 0 })
  const { port } = new URL(sandbox.proxyUrl!)
  const silent = connectTcp(Number(port), '127.0.0.1')
  silent.write('CONNECT acme.atlassian.net:443 HTTP/1.1\r\nhost: acme.atlassian.net:443\r\n\r\n')
  await once(silent, 'data')
  const handshake = connectTcp(Number(new URL(sandbox.httpsUrl!).port), '127.0.0.1')
  await once(handshake, 'connect')
  const tunnel = connectTcp(Number(port), '127.0.0.1')
  tunnel.write('CONNECT acme.atlassian.net:443 HTTP/1.1\r\nhost: acme.atlassian.net:443\r\n\r\n')
  await once(tunnel, 'data')
  const secure = connectTls({ socket: tunnel, servername: 'acme.atlassian.net', ca: sandbox.authority! })
  await once(secure, 'secureConnect')
  const ended = Promise.all([silent, handshake, secure].map((socket) => closed(socket)))
  await sandbox.close()
  await ended
  await expect(fetch(sandbox.url)).rejects.toThrow('fetch failed')
})

test('where one port is taken, none stays open', async () => {
  await withSandbox({}, async (first) => {
    const taken = Number(new URL(first.url).port)
    const free = await startSandbox({ world: exampleWorld() })
    const port = Number(new URL(free.url).port)
    await free.close()
    const options = { world: exampleWorld(), port, httpsPort: 0 }
    await expect(startSandbox({ ...options, proxyPort: taken })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await (await startSandbox(options)).close()
  })
})

function closed(socket: NodeJS.EventEmitter): Promise<void> {
  // a connection that ends in the middle may say so as an error first
  socket.on('error', () => undefined)
  return new Promise((resolve) => void socket.once('close', () => resolve()))
}
