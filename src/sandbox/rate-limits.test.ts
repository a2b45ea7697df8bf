import { describe, expect, test } from 'vitest'
import { exampleCredentials } from './example-world.builder.ts'
import { parseRateLimits, type RateLimits } from './rate-limits.ts'
import { pointsOf } from './rate-points.ts'
import { call } from './sandbox-client.builder.ts'
import { withSandbox } from './story.builder.ts'

const startedAt = Date.parse('2026-11-25T10:59:20Z')
const cloudId = '0f1e2d3c-0000-4000-8000-000000000004'
const orgs = 'GET /admin/v1/orgs'
const myself = 'GET /rest/api/3/myself'
const actors = '/rest/api/3/project/PAY/role/10001?user=712020:ana'

interface Step {
  readonly call: string
  readonly as?: string
  readonly status: number
  /** Some of the answer's headers; null: not there. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** Passes before the request. */
  readonly waitMs?: number
}

const stories: Readonly<Record<string, { readonly limits: RateLimits; readonly steps: readonly Step[] }>> = {
  'requests to the organization are turned away until their window ends': {
    limits: { requests: { count: 2, windowSeconds: 60 } },
    steps: [
      { call: orgs, status: 200, headers: { 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '1' } },
      { call: orgs, status: 200, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-nearlimit': 'true' } },
      {
        call: orgs,
        status: 429,
        headers: {
          'retry-after': '40',
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': '2026-11-25T11:00:00.000Z',
          'ratelimit-reason': null,
          ratelimit: null,
        },
      },
      { call: orgs, status: 200, waitMs: 40_000 },
    ],
  },
  'another credential and another API have a window of their own': {
    limits: { requests: { count: 1, windowSeconds: 60 } },
    steps: [
      { call: orgs, status: 200 },
      { call: orgs, status: 429 },
      { call: orgs, as: 'Bearer none-of-ours', status: 401 },
      { call: 'GET /scim/directory/0f1e2d3c-0000-4000-8000-000000000003/Users', status: 200 },
      { call: myself, status: 200 },
    ],
  },
  'points of a site are one for the request and two for each person, and both families of headers tell them': {
    limits: { pointsPerHour: 5 },
    steps: [
      {
        call: myself,
        status: 200,
        headers: { 'x-ratelimit-remaining': '2', ratelimit: '"tenant-app-quota";r=2;t=40' },
      },
      { call: myself, status: 200, headers: { 'x-ratelimit-remaining': '0' } },
      {
        call: myself,
        status: 429,
        headers: {
          'retry-after': '40',
          'ratelimit-reason': 'jira-quota-tenant-based',
          'ratelimit-policy': '"tenant-app-quota";q=5;w=3600',
          ratelimit: '"tenant-app-quota";r=0;t=40',
        },
      },
      { call: 'GET /wiki/api/v2/space-role-mode', status: 200 },
      { call: 'GET /wiki/rest/api/user?accountId=712020:ana', status: 200 },
      {
        call: 'GET /wiki/api/v2/space-role-mode',
        status: 429,
        headers: { 'ratelimit-reason': 'confluence-quota-tenant-based' },
      },
      { call: myself, status: 200, waitMs: 40_000 },
    ],
  },
  'a burst is turned away for the rest of the second, at its endpoint, whoever calls': {
    limits: { burstPerSecond: 2 },
    steps: [
      { call: myself, status: 200 },
      { call: `GET /ex/jira/${cloudId}/rest/api/3/myself`, as: exampleCredentials.scopedToken, status: 200 },
      {
        call: myself,
        status: 429,
        headers: { 'retry-after': '1', 'ratelimit-reason': 'jira-burst-based', 'x-ratelimit-limit': '2' },
      },
      { call: 'GET /rest/api/3/serverInfo', status: 200 },
      { call: myself, status: 200, waitMs: 1_000 },
    ],
  },
  'of deletions in a burst half as many go through': {
    limits: { burstPerSecond: 2 },
    steps: [
      { call: `DELETE ${actors}`, status: 204 },
      { call: `DELETE ${actors}`, status: 429, headers: { 'ratelimit-reason': 'jira-burst-based' } },
    ],
  },
  'Retry-After may be a date': {
    limits: { requests: { count: 1, windowSeconds: 60 }, retryAfter: 'date' },
    steps: [
      { call: orgs, status: 200 },
      { call: orgs, status: 429, headers: { 'retry-after': 'Wed, 25 Nov 2026 11:00:00 GMT' } },
    ],
  },
  'Retry-After may be missing': {
    limits: { requests: { count: 1, windowSeconds: 60 }, retryAfter: 'none' },
    steps: [
      { call: orgs, status: 200 },
      { call: orgs, status: 429, headers: { 'retry-after': null } },
    ],
  },
}

test.each(Object.entries(stories))('%s', async (_, { limits, steps }) => {
  let nowMs = startedAt
  await withSandbox({ now: () => nowMs, limits }, async (sandbox) => {
    for (const { call: line, as, status, headers = {}, waitMs = 0 } of steps) {
      nowMs += waitMs
      const reply = await call(sandbox, line, undefined, as)
      const told = Object.fromEntries(Object.keys(headers).map((name) => [name, reply.headers.get(name)]))
      expect({ line, status: reply.status, told }).toEqual({ line, status, told: headers })
    }
  })
})

test('a write that is turned away is not carried out', async () => {
  const limits = { requests: { count: 1, windowSeconds: 60 } }
  await withSandbox({ now: () => startedAt, limits }, async (sandbox) => {
    const { status } = await call(sandbox, orgs)
    const refused = await call(
      sandbox,
      'POST /admin/v2/orgs/0f1e2d3c-0000-4000-8000-000000000001/directories/0f1e2d3c-0000-4000-8000-000000000002/groups',
      { name: 'new' },
    )
    expect([status, refused.status]).toEqual([200, 429])
    expect(sandbox.world.state.groups.values().some(({ name }) => name === 'new')).toBe(false)
  })
})

describe('points', () => {
  const members = Array.from({ length: 8 }, (_, index) => ({ accountId: String(index) }))
  const page = (path: string, write = false) => ({ path, write })
  test.each([
    [
      'a page of 8 group members costs 17',
      page('/rest/api/3/group/member'),
      { status: 200, body: { values: members } },
      17,
    ],
    ['a page of 8 projects costs 9', page('/rest/api/3/project/search'), { status: 200, body: { values: members } }, 9],
    ['a list without an envelope counts too', page('/rest/api/3/users'), { status: 200, body: members }, 17],
    ['one space costs 2', page('/wiki/api/v2/spaces/{id}'), { status: 200, body: { id: '1' } }, 2],
    [
      'a write costs 1',
      page('/rest/api/3/project/{id}/role/{id}', true),
      { status: 200, body: { actors: members } },
      1,
    ],
    ['a refusal costs 1', page('/rest/api/3/users'), { status: 404, body: { errorMessages: ['a'] } }, 1],
  ] as const)('%s', (_, route, answer, points) => {
    expect(pointsOf(route, answer)).toBe(points)
  })
})

describe('limits as text', () => {
  test('name any of the four', () => {
    expect(parseRateLimits('requests=100/60, points=65000,burst=10,retry-after=date')).toEqual({
      requests: { count: 100, windowSeconds: 60 },
      pointsPerHour: 65_000,
      burstPerSecond: 10,
      retryAfter: 'date',
    })
  })
  test.each(['requests=100', 'points=0', 'points=5/60', 'burst=ten', 'retry-after=soon', 'speed=5', ''])(
    'that say "%s" are refused, with the part',
    (text) => {
      expect(() => parseRateLimits(`points=5,${text}`)).toThrow(`"${text}" is not a limit`)
    },
  )
})
