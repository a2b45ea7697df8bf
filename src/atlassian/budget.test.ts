import { describe, expect, test } from 'vitest'
import { createBudget, ParkedError, StoppedError } from './budget.ts'
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

  test('gives up a turn that is waited for when it is told to stop, and the place with it', async () => {
    const stop = new AbortController()
    const clock = { now: () => 0, sleep: () => Promise.reject(new Error('stopped')).finally(() => stop.abort()) }
    const budget = createBudget({ clock, concurrency: 1 })
    budget.park(40_000)
    const { signal } = stop
    await expect(budget.run(() => Promise.resolve(), patienceMs, { signal })).rejects.toBeInstanceOf(StoppedError)
    await expect(budget.run(() => Promise.resolve(), patienceMs, { signal })).rejects.toBeInstanceOf(StoppedError)
  })

  test('lets out what has its turn, also after it is told to stop', async () => {
    const budget = createBudget({ clock: createTestClock(), concurrency: 1 })
    const manner = { signal: AbortSignal.abort() }
    await expect(budget.run(() => Promise.resolve('out'), patienceMs, manner)).resolves.toBe('out')
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
    budget.learn(headers, 'GET /things')
    const starts: number[] = []
    for (let count = 0; count < 3; count += 1) {
      starts.push(await budget.run(() => Promise.resolve(clock.now()), patienceMs))
    }
    expect(starts).toEqual([nowMs, nowMs + gapMs, nowMs + 2 * gapMs])
  })

  test('the spacing ends with the window', async () => {
    const clock = createTestClock()
    const budget = createBudget({ clock, concurrency: 1 })
    budget.learn({ ratelimit: '"q";r=1;t=8' }, 'GET /things')
    const starts: number[] = []
    for (let count = 0; count < 4; count += 1) {
      starts.push(await budget.run(() => Promise.resolve(clock.now()), patienceMs))
    }
    expect(starts.map((start) => start - nowMs)).toEqual([0, 8_000, 8_000, 8_000])
  })

  const told = (left: number, resetAtMs = nowMs + 60_000) => ({
    'x-ratelimit-remaining': String(left),
    'x-ratelimit-reset': iso(resetAtMs),
  })
  /** Starts of three requests after these answers, in milliseconds from now; each answer is to one request. */
  async function startsAfter(answers: readonly (readonly [window: string, headers: Record<string, string>])[]) {
    const clock = createTestClock()
    const budget = createBudget({ clock, concurrency: 1 })
    const next = () => budget.run(() => Promise.resolve(clock.now() - nowMs), patienceMs)
    for (const [window, headers] of answers) {
      await next()
      budget.learn(headers, window)
    }
    return [await next(), await next(), await next()]
  }
  const histories: Record<
    string,
    { answers: readonly (readonly [string, Record<string, string>])[]; starts: readonly number[] }
  > = {
    'each request costs one of a hundred: no spacing': {
      answers: [
        ['a', told(100)],
        ['a', told(99)],
      ],
      starts: [0, 0, 0],
    },
    'each request costs twenty points, or others use the window too: what is left is spread by that cost': {
      answers: [
        ['a', told(140)],
        ['a', told(120)],
      ],
      starts: [0, 10_000, 20_000],
    },
    'a late answer that tells of more loosens nothing': {
      answers: [
        ['a', told(10)],
        ['a', told(11)],
      ],
      starts: [6_000, 12_000, 18_000],
    },
    'the window of one call says nothing of another one': {
      answers: [
        ['a', told(1000)],
        ['b', told(100)],
        ['b', told(99)],
      ],
      starts: [0, 0, 0],
    },
    'the scarcest window sets the pace': {
      answers: [
        ['a', told(10)],
        ['b', told(1000)],
      ],
      starts: [6_000, 12_000, 18_000],
    },
    'a window of a minute that is used up is waited for': {
      answers: [['a', told(0)]],
      starts: [60_000, 60_000, 60_000],
    },
    'a new window begins without the spacing of the old one': {
      answers: [
        ['a', told(5, nowMs + 3_000)],
        ['a', told(500, nowMs + 63_000)],
      ],
      starts: [600, 600, 600],
    },
  }
  test.each(Object.entries(histories))('%s', async (_, { answers, starts }) => {
    expect(await startsAfter(answers)).toEqual(starts)
  })
})
