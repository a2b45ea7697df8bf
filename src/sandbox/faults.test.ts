import { describe, expect, test } from 'vitest'
import { anyEffect } from './fault-any.ts'
import { createDraws } from './fault-draw.ts'
import type { FaultEffect, FaultMatch } from './faults.ts'
import { call, valueAt, type Reply } from './sandbox-client.builder.ts'
import type { Sandbox, SandboxOptions } from './start-sandbox.ts'
import { withSandbox } from './story.builder.ts'

const directory = '/admin/v2/orgs/0f1e2d3c-0000-4000-8000-000000000001/directories/0f1e2d3c-0000-4000-8000-000000000002'
const payDevs = '0f1e2d3c-0000-4000-8000-000000000012'
const startedAt = Date.parse('2026-11-25T10:00:00Z')

const searchUsers = (sandbox: Sandbox, cursor?: unknown) =>
  call(sandbox, `POST ${directory}/users/search`, { limit: 2, ...(cursor === undefined ? {} : { cursor }) })

const addHana = (sandbox: Sandbox) =>
  call(sandbox, `POST ${directory}/groups/${payDevs}/memberships`, { accountId: '712020:hid' })

const isMember = (sandbox: Sandbox) => sandbox.world.members('pay-devs').includes('712020:hid')

function withFault(
  effect: FaultEffect,
  act: (sandbox: Sandbox) => Promise<void>,
  match: FaultMatch = {},
): Promise<void> {
  return withSandbox({ now: () => startedAt }, async (sandbox) => {
    sandbox.faults.add({ match, effect })
    await act(sandbox)
  })
}

describe('a write under a fault', () => {
  const cases: Readonly<Record<string, { effect: FaultEffect; status: number | 'broken'; committed: boolean }>> = {
    '429 does not carry it out': { effect: { kind: 'rate-limited' }, status: 429, committed: false },
    '5xx before the commit does not carry it out': {
      effect: { kind: 'server-error', commit: 'before' },
      status: 503,
      committed: false,
    },
    '5xx after the commit hides that it happened': {
      effect: { kind: 'server-error', status: 502, commit: 'after' },
      status: 502,
      committed: true,
    },
    'an HTML page does not carry it out': { effect: { kind: 'html-error' }, status: 502, committed: false },
    'a cut body before the commit does not carry it out': {
      effect: { kind: 'cut-body', commit: 'before' },
      status: 'broken',
      committed: false,
    },
    'a cut body after the commit carries it out': {
      effect: { kind: 'cut-body', commit: 'after' },
      status: 'broken',
      committed: true,
    },
    'a dropped connection carries it out': { effect: { kind: 'drop-connection' }, status: 'broken', committed: true },
    'a slow answer is the true one': { effect: { kind: 'slow', delayMs: 5 }, status: 204, committed: true },
  }
  test.each(Object.entries(cases))('%s', async (_, { effect, status, committed }) => {
    await withFault(effect, async (sandbox) => {
      const outcome = await addHana(sandbox).then(
        ({ status: answered }) => answered,
        () => 'broken',
      )
      expect({ outcome, committed: isMember(sandbox) }).toEqual({ outcome: status, committed })
      expect(sandbox.journal.writes()).toHaveLength(1)
    })
  })
})

test('Retry-After is missing, or in seconds, or a date', async () => {
  const retryAfter = async (effect: FaultEffect) => {
    let header: string | null = null
    await withFault(effect, async (sandbox) => {
      header = (await searchUsers(sandbox)).headers.get('retry-after')
    })
    return header
  }
  expect(await retryAfter({ kind: 'rate-limited' })).toBeNull()
  expect(await retryAfter({ kind: 'rate-limited', retryAfterSeconds: 7 })).toBe('7')
  expect(await retryAfter({ kind: 'rate-limited', retryAfterSeconds: 7, asDate: true })).toBe(
    'Wed, 25 Nov 2026 10:00:07 GMT',
  )
})

