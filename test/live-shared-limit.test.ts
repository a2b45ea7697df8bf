import { expect, test } from 'vitest'
import { createSecret } from '../src/atlassian/secret.ts'
import { createTransport, type CallEvent } from '../src/atlassian/transport.ts'
import type { Clock } from '../src/core/ports.ts'
import { startSandbox } from '../src/sandbox/start-sandbox.ts'
import type { RateLimits } from '../src/sandbox/rate-limits.ts'
import { exampleCredentials, exampleWorld } from '../src/sandbox/example-world.builder.ts'

/** A clock for several who sleep at the same time: it goes on to the next who wakes once nobody else has work. */
function createSharedClock(startMs: number): Clock & { readonly idle: () => Promise<void> } {
  let nowMs = startMs
  let asleep: { readonly wakeMs: number; readonly wake: () => void }[] = []
  return {
    now: () => nowMs,
    sleep: (ms) => new Promise((wake) => asleep.push({ wakeMs: nowMs + ms, wake })),
    idle: async () => {
      const first = asleep.toSorted((one, other) => one.wakeMs - other.wakeMs)[0]
      if (!first) return
      nowMs = Math.max(nowMs, first.wakeMs)
      const woken = asleep.filter(({ wakeMs }) => wakeMs <= nowMs)
      asleep = asleep.filter(({ wakeMs }) => wakeMs > nowMs)
      for (const { wake } of woken) wake()
    },
  }
}

const count = 60

test.each<readonly [string, RateLimits]>([
  ['of requests', { requests: { count: 40, windowSeconds: 60 } }],
  ['of requests whose refusals name no time', { requests: { count: 40, windowSeconds: 60 }, retryAfter: 'none' }],
  ['of requests whose refusals name a date', { requests: { count: 40, windowSeconds: 60 }, retryAfter: 'date' }],
])('two processes with one credential under a limit %s both finish, with few refusals', async (_, limits) => {
  const clock = createSharedClock(Date.parse('2026-03-01T12:00:00Z'))
  const sandbox = await startSandbox({ world: exampleWorld(), now: () => clock.now(), limits })
  const events: CallEvent[] = []
  const key = createSecret(exampleCredentials.organization.replace('Bearer ', ''))
  const open = () =>
    createTransport({
      organizationId: exampleWorld().organization.id,
      endpoints: { api: sandbox.url, auth: sandbox.url },
      sites: [],
      credentials: { organization: key, sites: new Map() },
      clock,
      random: () => 0.5,
      onCall: (event) => events.push(event),
      concurrency: 2,
    })
  const work = async ({ reader }: ReturnType<typeof open>) => {
    const path = '/v2/orgs/{orgId}/directories'
    const asked = Array.from({ length: count }, () => reader.read({ api: 'organization', method: 'GET', path }))
    return (await Promise.all(asked)).length
  }
  let running = true
  const both = Promise.all([open(), open()].map(work)).finally(() => (running = false))
  let settledAt = events.length
  while (running) {
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
    if (events.length === settledAt) await clock.idle()
    settledAt = events.length
  }
  expect(await both).toEqual([count, count])
  const refused = events.filter(({ status }) => status === 429).length
  expect(refused).toBeLessThanOrEqual(6)
  await sandbox.close()
})
