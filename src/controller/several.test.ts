import { expect, test } from 'vitest'
import { several } from './several.ts'

const numbers = Array.from({ length: 100 }, (_, index) => index)

test('works on every item once, on a few at once', async () => {
  const seen: number[] = []
  let [running, most] = [0, 0]
  await several(numbers, async (each) => {
    running += 1
    most = Math.max(most, running)
    await Promise.resolve()
    running -= 1
    seen.push(each)
  })
  expect(seen.toSorted((one, other) => one - other)).toEqual(numbers)
  expect(most).toBe(32)
})

test('after a failure nothing is begun, and what was under way has ended when it is thrown', async () => {
  let [begun, ended] = [0, 0]
  const slow = Promise.withResolvers<void>()
  const all = several(numbers, async (each) => {
    begun += 1
    if (each === 1) throw new Error('refused')
    await slow.promise
    ended += 1
  })
  slow.resolve()
  await expect(all).rejects.toThrow('refused')
  expect([begun, ended]).toEqual([32, 31])
})

test('nothing to do is done at once', async () => {
  expect(await several([], async () => {})).toBeUndefined()
})
