import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { exampleWorld } from '../../example-world.builder.ts'
import { startSandbox, type Sandbox } from '../../start-sandbox.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const callback = 'http://127.0.0.1:8976/callback'
const client = { client_id: 'app-id', client_secret: 'app-secret' }

let sandbox: Sandbox
let nowMs: number

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 25)
  const seed = exampleWorld()
  const app = {
    name: 'Roster',
    clientId: 'app-id',
    clientSecret: 'app-secret',
    email: 'svc@acme.com',
    scopes: ['read:jira-user', 'manage:jira-configuration'],
    redirectUris: [callback],
  }
  const world = { ...seed, credentials: { ...seed.credentials, oauthClients: [app] } }
  sandbox = await startSandbox({ world, now: () => nowMs })
})

afterEach(() => sandbox.close())

interface Answered {
  readonly status: number
  readonly fields: Readonly<Record<string, unknown>>
}

async function token(fields: Readonly<Record<string, string>>, headers: Record<string, string> = {}) {
  const response = await fetch(`${sandbox.url}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(fields),
  })
  return { status: response.status, fields: await response.json() } as Answered
}

const asked = {
  audience: 'api.atlassian.com',
  client_id: 'app-id',
  scope: 'read:jira-user offline_access',
  redirect_uri: callback,
  state: 'state-1',
  response_type: 'code',
  prompt: 'consent',
}

async function decide(more: Readonly<Record<string, string>> = {}): Promise<URL> {
  const body = new URLSearchParams({ ...asked, decision: 'accept', ...more })
  const response = await fetch(`${sandbox.url}/authorize`, { method: 'POST', redirect: 'manual', body })
  expect(response.status).toBe(302)
  return new URL(response.headers.get('location')!)
}

const codeOf = async (more = {}): Promise<string> => (await decide(more)).searchParams.get('code')!
const exchange = (code: string, more = {}) =>
  token({ ...client, grant_type: 'authorization_code', code, redirect_uri: callback, ...more })
const refresh = (refreshToken: unknown) =>
  token({ ...client, grant_type: 'refresh_token', refresh_token: String(refreshToken) })
const invalid = { status: 403, fields: { error: 'invalid_grant' } }

async function get(path: string, bearer: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${sandbox.url}${path}`, { headers: { authorization: `Bearer ${String(bearer)}` } })
  return { status: response.status, body: await response.json() }
}

describe('consent', () => {
  test('the page shows app, account and scopes, and escapes what it was sent', async () => {
    const query = new URLSearchParams({ ...asked, state: '"><script>' })
    const response = await fetch(`${sandbox.url}/authorize?${query.toString()}`)
    const page = await response.text()
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(page).toContain('svc@acme.com')
    expect(page).toContain('read:jira-user')
    expect(page).not.toContain('<script>')
  })

  test.each([
    ['an unknown app', { client_id: 'other' }],
    ["an address that is not the app's", { redirect_uri: 'https://evil.example/' }],
    ['another audience', { audience: 'elsewhere' }],
    ['the implicit flow', { response_type: 'token' }],
    ['no prompt', { prompt: 'none' }],
    ['a scope that the app does not have', { scope: 'write:confluence-groups' }],
  ])('%s is told to the person and never sent on', async (_, wrong) => {
    const response = await fetch(`${sandbox.url}/authorize?${new URLSearchParams({ ...asked, ...wrong }).toString()}`, {
      redirect: 'manual',
    })
    expect(response.status).toBe(400)
  })

  test('accepting leads back with a code and the state, cancelling with access_denied', async () => {
    const accepted = await decide()
    expect(accepted.href).toMatch(/^http:\/\/127\.0\.0\.1:8976\/callback\?code=code-[\w-]+&state=state-1$/)
    const refused = await decide({ decision: 'cancel' })
    expect(Object.fromEntries(refused.searchParams)).toMatchObject({ error: 'access_denied', state: 'state-1' })
  })
})