test('a request that hangs ends with the sandbox', async () => {
  await withFault({ kind: 'hang' }, async (sandbox) => {
    const pending = searchUsers(sandbox).catch(() => 'ended')
    await expect.poll(() => sandbox.journal.entries.length).toBe(1)
    await sandbox.close()
    expect(await pending).toBe('ended')
  })
})

/** Account ids of each page, until the chain ends or four pages were read. */
async function readChain(sandbox: Sandbox): Promise<string[][]> {
  const pages: string[][] = []
  for (let cursor: unknown, more = true; more && pages.length < 4;) {
    const reply: Reply = await searchUsers(sandbox, cursor)
    pages.push(
      (valueAt(reply.body, 'data') as object[]).map((user) => String(valueAt(user, 'accountId') as string).slice(7)),
    )
    cursor = valueAt(reply.body, 'links', 'next')
    more = cursor !== undefined
  }
  return pages
}

describe('a chain of pages', () => {
  const chains: Readonly<
    Record<string, { effect: FaultEffect; match?: FaultMatch; pages: readonly (readonly string[])[] }>
  > = {
    'with a repeated cursor reads the same page again': {
      effect: { kind: 'repeated-cursor' },
      pages: [
        ['svc', 'ana'],
        ['svc', 'ana'],
        ['svc', 'ana'],
        ['svc', 'ana'],
      ],
    },
    'with a lost cursor ends early though there is more': { effect: { kind: 'lost-cursor' }, pages: [['svc', 'ana']] },
    'with a clamped page goes on where that one ended': {
      effect: { kind: 'clamped-page', limit: 1 },
      match: { times: 1 },
      pages: [['svc'], ['ana', 'leo'], ['hid', 'out'], ['new', 'off']],
    },
  }
  test.each(Object.entries(chains))('%s', async (_, { effect, match = {}, pages }) => {
    await withFault(
      effect,
      async (sandbox) => {
        expect(await readChain(sandbox)).toEqual(pages)
      },
      match,
    )
  })

  test('that counts instead of handing out cursors repeats and ends early too', async () => {
    const path = 'GET /rest/api/3/project/search?maxResults=1'
    await withFault({ kind: 'repeated-cursor' }, async (sandbox) => {
      expect((await call(sandbox, `${path}&startAt=1`)).body).toMatchObject({ values: [{ key: 'PAY' }], isLast: false })
    })
    await withFault({ kind: 'lost-cursor' }, async (sandbox) => {
      expect((await call(sandbox, path)).body).toMatchObject({ total: 2, isLast: true, values: [{ key: 'PAY' }] })
    })
  })
})

describe('after a stale write', () => {
  const search = (sandbox: Sandbox) =>
    call(sandbox, `POST ${directory}/users/search`, { groupIds: [payDevs], accountIds: ['712020:hid'] })

  test('so many reads do not show it', async () => {
    await withFault({ kind: 'stale-read', reads: 2 }, async (sandbox) => {
      await addHana(sandbox)
      const seen = [await search(sandbox), await search(sandbox), await search(sandbox)]
      expect(seen.map(({ body }) => (valueAt(body, 'data') as unknown[]).length)).toEqual([0, 0, 1])
    })
  })

  test('reads do not show it for a while', async () => {
    let nowMs = startedAt
    await withSandbox({ now: () => nowMs }, async (sandbox) => {
      sandbox.faults.add({ match: { operation: 'addUserToGroup' }, effect: { kind: 'stale-read', delayMs: 500 } })
      await addHana(sandbox)
      expect((await search(sandbox)).body).toMatchObject({ data: [] })
      nowMs += 500
      expect((await search(sandbox)).body).toMatchObject({ data: [{ accountId: '712020:hid' }] })
    })
  })
})

