import { describe, expect, test } from 'vitest'
import { claimText, createDeathWatch, ownClaim, parseClaim } from './claim.ts'
import { StateUnreadableError } from './state-document.ts'

const atMs = Date.UTC(2026, 10, 25)
const claim = ownClaim('a', atMs, 'https://ci/1')

describe('a claim', () => {
  test('is read as it was written', () => {
    expect(parseClaim(claimText(claim), 'here')).toEqual(claim)
  })

  const broken: Readonly<Record<string, string>> = {
    'is not JSON': '{',
    'is of another version': JSON.stringify({ ...claim, formatVersion: '2' }),
    'has no id': JSON.stringify({ ...claim, id: undefined }),
    'has no machine': JSON.stringify({ ...claim, host: 1 }),
    'has an end that is no time': JSON.stringify({ ...claim, untilMs: 'tomorrow' }),
    'has an end that no date can be made of': JSON.stringify({ ...claim, untilMs: 1e300 }),
    'has no beginning': JSON.stringify({ ...claim, atMs: undefined }),
  }
  test.each(Object.entries(broken))('that %s is an error that names its place', (_, text) => {
    expect(() => parseClaim(text, 'acme.lock.json in refs/roster/state')).toThrow(StateUnreadableError)
    expect(() => parseClaim(text, 'acme.lock.json in refs/roster/state')).toThrow(/^acme\.lock\.json in refs/)
  })
})

describe('the holder of a claim', () => {
  test('is alive until a minute after the end that it names', () => {
    expect(createDeathWatch()(claim, claim.untilMs + 60_000)).toBe(false)
    expect(createDeathWatch()(claim, claim.untilMs + 60_001)).toBe(true)
  })

  test('is gone, whatever end it names, when it was seen to do nothing for three minutes', () => {
    const isGone = createDeathWatch()
    const ahead = { ...claim, untilMs: atMs + 86_400_000 }
    expect([0, 180_000, 180_001].map((ms) => isGone(ahead, atMs + ms))).toEqual([false, false, true])
  })

  test('is alive as long as it renews the claim, or when another one has it', () => {
    const isGone = createDeathWatch()
    const ahead = { ...claim, untilMs: atMs + 86_400_000 }
    const renewed = { ...ahead, untilMs: ahead.untilMs + 30_000 }
    const again = { ...renewed, untilMs: renewed.untilMs + 30_000 }
    const others = { ...again, id: 'b' }
    const seen = [ahead, renewed, again, others].map((each, index) => isGone(each, atMs + index * 170_000))
    expect(seen).toEqual([false, false, false, false])
    expect(isGone(others, atMs + 170_000 * 3 + 180_000)).toBe(false)
  })
})
