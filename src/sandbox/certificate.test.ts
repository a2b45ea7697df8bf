import { connect } from 'node:tls'
import { Agent } from 'undici'
import { expect, test } from 'vitest'
import { exampleWorld } from './example-world.builder.ts'
import { startSandbox } from './start-sandbox.ts'
import { withSandbox } from './story.builder.ts'
import { get } from './wire.builder.ts'

const judged: Readonly<Record<string, readonly [servername: string, code: string | undefined]>> = {
  'is good for a site': ['anything.atlassian.net', undefined],
  'is good for api.atlassian.com': ['api.atlassian.com', undefined],
  'is good for auth.atlassian.com': ['auth.atlassian.com', undefined],
  'is good for localhost': ['localhost', undefined],
  'is not good for another name': ['example.com', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  'is not good for another name of atlassian.com': ['id.atlassian.com', 'ERR_TLS_CERT_ALTNAME_INVALID'],
}
test.each(Object.entries(judged))('the certificate %s', async (_, [servername, code]) => {
  await withSandbox({ httpsPort: 0 }, async ({ httpsUrl, authority }) => {
    const { port } = new URL(httpsUrl!)
    const socket = connect({ host: '127.0.0.1', port: Number(port), servername, ca: authority! })
    const outcome = await new Promise((resolve) => {
      socket.once('secureConnect', () => resolve(undefined))
      socket.once('error', ({ code: reason }: NodeJS.ErrnoException) => resolve(reason))
    })
    socket.destroy()
    expect(outcome).toBe(code)
  })
})

test('the certificate is trusted by nobody who was not given the authority', async () => {
  await withSandbox({ httpsPort: 0 }, async ({ httpsUrl }) => {
    await expect(get(`${httpsUrl!}/_edge/tenant_info`, new Agent())).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    })
  })
})

const start = () => startSandbox({ world: exampleWorld(), httpsPort: 0 })

test('the certificate is another one at each start', async () => {
  const [one, two] = await Promise.all([start(), start()])
  expect(one.authority).not.toBe(two.authority)
  await Promise.all([one.close(), two.close()])
})
