import { expect, test } from 'vitest'
import { systemClock } from './clock.ts'

const monthMs = 30 * 24 * 3_600_000

test('a sleep of thirty days does not end at once, as a timer of Node would', async () => {
  const ended = new AbortController()
  const long = systemClock.sleep(monthMs, ended.signal).then(
    () => 'long',
    () => 'ended',
  )
  const short = systemClock.sleep(20).then(() => 'short')
  expect(await Promise.race([long, short])).toBe('short')
  ended.abort()
  expect(await long).toBe('ended')
})
