import { describe, expect, test } from 'vitest'
import { createBudget, ParkedError } from './budget.ts'
import { createTestClock } from './clock.builder.ts'

const patienceMs = 120_000
const iso = (ms: number) => new Date(ms).toISOString()

describe('createBudget', () => {
  test('lets no more than its concurrency run at a time, and everybody in the end', async () => {
    const budget = createBudget({ clock: createTestClock(), concurrency: 3 })
    let running = 0
    let most = 0
    const work = async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise(setImmediate)
      running -= 1
    }
    await Promise.all(Array.from({ length: 10 }, () => budget.run(work, patienceMs)))
    expect({ most, running }).toEqual({ most: 3, running: 0 })
  })

  test('gives the place back when the work fails', async () => {
    const budget = createBudget({ clock: createTestClock(), concurrency: 1 })
    await expect(budget.run(() => Promise.reject(new Error('work failed')), patienceMs)).rejects.toThrow('work failed')
    await expect(budget.run(() => Promise.resolve('next'), patienceMs)).resolves.toBe('next')
  })

  test('starts nothing before a parked credential is free, whichever work met the limit', async () => {
    const clock = createTestClock()
    const budget = createBudget({ clock, concurrency: 2 })
    const freeMs = clock.now() + 40_000
    budget.park(freeMs)
    const starts = await Promise.all([1, 2].map(() => budget.run(() => Promise.resolve(clock.now()), patienceMs)))
    expect(starts.every((start) => start >= freeMs)).toBe(true)
  })

  test('an earlier end does not free a credential that is parked for longer', async () => {
    const clock = createTestClock()
    const budget = createBudget({ clock, concurrency: 1 })
    const freeMs = clock.now() + 40_000
    budget.park(freeMs)
    budget.park(freeMs - 30_000)
    expect(await budget.run(() => Promise.resolve(clock.now()), patienceMs)).toBe(freeMs)
  })

  test('refuses at once where the wait is longer than the patience', async () => {
    const clock = createTestClock()
    const budget = createBudget({ clock, concurrency: 1 })
    budget.park(clock.now() + 600_000)
    await expect(budget.run(() => Promise.resolve(), patienceMs)).rejects.toBeInstanceOf(ParkedError)
    expect(clock.slept).toEqual([])
  })

  const nowMs = createTestClock().now()
  const spacing: Record<string, { headers: Record<string, string>; gapMs: number }> = {
    'plenty left: no spacing': {
      headers: { 'x-ratelimit-remaining': '500', 'x-ratelimit-reset': iso(nowMs + 60_000) },
      gapMs: 0,
    },
    'ten left of a minute: one every six seconds': {
      headers: { 'x-ratelimit-remaining': '10', 'x-ratelimit-reset': iso(nowMs + 60_000) },
      gapMs: 6_000,
    },
    'near the limit: what is left is spread over the window': {
      headers: {
        'x-ratelimit-remaining': '120',
        'x-ratelimit-reset': iso(nowMs + 60_000),
        'x-ratelimit-nearlimit': 'true',
      },
      gapMs: 500,
    },
    'the IETF header is understood as well': { headers: { ratelimit: '"q";r=5;t=20' }, gapMs: 4_000 },
    'nothing left of an hour: one every ten seconds, a 429 will say the rest': {
      headers: { ratelimit: '"q";r=0;t=3600' },
      gapMs: 10_000,
    },
  }
  test.each(Object.entries(spacing))('%s', async (_, { headers, gapMs }) => {
    const clock = createTestClock()
    const budget = createBudget({ clock, concurrency: 1 })
    budget.learn(headers)
    const starts: number[] = []
    for (let count = 0; count < 3; count += 1) {
      starts.push(await budget.run(() => Promise.resolve(clock.now()), patienceMs))
    }
    expect(starts).toEqual([nowMs, nowMs + gapMs, nowMs + 2 * gapMs])
  })

  test('the spacing ends with the window', async () => {
    const clock = createTestClock()
    const budget = createBudget({ clock, concurrency: 1 })
    budget.learn({ ratelimit: '"q";r=1;t=8' })
    const starts: number[] = []
    for (let count = 0; count < 4; count += 1) {
      starts.push(await budget.run(() => Promise.resolve(clock.now()), patienceMs))
    }
    expect(starts.map((start) => start - nowMs)).toEqual([0, 8_000, 8_000, 8_000])
  })
})
