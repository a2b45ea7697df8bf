import { expect, test } from 'vitest'
import type { Change } from '../change.ts'
import {
  account,
  addition,
  context,
  directory,
  holder,
  removal,
  scope,
  update,
  user,
  verdicts,
} from './policy.builder.ts'
import {
  defaultRemovalLimits,
  defaultRunLimits,
  firstRun,
  leaverOf,
  removalLimit,
  runRemovalLimit,
  scopeRemovalLimit,
  updateLimit,
} from './limits.ts'
import type { Scope } from '../resource.ts'

const many = (within: Scope, count: number) =>
  Array.from({ length: count }, (_, index) => holder(within, user(`u${index}`)))
const box = scope('b')

const limitCases: Record<string, { size: number; removed: number; held: boolean }> = {
  'three of nine may go': { size: 9, removed: 3, held: false },
  'four of nine wait': { size: 9, removed: 4, held: true },
  'a quarter of forty may go': { size: 40, removed: 10, held: false },
  'more than a quarter of forty waits': { size: 40, removed: 11, held: true },
  'twenty of two hundred may go': { size: 200, removed: 20, held: false },
  'twenty-one of two hundred wait, though they are few percent': { size: 200, removed: 21, held: true },
  'the only entry does not go': { size: 1, removed: 1, held: true },
  'both of two do not go': { size: 2, removed: 2, held: true },
}
for (const [sentence, { size, removed, held }] of Object.entries(limitCases)) {
  test(`removals of one scope: ${sentence}`, () => {
    const observed = many(box, size)
    const changes = observed.slice(0, removed).map((each) => removal(each))
    const found = verdicts(scopeRemovalLimit(defaultRemovalLimits), changes, context({ scopes: [box], observed }))
    expect(new Set(found)).toEqual(new Set([held ? 'SCOPE_LIMIT' : undefined]))
  })
}

test('removals of one scope: a tripped limit holds its scope alone', () => {
  const other = scope('c')
  const observed = [...many(box, 4), ...many(other, 9)]
  const changes = [...many(box, 4).map((each) => removal(each)), removal(many(other, 9)[0]!)]
  const found = verdicts(scopeRemovalLimit(defaultRemovalLimits), changes, context({ scopes: [box, other], observed }))
  expect(found).toEqual(['SCOPE_LIMIT', 'SCOPE_LIMIT', 'SCOPE_LIMIT', 'SCOPE_LIMIT', undefined])
})

test('removals of one scope: everybody may be replaced where somebody is added', () => {
  const [one] = many(box, 1)
  const changes = [removal(one!), addition(holder(box, user('new')))]
  expect(
    verdicts(scopeRemovalLimit(defaultRemovalLimits), changes, context({ scopes: [box], observed: [one!] })),
  ).toEqual([undefined, undefined])
})

test('the limit is never more than the number of entries that may go', () => {
  expect(removalLimit(8, { ...defaultRemovalLimits, maxEntries: 2 })).toBe(2)
})

test('removals of a run: more than twenty wait, wherever they are', () => {
  const scopes = Array.from({ length: 21 }, (_, index) => scope(`b${index}`))
  const observed = scopes.flatMap((each) => many(each, 9))
  const changes = scopes.map((each) => removal(holder(each, user('u0'))))
  const policy = (all: readonly Change[]) =>
    verdicts(
      runRemovalLimit(defaultRunLimits, () => undefined),
      all,
      context({ scopes, observed }),
    )
  expect(new Set(policy(changes))).toEqual(new Set(['RUN_LIMIT']))
  expect(new Set(policy(changes.slice(1)))).toEqual(new Set([undefined]))
})

test('removals of a run: all that one leaver loses counts once', () => {
  const scopes = Array.from({ length: 30 }, (_, index) => scope(`b${index}`))
  const observed = scopes.flatMap((each) => many(each, 9))
  const changes = scopes.map((each) => removal(holder(each, user('u0'))))
  const within = context({ scopes, observed, directory: directory([account('u0', { status: 'deactivated' })]) })
  expect(new Set(verdicts(runRemovalLimit(defaultRunLimits, leaverOf(within)), changes, within))).toEqual(
    new Set([undefined]),
  )
})

const recentCases: Record<string, { before: number; now: number; held: boolean }> = {
  'twenty in all may go': { before: 15, now: 5, held: false },
  'the twenty-first waits, though this run removes few': { before: 16, now: 5, held: true },
}
for (const [sentence, { before, now, held }] of Object.entries(recentCases)) {
  test(`removals of a run, with those shortly before: ${sentence}`, () => {
    const scopes = Array.from({ length: now }, (_, index) => scope(`b${index}`))
    const observed = scopes.flatMap((each) => many(each, 9))
    const changes = scopes.map((each) => removal(holder(each, user('u0'))))
    const recent = new Map([[scopes[0]!.kind, new Set(Array.from({ length: before }, (_, index) => `${index}`))]])
    const policy = runRemovalLimit(defaultRunLimits, () => undefined, recent)
    expect(new Set(verdicts(policy, changes, context({ scopes, observed })))).toEqual(
      new Set([held ? 'RUN_LIMIT' : undefined]),
    )
  })
}

test('a declared leaver is one whose account this run suspends', () => {
  const person = holder(scope('u'), user('u0'), { fields: { state: 'Suspended' } })
  const within = context({ scopes: [box], observed: [], desired: [person], directory: directory([account('u0')]) })
  expect(leaverOf(within)(removal(holder(box, user('u0'))))).toBe('user:u0')
  expect(leaverOf(within)(removal(holder(box, user('u1'))))).toBeUndefined()
})

test('updates of more than a share of a kind wait', () => {
  const observed = many(box, 100)
  const changes = observed.slice(0, 31).map((each) => update(each, { ...each, fields: { level: 'x' } }))
  const within = context({ scopes: [box], observed })
  expect(new Set(verdicts(updateLimit(30, 20), changes, within))).toEqual(new Set(['UPDATE_LIMIT']))
  expect(new Set(verdicts(updateLimit(30, 20), changes.slice(1), within))).toEqual(new Set([undefined]))
})

test('a first run removes nothing and adds everything', () => {
  const [one] = many(box, 1)
  const changes = [removal(one!), addition(holder(box, user('new')))]
  const within = context({ scopes: [box], observed: [one!], origins: [{ file: 'a.yaml' }, { file: 'b.yaml' }] })
  expect(verdicts(firstRun(new Set()), changes, within)).toEqual(['FIRST_RUN', undefined])
  expect(verdicts(firstRun(new Set(['a.yaml'])), changes, within)).toEqual(['FIRST_RUN', undefined])
  expect(verdicts(firstRun(new Set(['a.yaml', 'b.yaml'])), changes, within)).toEqual([undefined, undefined])
  expect(verdicts(firstRun(undefined), changes, within)).toEqual([undefined, undefined])
})
