import { describe, expect, test } from 'vitest'
import { createConsistency } from './consistency.ts'
import type { Api } from './exchange.ts'
import { createPast } from './past.ts'
import { call } from './sandbox-client.builder.ts'
import { withSandbox } from './story.builder.ts'
import type { WorldState } from './world-state.ts'

const written = (api: Api, operation: string, path = '/') => ({ api, operation, method: 'POST', path })

describe('a write is seen', () => {
  test('through other APIs after a time that the seed draws, up to the longest', () => {
    const lagsOf = (seed: number) => {
      const lagOf = createConsistency(10_000, seed)
      return Array.from({ length: 50 }, (_, index) => lagOf(written('organization', 'addUserToGroup', `/${index}`))!)
    }
    const delays = lagsOf(1).map(({ delayMs }) => delayMs!)
    expect(Math.max(...delays)).toBeLessThanOrEqual(10_000)
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0)
    expect(new Set(delays).size).toBeGreaterThan(40)
    expect(lagsOf(1)).toEqual(lagsOf(1))
    expect(lagsOf(2)).not.toEqual(lagsOf(1))
  })

  test.each([
    ['at once through its own API where no delay is published', 'organization', 'addUserToGroup', 0],
    ['after two seconds at most, of a new group', 'organization', 'createGroup', 2_000],
    ['after thirty seconds at most, of a role', 'organization', 'assignRole', 30_000],
    ['as late as anywhere, of what is done by a task', 'control', 'APIs_addUsersToPolicy', 1_000_000_000],
  ] as const)('%s', (_, api, operation, delayMs) => {
    const lag = createConsistency(1_000_000_000, 1)(written(api, operation))!
    expect(lag.own).toEqual({ api, delayMs: Math.min(delayMs, lag.delayMs!) })
  })

  test('at once where no delay is wanted', () => {
    expect(createConsistency(0, 1)(written('scim', 'patch'))).toBeUndefined()
  })
})

test('writes appear one after another, each when its time is over, and never a later one alone', () => {
  const past = createPast()
  const state = { name: 0 } as unknown as WorldState & { name: number }
  const write = (name: number, delayMs: number, nowMs: number) => {
    past.keep(state, { delayMs, own: { api: 'organization', delayMs: 0 } }, nowMs)
    state.name = name
  }
  const seen = (api: Api, nowMs: number) => (past.view(state, api, nowMs) as typeof state).name
  write(1, 100, 0)
  write(2, 10, 20)
  write(3, 200, 40)
  expect([50, 99, 100, 239, 240].map((nowMs) => seen('jira', nowMs))).toEqual([0, 0, 2, 2, 3])
  write(4, 100, 300)
  expect([seen('organization', 300), seen('jira', 300)]).toEqual([4, 3])
})

test('a member who was added is in the group for the organization at once, and for Jira later', async () => {
  let nowMs = Date.parse('2026-11-25T10:00:00Z')
  await withSandbox({ now: () => nowMs, consistencyDelayMs: 60_000 }, async (sandbox) => {
    const directory = '0f1e2d3c-0000-4000-8000-000000000001/directories/0f1e2d3c-0000-4000-8000-000000000002'
    const group = '0f1e2d3c-0000-4000-8000-000000000012'
    const groups = async () =>
      (await call(sandbox, 'GET /rest/api/3/user/groups?accountId=712020:hid')).text.includes(group)
    const member = async () =>
      (
        await call(sandbox, `POST /admin/v2/orgs/${directory}/users/search`, { groupIds: [group], limit: 100 })
      ).text.includes('712020:hid')
    await call(sandbox, `POST /admin/v2/orgs/${directory}/groups/${group}/memberships`, { accountId: '712020:hid' })
    expect([await member(), await groups()]).toEqual([true, false])
    nowMs += 60_000
    expect([await member(), await groups()]).toEqual([true, true])
  })
})
