import { expect, test } from 'vitest'
import { box, boxKinds, boxWorld, pass, person, refused, type BoxWorld } from './engine.builder.ts'
import type { Manifest } from './manifest.ts'
import { incompleteDeclaration } from './policy/fail-closed.ts'
import { emptyState, nextState, retired, type State } from './state.ts'

/** One apply with its state before and after, as a session does it. */
async function run(
  world: BoxWorld,
  manifests: readonly Manifest[],
  state: State,
  covers: (file: string) => boolean = () => true,
) {
  const all = [...manifests, ...retired(state, manifests, covers)]
  const policies = () => [incompleteDeclaration]
  const { survey, outcomes, identities } = await pass(world, all, { ledger: state.ledger, covers, policies })
  const { difference, desired, observed } = survey
  const kinds = boxKinds(world)
  return nextState(state, {
    manifests: all,
    covers,
    difference,
    desired,
    observed,
    outcomes,
    identities,
    kinds,
    source: '.',
    nowMs: 1_000_000,
  })
}

const provenance = (state: State) => Object.fromEntries([...state.ledger].map(([id, { by }]) => [id, by]))

test('what was added is ours, what was found is adopted', async () => {
  const state = await run(boxWorld({ b: ['zoe'] }, ['ann']), [box('b', ['ann', 'zoe'], 'Additive')], emptyState)
  expect(provenance(state)).toEqual({ 'Box/b/user:id-ann': 'created', 'Box/b/user:id-zoe': 'adopted' })
})

test('an identity that was promised enters the ledger by its id', async () => {
  const state = await run(boxWorld({ b: [] }), [person('new'), box('b', ['new'], 'Additive')], emptyState)
  expect(provenance(state)['Box/b/user:id-new']).toBe('created')
})

test('a manifest that is gone withdraws what was added, once, and is then forgotten', async () => {
  const world = boxWorld({ b: ['zoe'] }, ['ann'])
  const first = await run(world, [box('b', ['ann', 'zoe'], 'Additive')], emptyState)
  const second = await run(world, [], first)
  expect([...world.boxes.get('b')!.keys()]).toEqual(['id-zoe'])
  expect(second.applied).toEqual([])
})

test('a manifest that is gone is remembered until what it added could be withdrawn', async () => {
  const world = boxWorld({ b: [] }, ['ann'])
  const first = await run(world, [box('b', ['ann'], 'Additive')], emptyState)
  world.unreadable.add('b')
  const second = await run(world, [], first)
  expect(second.applied).toHaveLength(1)
  world.unreadable.clear()
  await run(world, [], second)
  expect([...world.boxes.get('b')!.keys()]).toEqual([])
})

test('a run over one file takes nothing of the others for gone', async () => {
  const world = boxWorld({ a: [], b: [] }, ['ann'])
  const both = [box('a', ['ann'], 'Additive'), box('b', ['ann'], 'Additive')]
  const first = await run(world, both, emptyState)
  const second = await run(world, [both[0]!], first, (file) => file === both[0]!.origin.file)
  expect([...world.boxes.get('b')!.keys()]).toEqual(['id-ann'])
  expect(second.applied).toHaveLength(2)
})

test('with roster.dev/deletion: Retain nothing is withdrawn', async () => {
  const world = boxWorld({ b: [] }, ['ann'])
  const kept = { ...box('b', ['ann'], 'Additive'), annotations: { 'roster.dev/deletion': 'Retain' } }
  await run(world, [], await run(world, [kept], emptyState))
  expect([...world.boxes.get('b')!.keys()]).toEqual(['id-ann'])
})

test('what somebody else took away and gave back by hand is not ours any more', async () => {
  const world = boxWorld({ b: [] }, ['ann'])
  const manifests = [box('b', ['ann'], 'Additive')]
  const first = await run(world, manifests, emptyState)
  world.boxes.get('b')!.delete('id-ann')
  world.failure = {
    before: () => {
      throw new Error('not reached: nothing is written')
    },
  }
  const second = await run(world, [], first)
  world.boxes.get('b')!.set('id-ann', 'user')
  await run(world, [], second)
  expect([...world.boxes.get('b')!.keys()]).toEqual(['id-ann'])
})

test('what was added a moment ago stays ours while the read does not show it yet', async () => {
  const world = boxWorld({ b: ['zoe'] }, ['ann'])
  const manifests = [box('b', ['ann'], 'Additive')]
  const first = await run(world, manifests, emptyState)
  world.boxes.get('b')!.delete('id-ann')
  world.failure = {
    before: () => {
      throw refused(409)
    },
  }
  const second = await run(world, manifests, first)
  expect(provenance(second)).toEqual({ 'Box/b/user:id-ann': 'created' })
})

test('a manifest that is turned to another place withdraws what it added in the first', async () => {
  const world = boxWorld({ a: ['zoe'], b: [] }, ['ann'])
  const first = await run(world, [box('a', ['ann', 'zoe'], 'Additive', 'one')], emptyState)
  const second = await run(world, [box('b', ['ann', 'zoe'], 'Additive', 'one')], first)
  expect([...world.boxes.get('a')!.keys()]).toEqual(['id-zoe'])
  expect([...world.boxes.get('b')!.keys()]).toEqual(['id-ann', 'id-zoe'])
  expect(second.applied).toHaveLength(1)
})

test('a manifest that only observes from now on withdraws nothing', async () => {
  const world = boxWorld({ b: [] }, ['ann'])
  const first = await run(world, [box('b', ['ann'], 'Additive', 'one')], emptyState)
  await run(world, [box('b', [], 'Observe', 'one')], first)
  expect([...world.boxes.get('b')!.keys()]).toEqual(['id-ann'])
})

test('a manifest that has a mistake since withdraws nothing', async () => {
  const world = boxWorld({ b: [] }, ['ann'])
  const first = await run(world, [box('b', ['ann'], 'Additive', 'one')], emptyState)
  const second = await run(world, [{ ...box('c', [], 'Additive', 'one'), spec: { box: 'c' } }], first)
  expect([...world.boxes.get('b')!.keys()]).toEqual(['id-ann'])
  expect(second.applied.length).toBeGreaterThan(0)
})
