import { describe, expect, test } from 'vitest'
import { begun, dueTask, ended, idleMs, newAgenda, withEdit, type Agenda, type Pace } from './agenda.ts'

const minuteMs = 60_000
const pace: Pace = { intervalMs: 10 * minuteMs, expiries: [] }
const files = (...names: readonly string[]) => new Set(names)

/** After the first sweep at 0, with the next one at ten minutes. */
const swept: Agenda = begun(newAgenda(0), { reason: 'sweep', touched: 'everything' }, pace, { nowMs: 0, random: 0.5 })

const withRetry = (atMs: number, ...names: readonly string[]): Agenda => ({
  ...swept,
  retry: { atMs, touched: files(...names) },
})

const endsAt = (atMs: number, file: string): Pace => ({ ...pace, expiries: [{ atMs, file }] })

interface Due {
  readonly agenda: Agenda
  readonly pace?: Pace
  readonly nowMs: number
  readonly task: ReturnType<typeof dueTask>
}

const due: Readonly<Record<string, Due>> = {
  'everything is due at the start': {
    agenda: newAgenda(5),
    nowMs: 5,
    task: { reason: 'sweep', touched: 'everything' },
  },
  'nothing is due between two sweeps': { agenda: swept, nowMs: minuteMs, task: undefined },
  'a sweep is due after the interval': {
    agenda: swept,
    nowMs: 10 * minuteMs,
    task: { reason: 'sweep', touched: 'everything' },
  },
  'an edit is due at once, with its files alone': {
    agenda: withEdit(withEdit(swept, files('a'), 1), files('b'), 2),
    nowMs: 2,
    task: { reason: 'edit', touched: files('a', 'b') },
  },
  'an edit of the organization is a sweep': {
    agenda: withEdit(swept, 'everything', 1),
    nowMs: 1,
    task: { reason: 'sweep', touched: 'everything' },
  },
  'an end that is past is due, with its file alone': {
    agenda: swept,
    pace: endsAt(minuteMs, 'a'),
    nowMs: minuteMs,
    task: { reason: 'expiry', touched: files('a') },
  },
  'an end to come is not due': { agenda: swept, pace: endsAt(minuteMs, 'a'), nowMs: minuteMs - 1, task: undefined },
  'an end before the last pass is done': {
    agenda: { ...swept, expiredUpToMs: minuteMs },
    pace: endsAt(minuteMs, 'a'),
    nowMs: 2 * minuteMs,
    task: undefined,
  },
  'an edit takes along what ends and what is tried again': {
    agenda: withEdit(withRetry(minuteMs, 'c'), files('a'), 1),
    pace: endsAt(minuteMs, 'b'),
    nowMs: minuteMs,
    task: { reason: 'edit', touched: files('a', 'b', 'c') },
  },
  'an edit does not take along what is tried again later': {
    agenda: withEdit(withRetry(minuteMs, 'c'), files('a'), 1),
    nowMs: 1,
    task: { reason: 'edit', touched: files('a') },
  },
  'a retry is due at its time': {
    agenda: withRetry(minuteMs, 'c'),
    nowMs: minuteMs,
    task: { reason: 'retry', touched: files('c') },
  },
  'a retry of everything is no sweep': {
    agenda: { ...swept, retry: { atMs: minuteMs, touched: 'everything' } },
    nowMs: minuteMs,
    task: { reason: 'retry', touched: 'everything' },
  },
}

describe('what is due', () => {
  for (const [sentence, { agenda, pace: own = pace, nowMs, task }] of Object.entries(due))
    test(sentence, () => expect(dueTask(agenda, own, nowMs)).toEqual(task))
})

const idle: Readonly<Record<string, readonly [Agenda, Pace, number]>> = {
  'until the sweep': [swept, pace, 9 * minuteMs],
  'until an end before the sweep': [swept, endsAt(3 * minuteMs, 'a'), 2 * minuteMs],
  'until a retry before the sweep': [withRetry(4 * minuteMs, 'a'), pace, 3 * minuteMs],
  'not at all after an edit': [withEdit(swept, files('a'), 1), pace, 0],
  'not below nothing where it is late': [{ ...swept, sweepAtMs: 0 }, pace, 0],
  'not because of an end that is done': [{ ...swept, expiredUpToMs: minuteMs }, endsAt(minuteMs, 'a'), 9 * minuteMs],
}

describe('after one minute it waits', () => {
  for (const [sentence, [agenda, own, expected]] of Object.entries(idle))
    test(sentence, () => expect(idleMs(agenda, own, minuteMs)).toBe(expected))
})

describe('as a task is taken', () => {
  test('a sweep is next after a tenth less to a tenth more of the interval', () => {
    const next = (random: number) =>
      begun(swept, { reason: 'sweep', touched: 'everything' }, pace, { nowMs: 0, random }).sweepAtMs
    expect([next(0), next(0.5)]).toEqual([9 * minuteMs, 10 * minuteMs])
    expect(next(0.999_999)).toBeLessThan(11 * minuteMs)
  })

  test('an edit leaves the next sweep where it is', () => {
    const after = begun(swept, { reason: 'edit', touched: files('a') }, pace, { nowMs: minuteMs, random: 0 })
    expect(after.sweepAtMs).toBe(swept.sweepAtMs)
  })

  test('a retry that was not due keeps its time', () => {
    const at = { nowMs: minuteMs, random: 0 }
    const early = begun(withRetry(2 * minuteMs, 'c'), { reason: 'edit', touched: files('a') }, pace, at)
    const late = begun(withRetry(minuteMs, 'c'), { reason: 'retry', touched: files('c') }, pace, at)
    expect([early.retry?.atMs, late.retry]).toEqual([2 * minuteMs, undefined])
  })
})

describe('after a pass that did not come to its end', () => {
  const failed = (agenda: Agenda, name = 'a') =>
    ended(agenda, { unfinished: { why: 'failed', touched: files(name) } }, pace, 0)

  test('it is tried again twice as late each time, an interval at most', () => {
    let agenda = swept
    const waits = Array.from({ length: 8 }, () => {
      agenda = failed({ ...agenda, retry: undefined })
      return agenda.retry!.atMs / 1000
    })
    expect(waits).toEqual([30, 60, 120, 240, 480, 600, 600, 600])
  })

  test('what waits for Atlassian is tried again sooner', () => {
    const { retry } = ended(swept, { unfinished: { why: 'later', touched: files('a') } }, pace, 0)
    expect(retry).toEqual({ atMs: 2_000, touched: files('a') })
  })

  test('two setbacks are one retry, at the earlier time', () => {
    const { retry } = failed(failed(swept, 'a'), 'b')
    expect(retry).toEqual({ atMs: 30_000, touched: files('a', 'b') })
  })

  test('a pass that comes to its end begins the count anew, unless another part still waits', () => {
    const twice = failed({ ...failed(swept), retry: undefined })
    expect(ended({ ...twice, retry: undefined }, {}, pace, 0).setbacks).toBe(0)
    expect(ended(twice, {}, pace, 0).setbacks).toBe(2)
  })
})
