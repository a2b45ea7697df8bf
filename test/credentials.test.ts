import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleCredentials, exampleWorld } from '../src/sandbox/example-world.builder.ts'
import { startSandbox, type Sandbox } from '../src/sandbox/start-sandbox.ts'

const { organization, scim, sites } = exampleWorld()
const gateway = (api: string): string => `/ex/${api}/${sites[0]!.cloudId}`

/** Where each API is asked for something that it answers to whoever may ask. */
const places = {
  Organizations: [`GET /admin/v2/orgs/${organization.id}/directories`],
  'Admin Control': [`POST /admin/control/v1/orgs/${organization.id}/users/auth-policies/bulk-fetch`],
  'User management': ['GET /users/712020:ana/manage'],
  SCIM: [`GET /scim/directory/${scim!.directoryId}/Users`],
  'site address': ['GET /sites/acme/rest/api/3/myself', 'GET /sites/acme/wiki/rest/api/user/current'],
  gateway: [`GET ${gateway('jira')}/rest/api/3/myself`, `GET ${gateway('confluence')}/wiki/rest/api/user/current`],
} as const

type Place = keyof typeof places

/** Which credential is good where, as docs/credentials.md says it. */
const goodAt: Readonly<Record<string, readonly Place[]>> = {
  'organization key': ['Organizations', 'Admin Control', 'User management'],
  'SCIM key': ['SCIM'],
  'classic API token': ['site address'],
  'API token with scopes': ['gateway'],
  'client of a service account': ['gateway'],
  'consent of a person': ['gateway'],
}

let sandbox: Sandbox
let headers: Readonly<Record<string, string>>

async function accessToken(grant: Readonly<Record<string, string>>): Promise<string> {
  const body = JSON.stringify({ client_id: 'robot-id', client_secret: 'robot-secret', ...grant })
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  const answer = await (await fetch(`${sandbox.url}/oauth/token`, request)).json()
  return `Bearer ${(answer as { access_token: string }).access_token}`
}

beforeAll(async () => {
  sandbox = await startSandbox({ world: exampleWorld() })
  headers = {
    'organization key': exampleCredentials.organization,
    'SCIM key': exampleCredentials.scim,
    'classic API token': exampleCredentials.token,
    'API token with scopes': exampleCredentials.scopedToken,
    'client of a service account': await accessToken({ grant_type: 'client_credentials' }),
    'consent of a person': await accessToken({ grant_type: 'refresh_token', refresh_token: 'robot-refresh' }),
  }
})
afterAll(() => sandbox.close())

async function statusOf(request: string, authorization: string): Promise<number> {
  const [method = '', path = ''] = request.split(' ')
  const post = { 'content-type': 'application/json' }
  const { status } = await fetch(`${sandbox.url}${path}`, {
    method,
    headers: { authorization, ...(method === 'POST' && post) },
    ...(method === 'POST' && { body: JSON.stringify({ emails: ['ana@acme.com'] }) }),
  })
  return status
}

describe.each(Object.keys(goodAt))('%s', (credential) => {
  test.each(Object.keys(places) as Place[])('at %s', async (place) => {
    const answers = await Promise.all(places[place].map((request) => statusOf(request, headers[credential]!)))
    const isGood = goodAt[credential]!.includes(place)
    expect(answers.map((status) => status !== 401 && status !== 403)).toEqual(answers.map(() => isGood))
  })
})

test('docs/credentials.md has the same table', () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/credentials.md'), 'utf8')
  const rows = [...page.matchAll(/^\|(.*)\|$/gm)].map(([, row]) => row!.split('|').map((cell) => cell.trim()))
  const names = Object.keys(places)
  expect(rows).toContainEqual(['credential', ...names])
  for (const [credential, good] of Object.entries(goodAt))
    expect(rows).toContainEqual([credential, ...names.map((name) => (good.includes(name as Place) ? 'yes' : 'no'))])
})