describe('a rule strikes', () => {
  const matches: Readonly<Record<string, { match: FaultMatch; statuses: readonly number[] }>> = {
    'so often and no more': { match: { times: 1 }, statuses: [429, 200, 200] },
    'after so many requests': { match: { after: 2 }, statuses: [200, 200, 429] },
    'only its method': { match: { method: 'GET' }, statuses: [200, 200, 200] },
    'only its operation': { match: { operation: 'searchDirectoryUsers', times: 1 }, statuses: [429, 200, 200] },
    'a path by its prefix': { match: { path: '/admin/v2', times: 2 }, statuses: [429, 429, 200] },
    'a path by a regular expression': { match: { path: 'groups/search$' }, statuses: [200, 200, 200] },
  }
  test.each(Object.entries(matches))('%s', async (_, { match, statuses }) => {
    await withFault(
      { kind: 'rate-limited' },
      async (sandbox) => {
        const replies = [await searchUsers(sandbox), await searchUsers(sandbox), await searchUsers(sandbox)]
        expect(replies.map(({ status }) => status)).toEqual(statuses)
      },
      match,
    )
  })
})

describe('chance', () => {
  const weather = async (options: Partial<SandboxOptions>, act: (sandbox: Sandbox) => Promise<unknown>) => {
    let struck: readonly string[] = []
    await withSandbox({ now: () => startedAt, ...options }, async (sandbox) => {
      await act(sandbox)
      struck = sandbox.journal.entries.map(({ path, status }) => `${path} ${status}`)
    })
    return struck.toSorted()
  }
  const searches = async (sandbox: Sandbox) => {
    for (let count = 0; count < 20; count += 1) await searchUsers(sandbox).catch(() => 'broken')
  }
  const pages = ['roles', 'project', 'group/bulk', 'users', 'myself', 'role', 'projectCategory', 'applicationrole']
  const get = (sandbox: Sandbox, page: string) => call(sandbox, `GET /rest/api/3/${page}`).catch(() => 'broken')

  test('strikes the same with the same seed, and otherwise with another', async () => {
    const [first, second, other] = [
      await weather({ seed: 7, chaos: 0.5 }, searches),
      await weather({ seed: 7, chaos: 0.5 }, searches),
      await weather({ seed: 8, chaos: 0.5 }, searches),
    ]
    expect(second).toEqual(first)
    expect(other).not.toEqual(first)
    expect(first.filter((each) => each.endsWith(' 200')).length).toBeLessThan(20)
  })

  test('does not depend on the order in which requests arrive', async () => {
    const inOrder = async (sandbox: Sandbox) => Promise.all(pages.map((page) => get(sandbox, page)))
    const backwards = async (sandbox: Sandbox) => Promise.all(pages.toReversed().map((page) => get(sandbox, page)))
    const options = { seed: 3, chaos: 0.5 }
    expect(await weather(options, backwards)).toEqual(await weather(options, inOrder))
  })

  test('draws every effect that can strike a read, and none that only a write can meet', () => {
    const draws = createDraws(1)
    const kinds = (write: boolean) =>
      new Set(
        Array.from({ length: 400 }, (_, count) => {
          const effect = anyEffect(write, draws({ method: 'GET', path: `/${count}` }, ''))
          return 'commit' in effect ? `${effect.kind} ${effect.commit}` : effect.kind
        }),
      )
    const both = ['rate-limited', 'server-error before', 'html-error', 'slow', 'cut-body after', 'drop-connection']
    expect(kinds(false)).toEqual(new Set([...both, 'repeated-cursor', 'lost-cursor', 'clamped-page']))
    expect(kinds(true)).toEqual(new Set([...both, 'server-error after', 'cut-body before', 'stale-read']))
  })

  test('ends where the rules are cleared', async () => {
    const struck = await weather({ chaos: 1 }, async (sandbox) => {
      sandbox.faults.clear()
      await searches(sandbox)
    })
    expect(new Set(struck.map((each) => each.split(' ')[1]))).toEqual(new Set(['200']))
  })
})

test('a rule with a field that is not known is refused', async () => {
  await withSandbox({}, async (sandbox) => {
    const rule = { match: { operation: 'x', oops: 1 }, effect: { kind: 'hang' } }
    expect((await call(sandbox, 'POST /_sandbox/faults', rule)).status).toBe(400)
  })
})
