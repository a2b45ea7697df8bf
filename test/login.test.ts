import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { siteScopes } from '../src/atlassian/oauth-scopes.ts'
import { systemClock } from '../src/clock.ts'
import { main } from '../src/cli/main.ts'
import { openOAuthAcme, type OAuthAcme } from './oauth.builder.ts'

const executablePath = '/usr/bin/chromium'
const hasBrowser = existsSync(executablePath)

let acme: OAuthAcme
let browser: Browser

beforeAll(async () => {
  if (hasBrowser) browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
}, 60_000)
afterAll(async () => {
  if (hasBrowser) await browser.close()
})

const open = async (scopes = siteScopes) => {
  acme = await openOAuthAcme({ grant: 'AuthorizationCode', declaresToken: false, scopes })
}
beforeEach(() => open())
afterEach(() => acme.close())

interface Login {
  /** The address that the terminal shows. */
  readonly address: Promise<URL>
  readonly ended: Promise<{ code: number; stdout: string; stderr: string }>
  interrupt(): void
}

/** `roster login` on a free port, while a test does what the person would. */
function startLogin(...flags: readonly string[]): Login {
  const [shown, interrupted] = [Promise.withResolvers<URL>(), new AbortController()]
  let [stdout, stderr] = ['', '']
  const argv = ['login', acme.access, '--sandbox', acme.sandbox.url, '--no-browser', '--port', '0', ...flags]
  const ended = main(argv, {
    stdout: (text) => void (stdout += text),
    stderr: (text) => {
      stderr += text
      const address = /^ {2}(http\S+)$/m.exec(stderr)?.[1]
      if (address !== undefined) shown.resolve(new URL(address))
    },
    env: {},
    cwd: process.cwd(),
    isTty: { stdin: false, stdout: false, stderr: false },
    signal: interrupted.signal,
    clock: systemClock,
    random: () => 0.5,
    ask: () => Promise.reject(new Error('nobody is there to ask')),
    quit: () => {},
  }).then((code) => ({ code, stdout, stderr }))
  return { address: shown.promise, ended, interrupt: () => interrupted.abort() }
}

const redirectOf = (address: URL): URL => new URL(address.searchParams.get('redirect_uri')!)

