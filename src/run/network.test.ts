import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { request } from 'undici'
import { version } from '../config.ts'
import { exampleWorld } from '../sandbox/example-world.builder.ts'
import { startSandbox } from '../sandbox/start-sandbox.ts'
import { openNetwork } from './network.ts'

const cwd = mkdtempSync(join(tmpdir(), 'roster-network-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))
writeFileSync(join(cwd, 'empty.pem'), '')
writeFileSync(join(cwd, 'broken.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')

const proxy = 'is no address of a proxy'
const wrong: Record<string, readonly [Record<string, string>, string]> = {
  'a proxy that is no address': [{ HTTPS_PROXY: 'http://ana:s3cr3t@:x' }, `variable HTTPS_PROXY ${proxy}`],
  'a proxy of another protocol': [{ http_proxy: 'ftp://ana:s3cr3t@proxy' }, `variable http_proxy ${proxy}`],
  'a password that is not percent-encoded': [{ HTTPS_PROXY: 'ana:s3cr3t%@proxy' }, `variable HTTPS_PROXY ${proxy}`],
  'lower case goes first': [{ HTTPS_PROXY: 'http://proxy', https_proxy: 'ftp://s3cr3t' }, 'variable https_proxy'],
  'a file of authorities that is not there': [{ ROSTER_CA_FILE: 'no.pem' }, 'cannot be read (ENOENT)'],
  'a file of authorities without one': [{ ROSTER_CA_FILE: 'empty.pem' }, 'holds no certificate'],
  'a file of authorities that is broken': [{ ROSTER_CA_FILE: 'broken.pem' }, 'a certificate that cannot be read'],
}
test.each(Object.entries(wrong))('%s is told, without the value', async (_, [env, says]) => {
  const opened = await openNetwork({ env, cwd })
  expect(opened).toMatchObject({
    diagnostic: { code: 'NETWORK_SETTING', severity: 'error', message: expect.stringContaining(says) },
  })
  expect(JSON.stringify(opened)).not.toContain('s3cr3t')
})

test('with the proxy and the authority of the environment a name of Atlassian is reached', async () => {
  const sandbox = await startSandbox({ world: exampleWorld(), httpsPort: 0, proxyPort: 0 })
  writeFileSync(join(cwd, 'ca.pem'), `a comment\n${sandbox.authority!}`)
  // without a scheme it is http, and an empty variable is none
  const env = { HTTPS_PROXY: new URL(sandbox.proxyUrl!).host, https_proxy: '', ROSTER_CA_FILE: 'ca.pem' }
  const opened = await openNetwork({ env, cwd })
  if ('diagnostic' in opened) throw new Error(opened.diagnostic.message)
  const { dispatcher } = opened
  const answer = await request('https://acme.atlassian.net/_edge/tenant_info', { dispatcher })
  expect(answer.statusCode).toBe(200)
  await answer.body.dump()
  const [told] = sandbox.journal.entries
  expect(told).toMatchObject({ path: '/_edge/tenant_info' })
  await dispatcher.destroy()
  await sandbox.close()
})

test('the version is the one of the package', () => expect(version()).toMatch(/^\d+\.\d+\.\d+/))
