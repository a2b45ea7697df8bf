import { expect, test } from 'vitest'
import type { PlanScope } from '../core/plan.ts'
import { movesBefore, movesOf, renderMoves, type Move } from './plan-moves.ts'
import { add, change, held, planScope, planView, remove } from './plan.builder.ts'
import { parseSavedPlan, savedPlanJson, type SavedPlan } from './saved-plan.ts'

const state = 'a'.repeat(64)
const declaration = { source: '.', files: { 'access/a.yaml': 'b'.repeat(64), 'access/b.yaml': 'unread' } }

/** As it comes back from the file. */
function saved(scopes: readonly PlanScope[]): SavedPlan {
  const views = [planView(scopes)]
  const document = savedPlanJson({
    views,
    stateOf: () => state,
    declaration,
    paths: ['access'],
    tool: '1.0.0',
    nowMs: Date.UTC(2026, 10, 25),
  })
  const parsed = parseSavedPlan(JSON.stringify(document))
  if (!parsed || 'problems' in parsed) throw new Error(`not parsed: ${JSON.stringify(parsed)}`)
  return parsed
}

const two = [add('ana', 1), remove('tom')]
const planned = planScope('Group a', { changes: two })

const looks: Readonly<
  Record<string, { saved?: readonly PlanScope[]; now: readonly PlanScope[]; how: readonly string[] }>
> = {
  'nothing moved': { now: [planned], how: [] },
  'the same changes in another order': { now: [{ ...planned, changes: two.toReversed() }], how: [] },
  'an entry appeared that the changes rest on': {
    now: [{ ...planned, digest: 'ffffffffffff' }],
    how: ['Group a: it would still add 1, remove 1, but not the same, or what that rests on has changed'],
  },
  'another one would be added': {
    now: [{ ...planned, changes: [add('eve', 1), remove('tom')] }],
    how: ['Group a: it would still add 1, remove 1, but not the same, or what that rests on has changed'],
  },
  'a field would become something else': {
    saved: [planScope('Group a', { changes: [change('x', { role: 'a' }, { role: 'b' })] })],
    now: [planScope('Group a', { changes: [change('x', { role: 'a' }, { role: 'c' })] })],
    how: ['Group a: it would still change 1, but not the same, or what that rests on has changed'],
  },
  'a change is made already': {
    now: [{ ...planned, changes: [remove('tom')] }],
    how: ['Group a: the plan would add 1, remove 1, now it would remove 1'],
  },
  'a guardrail holds now': {
    now: [planScope('Group a', { changes: [add('ana', 1)], held: [held(remove('tom'))] })],
    how: ['Group a: the plan would add 1, remove 1, now it would add 1 and hold 1'],
  },
  'what was held passes now': {
    saved: [planScope('Group a', { held: [held(remove('tom'))] })],
    now: [planScope('Group a', { changes: [remove('tom')] })],
    how: ['Group a: the plan would change nothing, now it would remove 1'],
  },
  'the place is gone': { now: [], how: ['Group a: it is gone, or nobody declares it any more'] },
  'the place cannot be read': {
    now: [planScope('Group a', { unread: { code: 'FORBIDDEN', message: 'answered 403' } })],
    how: ['Group a: it could not be read: answered 403'],
  },
  'a change in another place came up': {
    now: [planned, planScope('Group b', { changes: [add('eve', 1)] })],
    how: ['Group b: the plan would change nothing, now it would add 1'],
  },
  'somebody was added where nothing is planned': {
    saved: [planned, planScope('Group b')],
    now: [planned, planScope('Group b', { digest: 'ffffffffffff' })],
    how: [],
  },
  'another one is held where nothing would be made': {
    saved: [planned, planScope('Group b', { held: [held(remove('eve'))] })],
    now: [planned, planScope('Group b', { held: [held(remove('eve')), held(remove('tom'))], digest: 'ffffffffffff' })],
    how: [],
  },
  'a place is readable again and needs nothing': {
    saved: [planned, planScope('Group b', { unread: { code: 'UNAVAILABLE', message: 'no answer' } })],
    now: [planned, planScope('Group b')],
    how: [],
  },
}

test.each(Object.entries(looks))('the world: %s', (_, { saved: before = [planned], now, how }) => {
  const moves = movesOf(saved(before).organizations[0]!, { scopes: now, digest: '' }, state)
  expect(moves).toEqual(how.map((each): Move => ({ what: 'the world', how: each })))
})

test('another state is told, whether the world moved or not', () => {
  const moves = movesOf(saved([planned]).organizations[0]!, { scopes: [planned], digest: '' }, 'c'.repeat(64))
  expect(moves).toEqual([{ what: 'the state', how: 'somebody has applied since, or the state is another one' }])
})

test('another program, another place and other files are told before anything is read', () => {
  const files = { 'access/a.yaml': 'c'.repeat(64), 'access/__proto__': 'unread' }
  const now = { tool: '1.0.1', declaration: { source: '..', files } }
  expect(movesBefore(saved([]), { tool: '1.0.0', declaration })).toEqual([])
  expect(renderMoves(movesBefore(saved([]), now)).split('\n')).toEqual([
    '  the program      the plan is of Roster 1.0.0, this is 1.0.1',
    '  the declaration  it comes from .., that of the plan came from .',
    '  the declaration  access/__proto__ is new',
    '  the declaration  access/a.yaml has changed',
    '  the declaration  access/b.yaml is gone',
  ])
})

test('of many moves the first ones are shown, and none of them reaches the terminal as it is', () => {
  const moves = Array.from({ length: 25 }, (_, index): Move => ({ what: 'the world', how: `\u001b[2J${index}` }))
  const lines = renderMoves(moves).split('\n')
  expect([lines[0], lines.length, lines.at(-1)]).toEqual(['  the world  \\u001b[2J0', 21, '  and 5 more'])
})

const texts: Readonly<Record<string, { readonly text: string; readonly parsed: unknown }>> = {
  'a list of manifests in JSON is none': { text: '{"kind":"AtlassianGroup"}', parsed: undefined },
  'neither is half a file': { text: '{"type":"saved-plan"', parsed: undefined },
  'nor a JSON text that is no object': { text: 'null', parsed: undefined },
  'of another major version it cannot be used': {
    text: JSON.stringify({ ...saved([planned]), formatVersion: '2.0' }),
    parsed: { problems: ['must match pattern "^1\\.[0-9]+$"'] },
  },
  'without its organizations it cannot be used': {
    text: JSON.stringify({ ...saved([planned]), organizations: undefined }),
    parsed: { problems: ['missing field "organizations"'] },
  },
}

test.each(Object.entries(texts))('a saved plan: %s', (_, { text, parsed }) => {
  expect(parseSavedPlan(text)).toEqual(parsed)
})