describe.skipIf(!hasBrowser)('in a browser (skipped without /usr/bin/chromium)', () => {
  let page: Page
  beforeEach(async () => void (page = await browser.newPage({ viewport: { width: 900, height: 900 } })))
  afterEach(() => page.close())

  /** For whoever wants to look at the pages. */
  const picture = async (name: string): Promise<void> => {
    const folder = process.env['LOGIN_PICTURES']
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` })
  }

  test('a person who accepts is signed in, and the next plan works', async () => {
    const login = startLogin('--site', 'acme')
    await page.goto((await login.address).href)
    expect(await page.locator('main').innerText()).toMatch(/Roster asks for access[\s\S]*svc-access@acme\.com/)
    expect(await page.locator('li').count()).toBe(siteScopes.length + 1)
    await picture('consent')
    await page.getByRole('button', { name: 'Accept' }).click()
    expect(await page.locator('h1').innerText()).toBe('Roster may act for you on acme')
    await picture('accepted')
    const { code, stdout } = await login.ended
    expect(code).toBe(0)
    expect(stdout).toContain('svc-access@acme.com')
    expect(stdout).toContain(`${siteScopes.length} of ${siteScopes.length} that Roster needs`)
    expect(JSON.parse(readFileSync(acme.tokenFile(), 'utf8'))).toMatchObject({
      token: { email: 'svc-access@acme.com' },
    })
    expect((await acme.run('plan')).stdout).toContain('Plan: 22 to add, 7 to change')
    expect(acme.exchanges()).toBe(1)
  }, 30_000)

  test('a person who cancels leaves everything as it was', async () => {
    const login = startLogin()
    await page.goto((await login.address).href)
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(await page.locator('h1').innerText()).toBe('Not signed in')
    await picture('cancelled')
    const { code, stderr } = await login.ended
    expect(code).toBe(1)
    expect(stderr).toContain('no consent was given: User did not authorize the request')
    expect((await acme.run('plan')).stderr).toContain('roster login --site acme')
  })

  test('an answer with another state is told off and waited past', async () => {
    const login = startLogin()
    const address = await login.address
    const forged = redirectOf(address)
    forged.search = '?code=stolen&state=guessed'
    await page.goto(forged.href)
    expect(await page.locator('h1').innerText()).toBe('This answer belongs to another login')
    await picture('foreign')
    expect(acme.exchanges()).toBe(0)
    await page.goto(address.href)
    await page.getByRole('button', { name: 'Accept' }).click()
    expect((await login.ended).code).toBe(0)
  })
})

/** What the browser would do at the consent page, without one. */
async function accept(address: URL): Promise<URL> {
  const body = new URLSearchParams([...address.searchParams, ['decision', 'accept']])
  const response = await fetch(new URL('/authorize', address), { method: 'POST', redirect: 'manual', body })
  return new URL(response.headers.get('location')!)
}

test('no token, secret or code is printed or stands in an address that the terminal shows', async () => {
  const login = startLogin()
  const callback = await accept(await login.address)
  await fetch(callback)
  const { stdout, stderr } = await login.ended
  const told = stdout + stderr + (await login.address).href
  expect(told).not.toMatch(/access-[0-9a-f]{8}-|refresh-[0-9a-f]{8}-|app-secret/)
  expect(told).not.toContain(callback.searchParams.get('code'))
})

test('scopes that the person or the app left out are named, with exit code 4', async () => {
  const login = startLogin()
  const address = await login.address
  address.searchParams.set('scope', 'read:project:jira offline_access')
  await fetch(await accept(address))
  const { code, stdout, stderr } = await login.ended
  expect(code).toBe(4)
  expect(stdout).toContain(`1 of ${siteScopes.length} that Roster needs`)
  expect(stderr).toContain('write:space.permission:confluence')
})

test('a code that somebody has used is refused, and nothing is kept', async () => {
  const login = startLogin()
  const callback = await accept(await login.address)
  acme.sandbox.world.state.authorizationCodes.clear()
  const shown = await fetch(callback)
  expect(shown.status).toBe(400)
  const { code, stderr } = await login.ended
  expect(code).toBe(1)
  expect(stderr).toContain('invalid_grant')
  expect(existsSync(acme.tokenFile())).toBe(false)
})

test('a request under another host name does not reach the login', async () => {
  const login = startLogin()
  const callback = redirectOf(await login.address)
  const elsewhere = await fetch(new URL('/other', callback))
  expect(elsewhere.status).toBe(404)
  callback.hostname = 'localhost'
  expect((await fetch(callback).catch(() => ({ status: 404 }))).status).toBe(404)
  login.interrupt()
  expect((await login.ended).code).toBe(130)
})

test('Ctrl-C ends it at once', async () => {
  const login = startLogin()
  await login.address
  login.interrupt()
  expect((await login.ended).code).toBe(130)
})

test('a port that is taken is told with the way out', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const { code, stderr } = await startLogin('--port', String(port)).ended
  other.close()
  expect(code).toBe(1)
  expect(stderr).toContain(`port ${port} is taken`)
  expect(stderr).toContain('callback URLs of the app')
})

test('nobody who agrees within five minutes ends it', async () => {
  const { code, stderr } = await acme.run('login', '--no-browser', '--port', '0')
  expect(code).toBe(1)
  expect(stderr).toContain('nobody agreed within 5 minutes')
})

test('a site that does not sign in by consent is told with those that do', async () => {
  const { code, stderr } = await startLogin('--site', 'other').ended
  expect(code).toBe(1)
  expect(stderr).toContain('no site "other" signs in by consent; these do: acme')
})
