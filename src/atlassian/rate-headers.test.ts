import { describe, expect, test } from 'vitest'
import { allowanceOf, resumeAtMs, type Headers } from './rate-headers.ts'

const nowMs = Date.parse('2026-06-05T05:59:30Z')
const reset = '2026-06-05T06:00Z'

const allowances: Record<string, { headers: Headers; remaining?: number; inMs?: number; nearLimit?: boolean }> = {
  'X-RateLimit, with a time without seconds': {
    headers: { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': reset },
    remaining: 7,
    inMs: 30_000,
  },
  'X-RateLimit without an end says nothing': { headers: { 'x-ratelimit-remaining': '7' } },
  'X-RateLimit with an end in the past says nothing': {
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2026-06-05T05:00Z' },
  },
  'X-RateLimit with words says nothing': { headers: { 'x-ratelimit-remaining': 'many', 'x-ratelimit-reset': 'soon' } },
  'RateLimit of the IETF draft': { headers: { ratelimit: '"q";r=9000;t=600' }, remaining: 9000, inMs: 600_000 },
  'RateLimit-Policy alone says nothing of what is left': { headers: { 'ratelimit-policy': '"q";q=100100;w=3600' } },
  'Beta-RateLimit': { headers: { 'beta-ratelimit': '"q";r=5;t=20' }, remaining: 5, inMs: 20_000 },
  'X-Beta-RateLimit': { headers: { 'x-beta-ratelimit': '"q";r=5;t=20' }, remaining: 5, inMs: 20_000 },
  'what is enforced goes before what is only told': {
    headers: { ratelimit: '"q";r=50;t=20', 'beta-ratelimit': '"q";r=0;t=20' },
    remaining: 50,
    inMs: 20_000,
  },
  'of several quotas the one that lets less through': {
    headers: { ratelimit: '"global";r=60000;t=600, "tenant";r=10;t=600' },
    remaining: 10,
    inMs: 600_000,
  },
  'of several headers too': {
    headers: { ratelimit: ['"global";r=60000;t=600', '"tenant";r=10;t=600'] },
    remaining: 10,
    inMs: 600_000,
  },
  'of both families the one that lets less through': {
    headers: { 'x-ratelimit-remaining': '500', 'x-ratelimit-reset': reset, ratelimit: '"q";r=3;t=600' },
    remaining: 3,
    inMs: 600_000,
  },
  'NearLimit counts for either': {
    headers: { ratelimit: '"q";r=9000;t=600', 'x-ratelimit-nearlimit': 'true' },
    remaining: 9000,
    inMs: 600_000,
    nearLimit: true,
  },
}

describe('what is left', () => {
  test.each(Object.entries(allowances))('%s', (_, { headers, remaining, inMs, nearLimit = false }) => {
    const isSilent = remaining === undefined || inMs === undefined
    const expected = isSilent ? undefined : { remaining, resetAtMs: nowMs + inMs, nearLimit }
    expect(allowanceOf(headers, nowMs)).toEqual(expected)
  })
})

describe('when a 429 says to go on', () => {
  const cases: Record<string, { headers: Headers; inMs: number | undefined }> = {
    'a quota that is not empty is not what refused': { headers: { ratelimit: '"q";r=1;t=60' }, inMs: undefined },
    'of two empty quotas the later end counts': {
      headers: { ratelimit: '"global";r=0;t=60, "tenant";r=0;t=20, "other";r=4;t=900' },
      inMs: 60_000,
    },
    'a Retry-After that is no time is passed over': {
      headers: { 'retry-after': 'later', 'x-ratelimit-reset': reset },
      inMs: 30_000,
    },
  }
  test.each(Object.entries(cases))('%s', (_, { headers, inMs }) => {
    expect(resumeAtMs(headers, nowMs)).toBe(inMs === undefined ? undefined : nowMs + inMs)
  })
})
