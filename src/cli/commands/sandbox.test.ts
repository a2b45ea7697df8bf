import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ProxyAgent, request } from 'undici'
import { expect, test } from 'vitest'
import { systemClock } from '../../clock.ts'
import { main } from '../main.ts'
import { folder } from '../process.builder.ts'

/** Runs `roster sandbox` with these flags until what is asked, once it has told where it listens, is answered. */
async function whileItRuns(
  flags: readonly string[],
  cwd: string,
  ask: (told: string) => Promise<void>,
): Promise<number> {
  const interrupted = new AbortController()
  const asked: Promise<void>[] = []
  const code = await main(['sandbox', ...flags], {
    stdout: (text) => void asked.push(ask(text).finally(() => interrupted.abort())),
    stderr: () => {},
    env: {},
    cwd,
    isTty: { stdin: false, stdout: false, stderr: false },
    signal: interrupted.signal,
    clock: systemClock,
    random: () => 0.5,
    ask: () => Promise.reject(new Error('nobody is there to ask')),
    quit: () => {},
  })
  await Promise.all(asked)
  return code
}

test('a client needs nothing but the proxy and the authority that the command tells of', async () => {
  const cwd = folder()
  const flags = ['--port', '0', '--https-port', '0', '--proxy-port', '0']
  const code = await whileItRuns(flags, cwd, async (told) => {
    const [, proxy = '', file = '', url = ''] = /curl --proxy (\S+) --cacert (\S+) (https:\S+)/.exec(told) ?? []
    expect(file).toBe(join(cwd, 'roster-sandbox-ca.pem'))
    const authority = readFileSync(file, 'utf8')
    expect(authority).toMatch(/^-----BEGIN CERTIFICATE-----\n[\w+/=\n]+\n-----END CERTIFICATE-----\n$/)
    const dispatcher = new ProxyAgent({ uri: proxy, requestTls: { ca: authority } })
    expect((await request(url, { dispatcher })).statusCode).toBe(200)
    await dispatcher.close()
  })
  expect(code).toBe(0)
})

test('the flags of the weather reach the sandbox', async () => {
  const flags = ['--port', '0', '--limits', 'requests=1/60', '--random-seed', '7', '--consistency-delay', '50']
  const code = await whileItRuns(flags, folder(), async (told) => {
    const [, url = ''] = /listens at (\S+)\./.exec(told) ?? []
    const ask = async () => (await request(`${url}/_edge/tenant_info`)).statusCode
    const key = { headers: { authorization: 'Bearer sandbox-organization-key' } }
    const list = async () => (await request(`${url}/admin/v1/orgs`, key)).statusCode
    expect([await ask(), await list(), await list()]).toEqual([200, 200, 429])
  })
  expect(code).toBe(0)
})