describe('code', () => {
  test('gives tokens with the scopes that were agreed to, once', async () => {
    const code = await codeOf()
    expect(await exchange(code)).toMatchObject({
      status: 200,
      fields: { expires_in: 3600, token_type: 'Bearer', scope: asked.scope, refresh_token: expect.any(String) },
    })
    expect(await exchange(code)).toMatchObject(invalid)
  })

  test('gives no refresh token without offline_access', async () => {
    const answer = await exchange(await codeOf({ scope: 'read:jira-user' }))
    expect(answer.fields).not.toHaveProperty('refresh_token')
  })

  test('is refused with another redirect_uri', async () => {
    expect(await exchange(await codeOf(), { redirect_uri: 'http://127.0.0.1:1/' })).toMatchObject(invalid)
  })

  test('is refused once it is five minutes old', async () => {
    const code = await codeOf()
    nowMs += 5 * minuteMs
    expect(await exchange(code)).toMatchObject(invalid)
  })

  test('with PKCE needs the verifier', async () => {
    const pkce = {
      code_challenge: createHash('sha256').update('verifier').digest('base64url'),
      code_challenge_method: 'S256',
    }
    expect(await exchange(await codeOf(pkce))).toMatchObject(invalid)
    expect(await exchange(await codeOf(pkce), { code_verifier: 'other' })).toMatchObject(invalid)
    expect(await exchange(await codeOf(pkce), { code_verifier: 'verifier' })).toMatchObject({ status: 200 })
  })
})

describe('refresh token', () => {
  const first = async () => (await exchange(await codeOf())).fields['refresh_token']

  test('is replaced by each use, and the old one works for ten more minutes only', async () => {
    const old = await first()
    const next = (await refresh(old)).fields['refresh_token']
    expect(next).not.toBe(old)
    nowMs += 10 * minuteMs
    expect(await refresh(old)).toMatchObject({ status: 200 })
    nowMs += 1
    expect(await refresh(old)).toMatchObject(invalid)
    expect(await refresh(next)).toMatchObject({ status: 200 })
  })

  test('ends when nobody uses it for 90 days', async () => {
    const unused = await first()
    nowMs += 90 * dayMs
    expect(await refresh(unused)).toMatchObject(invalid)
  })

  test('ends a year after the consent, however often it is used', async () => {
    let last = await first()
    for (let day = 60; day <= 360; day += 60) {
      nowMs += 60 * dayMs
      last = (await refresh(last)).fields['refresh_token']
      expect(last).toEqual(expect.any(String))
    }
    nowMs += 5 * dayMs
    expect(await refresh(last)).toMatchObject(invalid)
  })

  test('belongs to one app', async () => {
    const stolen = { ...client, client_id: 'other', grant_type: 'refresh_token', refresh_token: String(await first()) }
    expect(await token(stolen)).toMatchObject({ status: 401 })
  })
})

describe('client authentication', () => {
  const grant = { grant_type: 'client_credentials' }
  const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` })

  test('works by JSON, by form and by HTTP Basic', async () => {
    expect(await token({ ...client, ...grant })).toMatchObject({ status: 200 })
    expect(await token(grant, basic('app-id:app-secret'))).toMatchObject({ status: 200 })
    const form = new URLSearchParams({ ...client, ...grant })
    expect((await fetch(`${sandbox.url}/oauth/token`, { method: 'POST', body: form })).status).toBe(200)
  })

  test('is refused with a wrong secret, whichever way', async () => {
    expect(await token({ ...client, client_secret: 'wrong', ...grant })).toMatchObject({ status: 401 })
    expect(await token(grant, basic('app-id:wrong'))).toMatchObject({ status: 401 })
  })

  test('gives a client no refresh token', async () => {
    expect((await token({ ...client, ...grant })).fields).not.toHaveProperty('refresh_token')
  })
})

describe('access token', () => {
  const access = async (scope = asked.scope) => (await exchange(await codeOf({ scope }))).fields['access_token']
  const gateway = () => `/ex/jira/${sandbox.world.site('acme').cloudId}/rest/api/3`

  test('is good for an hour', async () => {
    const bearer = await access()
    nowMs += 60 * minuteMs - 1
    expect(await get(`${gateway()}/myself`, bearer)).toMatchObject({ status: 200 })
    nowMs += 1
    expect(await get(`${gateway()}/myself`, bearer)).toMatchObject({ status: 401 })
  })

  test('without the scope of an operation is refused by the gateway', async () => {
    const bearer = await access()
    expect(await get(`${gateway()}/role`, bearer)).toEqual({
      status: 401,
      body: { code: 401, message: 'Unauthorized; scope does not match' },
    })
    const wide = await access('manage:jira-configuration')
    expect(await get(`${gateway()}/role`, wide)).toMatchObject({ status: 200 })
  })

  test('names its scopes beside each site', async () => {
    const { body } = await get('/oauth/token/accessible-resources', await access())
    expect(body).toMatchObject([{ name: 'acme', scopes: ['read:jira-user'] }])
  })
})
