import { expect, test } from 'vitest'
import { parseUntil } from './until.ts'

const nowMs = Date.UTC(2026, 10, 20, 12)
const iso = (text: string): number => Date.parse(text)

const times: Readonly<Record<string, number>> = {
  '30m': iso('2026-11-20T12:30:00Z'),
  '1h': iso('2026-11-20T13:00:00Z'),
  '7d': iso('2026-11-27T12:00:00Z'),
  '2026-11-20T18:00:00Z': iso('2026-11-20T18:00:00Z'),
  '2026-11-20T18:00+01:00': iso('2026-11-20T17:00:00Z'),
}

for (const [text, untilMs] of Object.entries(times)) {
  test(`--until ${text} is a time`, () => expect(parseUntil(text, nowMs)).toEqual({ untilMs }))
}

const mistakes: Readonly<Record<string, string>> = {
  '8d': 'a week at most',
  '0m': 'in the past',
  '2026-11-20T11:00:00Z': 'in the past',
  '2026-11-21': 'is not a time',
  tomorrow: 'is not a time',
  '1 h': 'is not a time',
}

for (const [text, problem] of Object.entries(mistakes)) {
  test(`--until ${text} is refused: ${problem}`, () => {
    expect(parseUntil(text, nowMs)).toEqual({ problem: expect.stringContaining(problem) as string })
  })
}
