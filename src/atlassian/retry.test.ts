import { describe, expect, test } from 'vitest'
import { patienceMs, retryDelayMs, type Attempt, type Failure } from './retry.ts'

const nowMs = Date.parse('2026-06-05T05:59:30Z')
const first: Attempt = { write: false, tries: 1, startedMs: nowMs, nowMs, random: () => 0.5 }
const answer = (status: number, headers: Record<string, string> = {}): Failure => ({ status, headers })

const cases: Record<string, { failure: Failure; attempt?: Partial<Attempt>; delayMs: number | undefined }> = {
  'a 429 with Retry-After in seconds waits so long': {
    failure: answer(429, { 'retry-after': '7' }),
    delayMs: 7_000,
  },
  'a 429 with Retry-After as an HTTP date waits until then': {
    failure: answer(429, { 'retry-after': 'Fri, 05 Jun 2026 05:59:40 GMT' }),
    delayMs: 10_000,
  },
  'a Retry-After date in the past means now': {
    failure: answer(429, { 'retry-after': 'Fri, 05 Jun 2026 05:00:00 GMT' }),
    delayMs: 0,
  },
  'a 429 without Retry-After waits for X-RateLimit-Reset, also without seconds': {
    failure: answer(429, { 'x-ratelimit-reset': '2026-06-05T06:00Z' }),
    delayMs: 30_000,
  },
  'Retry-After counts before X-RateLimit-Reset': {
    failure: answer(429, { 'retry-after': '3', 'x-ratelimit-reset': '2026-06-05T06:00:00Z' }),
    delayMs: 3_000,
  },
  'an epoch number is no X-RateLimit-Reset': {
    failure: answer(429, { 'x-ratelimit-reset': '1780000000' }),
    delayMs: 500,
  },
  'a RateLimit header with nothing left waits for its t': {
    failure: answer(429, { ratelimit: '"tenant-app-quota";r=0;t=60' }),
    delayMs: 60_000,
  },
  'a RateLimit header with something left says nothing about the wait': {
    failure: answer(429, { ratelimit: '"tenant-app-quota";r=10;t=60' }),
    delayMs: 500,
  },
  'without a header the wait is a random part of one second': { failure: answer(429), delayMs: 500 },
  'the third wait is a random part of four seconds': {
    failure: answer(500),
    attempt: { tries: 3 },
    delayMs: 2_000,
  },
  'a wait longer than the patience is not begun': {
    failure: answer(429, { 'retry-after': '600' }),
    delayMs: undefined,
  },
  'patience counts from the first try': {
    failure: answer(503, { 'retry-after': '30' }),
    attempt: { startedMs: nowMs - patienceMs + 20_000 },
    delayMs: undefined,
  },
  'the fifth try is the last': { failure: answer(503), attempt: { tries: 5 }, delayMs: undefined },
  'a read is tried again after a 500': { failure: answer(500), delayMs: 500 },
  'a 502 does not wait for the window of the limits, which every answer tells': {
    failure: answer(502, { 'x-ratelimit-reset': '2026-06-05T06:59:30Z', 'x-ratelimit-remaining': '99999' }),
    delayMs: 500,
  },
  'a read is tried again after a cut answer': { failure: { sent: true, transient: true }, delayMs: 500 },
  'a read is not tried again after a 403': { failure: answer(403), delayMs: undefined },
  'a read is not tried again after a 501': { failure: answer(501), delayMs: undefined },
  'a read is not tried again after a wrong certificate': {
    failure: { sent: false, transient: false },
    delayMs: undefined,
  },
  'a write is tried again after a 429': { failure: answer(429), attempt: { write: true }, delayMs: 500 },
  'a write is tried again after a 503 with Retry-After': {
    failure: answer(503, { 'retry-after': '2' }),
    attempt: { write: true },
    delayMs: 2_000,
  },
  'a write is not tried again after a 503 without Retry-After': {
    failure: answer(503),
    attempt: { write: true },
    delayMs: undefined,
  },
  'a write is not tried again after a 500': { failure: answer(500), attempt: { write: true }, delayMs: undefined },
  'a write is not tried again after a timeout': {
    failure: { sent: true, transient: true },
    attempt: { write: true },
    delayMs: undefined,
  },
  'a write that never left is tried again': {
    failure: { sent: false, transient: true },
    attempt: { write: true },
    delayMs: 500,
  },
}

describe('retryDelayMs', () => {
  test.each(Object.entries(cases))('%s', (_, { failure, attempt, delayMs }) => {
    expect(retryDelayMs(failure, { ...first, ...attempt })).toBe(delayMs)
  })
})
