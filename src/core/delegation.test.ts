import { expect, test } from 'vitest'
import type { Reach } from './delegation.ts'
import { isError } from './diagnostic.ts'
import { box, boxWorld, pass, person } from './engine.builder.ts'

/** What the place of every manifest may touch, of boxes (as projects), people in them (as groups) and accounts. */
const reach = (...allowed: readonly string[]): Reach => ({
  from: 'teams/',
  allows: (...touches) => touches.every(({ name }) => allowed.includes(name)),
})
const mail = (name: string): string => `${name}@x.io`

test('a manifest of a place without a delegation changes nothing, and holds nothing of others', async () => {
  const world = boxWorld({ b: ['zoe'] }, ['ann'])
  const [ours, theirs] = [box('b', ['ann']), box('b', ['zoe', 'eve'], 'Authoritative', 'theirs')]
  const reachOf = ({ name }: { readonly name: string }) => (name === 'theirs' ? reach() : undefined)
  const { survey } = await pass(world, [ours, theirs], { reachOf })
  expect(world.journal).toEqual(['create b id-ann', 'delete b id-zoe'])
  expect(survey.diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'UNKNOWN_USER: no Atlassian account for eve@x.io',
    'NOT_DELEGATED: Jira space (project) b is not delegated to teams/',
    'NOT_DELEGATED: group zoe@x.io is not delegated to teams/',
    'NOT_DELEGATED: group eve@x.io is not delegated to teams/',
  ])
})

test('a subject outside is left out, and holds removals in the place; the rest is done', async () => {
  const world = boxWorld({ b: ['zoe'] }, ['ann', 'eve'])
  const { survey } = await pass(world, [box('b', ['ann', 'eve'])], { reachOf: () => reach('b', mail('ann')) })
  const created = world.journal.filter((each) => each.startsWith('create'))
  expect(created).toEqual(['create b id-ann'])
  expect(survey.desired.scopes.get('Box/b')?.incomplete).toContain('eve@x.io is not delegated')
})

test('somebody who is refused is no promise to others', async () => {
  const world = boxWorld({ b: [] })
  const { survey } = await pass(world, [person('new'), box('b', ['new'])], {
    reachOf: ({ kind }) => (kind === 'Person' ? reach() : undefined),
  })
  expect(world.journal).toEqual([])
  expect(survey.diagnostics.filter(isError).map(({ code }) => code)).toEqual(['NOT_DELEGATED', 'UNKNOWN_USER'])
})

test('a manifest that is gone does nothing outside either, and only warns', async () => {
  const world = boxWorld({ b: ['zoe'] })
  const gone = { ...box('b', ['zoe']), retired: true }
  const ledger = new Map([['Box/b/user:id-zoe', { by: 'created', scope: 'Box/b', atMs: 0, title: '' } as const]])
  const { survey } = await pass(world, [gone], { ledger, reachOf: () => reach() })
  expect(world.journal).toEqual([])
  expect(survey.diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
    'warning NOT_DELEGATED',
    'warning NOT_DELEGATED',
  ])
})
