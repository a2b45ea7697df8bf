import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleWorld } from './example-world.builder.ts'
import { startSandbox, type Sandbox } from './start-sandbox.ts'

/** Programs that know nothing of the sandbox: the settings are those of docs/sandbox.md. */
interface Client {
  readonly program: string
  /** Arguments with which it ends well where it is there. */
  readonly probe: readonly string[]
  /** Arguments to get a URL as `svc@acme.com`, given the proxy's URL and the authority's file. */
  readonly get: (url: string, proxy: string, authority: string) => readonly string[]
}

const fetchProgram = `
  const headers = { authorization: 'Basic ' + btoa('svc@acme.com:acme-api-token') }
  process.stdout.write(await (await fetch(process.argv[1], { headers })).text())`

// strict is the default since Python 3.13, and asks for key identifiers in the certificates
const urllibProgram = `
import os, ssl, sys, urllib.request, base64
os.environ['HTTPS_PROXY'], os.environ['SSL_CERT_FILE'] = sys.argv[2:4]
context = ssl.create_default_context()
context.verify_flags |= ssl.VERIFY_X509_STRICT
token = base64.b64encode(b'svc@acme.com:acme-api-token').decode()
request = urllib.request.Request(sys.argv[1], headers={'Authorization': 'Basic ' + token})
print(urllib.request.urlopen(request, context=context).read().decode())`

const requestsProgram = `
import os, sys, requests
os.environ['HTTPS_PROXY'], os.environ['REQUESTS_CA_BUNDLE'] = sys.argv[2:4]
print(requests.get(sys.argv[1], auth=('svc@acme.com', 'acme-api-token')).text)`

const clients: Readonly<Record<string, Client>> = {
  curl: {
    program: 'curl',
    probe: ['--version'],
    get: (url, proxy, authority) => [
      '-sS',
      '--proxy',
      proxy,
      '--cacert',
      authority,
      '-u',
      'svc@acme.com:acme-api-token',
      url,
    ],
  },
  "Node's own fetch": {
    program: 'env',
    probe: [process.execPath, '--version'],
    get: (url, proxy, authority) => [
      `HTTPS_PROXY=${proxy}`,
      'NODE_USE_ENV_PROXY=1',
      `NODE_EXTRA_CA_CERTS=${authority}`,
      process.execPath,
      '--input-type=module',
      '-e',
      fetchProgram,
      url,
    ],
  },
  "Python's urllib": {
    program: 'python3',
    probe: ['--version'],
    get: (...where) => ['-c', urllibProgram, ...where],
  },
  "Python's requests": {
    program: 'python3',
    probe: ['-c', 'import requests'],
    get: (...where) => ['-c', requestsProgram, ...where],
  },
}

const run = promisify(execFile)

async function isThere(name: string, { program, probe }: Client): Promise<boolean> {
  try {
    await run(program, probe)
    return true
  } catch (error) {
    process.stderr.write(`SKIPPED: ${name} is not there: ${(error as Error).message}\n`)
    return false
  }
}

const there = await Promise.all(
  Object.entries(clients).map(async ([name, client]) => [name, client, await isThere(name, client)] as const),
)

describe.each(there)('%s, with the proxy and the authority for settings', (_, client, isAvailable) => {
  const folder = mkdtempSync(join(tmpdir(), 'roster-authority-'))
  const authority = join(folder, 'ca.pem')
  let sandbox: Sandbox
  const get = (url: string) => run(client.program, client.get(url, sandbox.proxyUrl!, authority))
  beforeAll(async () => {
    sandbox = await startSandbox({ world: exampleWorld(), httpsPort: 0, proxyPort: 0 })
    writeFileSync(authority, sandbox.authority!)
  })
  afterAll(async () => {
    await sandbox.close()
    rmSync(folder, { recursive: true })
  })

  test.runIf(isAvailable)('reads a site by its own name', async () => {
    const { stdout } = await get('https://acme.atlassian.net/rest/api/3/myself')
    expect(JSON.parse(stdout)).toMatchObject({ accountId: '712020:svc' })
  })

  test.runIf(isAvailable)('gets nowhere else', async () => {
    await expect(get('https://example.com/')).rejects.toMatchObject({ code: expect.any(Number) })
    expect(sandbox.journal.entries.every(({ path }) => path.startsWith('/rest/'))).toBe(true)
  })
})
