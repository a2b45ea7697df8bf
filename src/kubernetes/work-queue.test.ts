import { assert, constantFrom, array, integer, oneof, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { createWorkQueue, priorities } from './work-queue.ts'

function queueAt(clock: { nowMs: number }) {
  const never = (_ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
  return createWorkQueue<string>({ clock: { now: () => clock.nowMs, sleep: never }, random: () => 0.999 })
}

test('an edit goes before sweeps that came first, and each key is given out once', () => {
  const queue = queueAt({ nowMs: 0 })
  queue.add('swept', { priority: priorities.sweep })
  queue.add('edited')
  queue.add('swept', { priority: priorities.sweep })
  expect(queue.takeAll().map(({ key }) => key)).toEqual(['edited', 'swept'])
})

test('a key that fails comes again after a wait that doubles, and forgets it when it succeeds', () => {
  const clock = { nowMs: 0 }
  const queue = queueAt(clock)
  queue.add('key')
  for (const failures of [0, 1, 2]) {
    expect(queue.takeAll()).toMatchObject([{ key: 'key', failures }])
    queue.done('key', 'failed')
    clock.nowMs += 750 * 2 ** failures * 0.9
    expect(queue.takeAll()).toEqual([])
    clock.nowMs += 750 * 2 ** failures * 0.1
  }
  queue.takeAll()
  queue.done('key')
  queue.add('key')
  expect(queue.takeAll()).toMatchObject([{ failures: 0 }])
})

test('shutting down waits for what runs, and gives nothing more out', async () => {
  const queue = queueAt({ nowMs: 0 })
  queue.add('key')
  expect(await queue.take()).toMatchObject({ key: 'key' })
  const waiting = queue.take()
  const down = queue.shutDown()
  expect(await waiting).toBeUndefined()
  queue.done('key')
  await down
})

test('whatever comes in whatever order, no key runs twice at once and no wake-up is lost', () => {
  const key = constantFrom('a', 'b', 'c')
  const step = oneof(
    record({ do: constantFrom('add' as const), key, afterMs: integer({ min: 0, max: 50 }) }),
    record({ do: constantFrom('take' as const, 'done' as const), key, afterMs: integer({ min: 0, max: 50 }) }),
  )
  assert(
    property(array(step, { maxLength: 60 }), (steps) => {
      const clock = { nowMs: 0 }
      const queue = queueAt(clock)
      const running = new Set<string>()
      const owed = new Set<string>()
      const take = (): void => {
        for (const taken of queue.takeAll()) {
          expect(running.has(taken.key)).toBe(false)
          running.add(taken.key)
          owed.delete(taken.key)
        }
      }
      for (const each of steps) {
        clock.nowMs += each.afterMs
        if (each.do === 'take') take()
        else if (each.do === 'done' && running.delete(each.key)) queue.done(each.key)
        else if (each.do === 'add') {
          queue.add(each.key, { afterMs: each.afterMs })
          owed.add(each.key)
        }
      }
      for (const each of running) queue.done(each)
      running.clear()
      clock.nowMs += 100
      take()
      expect([...owed]).toEqual([])
    }),
    { seed: 7 },
  )
})
