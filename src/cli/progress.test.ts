import { expect, test } from 'vitest'
import type { CallEvent } from '../atlassian/transport.ts'
import { createContext } from './context.ts'
import { createProgress } from './progress.ts'

const call: CallEvent = { request: 'GET /x', write: false, tries: 1, status: 200, durationMs: 1 }

/** What stands on stderr after so many reads of ten, one every `everyMs`. */
function progressOf(isTty: boolean, reads: number, everyMs: number, last: Partial<CallEvent> = {}): string {
  let text = ''
  let nowMs = 0
  const io = {
    stdout: () => {},
    stderr: (more: string) => void (text += more),
    env: {},
    cwd: '/',
    isTty: { stdin: false, stdout: false, stderr: isTty },
    signal: new AbortController().signal,
    clock: { now: () => nowMs, sleep: async () => {} },
    random: () => 0,
    ask: async () => '',
    quit: () => {},
  }
  const progress = createProgress(createContext(io, ['--no-color']), 'Reading')
  progress.onForecast({ calls: 10, exact: true })
  for (let made = 1; made <= reads; made += 1) {
    nowMs += everyMs
    progress.onCall(made === reads ? { ...call, ...last } : call)
  }
  if (isTty) return text.split('\u001b[2K').at(-1)!
  progress.end()
  progress.onCall(call)
  return text
}

test('on a terminal: a bar, the reads of those announced, and the time that is left at this pace', () => {
  expect(progressOf(true, 5, 1_000)).toBe('[############............] Reading  5/10 reads  5 s left')
})

test('the wait for a rate limit is said', () => {
  expect(progressOf(true, 5, 1_000, { status: 429, retryInMs: 14_000 })).toMatch(/\(429, waiting 14 s\)$/)
})

test('more reads than announced are counted without a promise', () => {
  expect(progressOf(true, 12, 1_000)).toBe(`[${'#'.repeat(24)}] Reading  12 reads`)
})

test('without a terminal: a line every few seconds, and none after the end', () => {
  expect(progressOf(false, 10, 2_000)).toBe(
    ['Reading  3/10 reads  14 s left', 'Reading  6/10 reads  8 s left', 'Reading  9/10 reads  2 s left', ''].join('\n'),
  )
})

test('a quick run without a terminal prints nothing', () => {
  expect(progressOf(false, 10, 100)).toBe('')
})

test('a minute is written as one', () => {
  expect(progressOf(true, 1, 10_000)).toMatch(/1 min 30 s left$/)
})
