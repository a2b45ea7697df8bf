import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hookRoutes, type Forge } from './hook-routes.ts'
import { serve, type Server } from './serve.ts'

const secret = "It's a Secret to Everybody"
const body = '{"zen":"Ünïcode, byte by byte"}\n'
let server: Server
let calls: string[]
let secrets: readonly string[]

beforeEach(async () => {
  calls = []
  secrets = [secret]
  const routes = hookRoutes({
    secrets: async () => secrets,
    onCall: (forge) => calls.push(forge),
    onRefused: (forge) => calls.push(`refused ${forge}`),
  })
  server = await serve({ port: 0, host: '127.0.0.1', routes, onError: (error) => calls.push(String(error)) })
})
afterEach(() => server.close())

async function post(forge: string, headers: Readonly<Record<string, string>>, sent = body): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${server.port}/hooks/${forge}`, {
    method: 'POST',
    headers,
    body: sent,
  })
  await response.text()
  return response.status
}

const sign = (key: string, text = body) => `sha256=${createHmac('sha256', key).update(text).digest('hex')}`

const genuine: Readonly<Record<Forge, Readonly<Record<string, string>>>> = {
  github: { 'X-Hub-Signature-256': sign(secret) },
  gitlab: { 'X-Gitlab-Token': secret },
  bitbucket: { 'X-Hub-Signature': sign(secret) },
}

test.each(Object.entries(genuine))('a genuine call of %s is taken, however often it comes', async (forge, headers) => {
  expect(await post(forge, headers)).toBe(202)
  expect(await post(forge, headers)).toBe(202)
  expect(calls).toEqual([forge, forge])
})

test('the example of GitHub is taken', async () => {
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
  const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
  expect(await post('github', { 'X-Hub-Signature-256': signature }, 'Hello, World!')).toBe(202)
})

test.each<[string, Forge, Readonly<Record<string, string>>, string]>([
  ['without a signature', 'github', {}, body],
  ['with the old signature alone', 'github', { 'X-Hub-Signature': sign(secret) }, body],
  ['signed with another secret', 'github', { 'X-Hub-Signature-256': sign('other') }, body],
  ['signed over another body', 'github', { 'X-Hub-Signature-256': sign(secret) }, `${body} `],
  ['with a signature that is cut', 'github', { 'X-Hub-Signature-256': sign(secret).slice(0, -1) }, body],
  ['without a token', 'gitlab', {}, body],
  ['with another token', 'gitlab', { 'X-Gitlab-Token': `${secret}!` }, body],
  ['with the start of the token', 'gitlab', { 'X-Gitlab-Token': secret.slice(0, 5) }, body],
  ['signed with another secret', 'bitbucket', { 'X-Hub-Signature': sign('other') }, body],
])('a call %s to %s is refused', async (_, forge, headers, sent) => {
  expect(await post(forge, headers, sent)).toBe(401)
  expect(calls).toEqual([`refused ${forge}`])
})

test('while the secret is changed both are taken, and an empty one never', async () => {
  secrets = ['new', secret, '']
  expect(await post('gitlab', { 'X-Gitlab-Token': 'new' })).toBe(202)
  expect(await post('gitlab', { 'X-Gitlab-Token': secret })).toBe(202)
  expect(await post('gitlab', { 'X-Gitlab-Token': '' })).toBe(401)
  expect(await post('github', { 'X-Hub-Signature-256': sign('') })).toBe(401)
})

test('a body of more than 5 MiB is refused before it is looked at', async () => {
  expect(await post('github', genuine.github, 'x'.repeat(5 * 1024 * 1024 + 1))).toBe(413)
  expect(calls).toEqual([])
})

test('only a POST is a call', async () => {
  const response = await fetch(`http://127.0.0.1:${server.port}/hooks/github`)
  expect(response.status).toBe(405)
})
