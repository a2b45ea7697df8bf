import fc from 'fast-check'
import { expect, test } from 'vitest'
import { subject } from './change.ts'
import { box, boxWorld, pass, strange, type BoxWorld } from './engine.builder.ts'
import type { Manifest } from './manifest.ts'
import { plannedChanges } from './plan.ts'
import { incompleteDeclaration, observeOnly } from './policy/fail-closed.ts'
import { scopeId } from './resource.ts'

const names = ['ann', 'bob', 'eve', 'kim', 'lee', 'zoe']
const boxes = ['a', 'b', 'c']
const policies = () => [incompleteDeclaration, observeOnly]

const people = fc.uniqueArray(fc.record({ name: fc.constantFrom(...names), level: fc.constantFrom('user', 'admin') }), {
  selector: ({ name }) => name,
})
const observedBoxes = fc.record({ a: people, b: people, c: people })
const authority = fc.constantFrom('Observe' as const, 'Additive' as const, 'Authoritative' as const)

type People = readonly { readonly name: string; readonly level: string }[]
const worldOf = (state: Record<string, People>): BoxWorld => {
  const written = Object.entries(state).map(([name, all]) => [name, all.map((each) => `${each.name}:${each.level}`)])
  return boxWorld(Object.fromEntries(written) as Record<string, string[]>, names)
}
const declared = (name: string, all: People, by: 'Observe' | 'Additive' | 'Authoritative', id?: string): Manifest =>
  box(
    name,
    all.map((each) => ({ email: `${each.name}@x.io`, level: each.level })),
    by,
    id,
  )
const contents = (world: BoxWorld, name: string) => Object.fromEntries(world.boxes.get(name) ?? [])
const asked = (all: People) => Object.fromEntries(all.map(({ name, level }) => [`id-${name}`, level]))
const options = { seed: 20261125, numRuns: 300 }

test('applying the plan to the observed state gives the desired state, and the second plan is empty', () =>
  fc.assert(
    fc.asyncProperty(observedBoxes, observedBoxes, async (live, wanted) => {
      const world = worldOf(live)
      const manifests = boxes.map((name) => declared(name, wanted[name as 'a'], 'Authoritative'))
      await pass(world, manifests, { policies })
      for (const name of boxes) expect(contents(world, name)).toEqual(asked(wanted[name as 'a']))
      expect(plannedChanges((await pass(world, manifests, { policies, apply: false })).survey.plan)).toEqual([])
    }),
    options,
  ))

test('Additive reaches everything declared and takes nothing away', () =>
  fc.assert(
    fc.asyncProperty(people, people, async (live, wanted) => {
      const world = worldOf({ a: live })
      await pass(world, [declared('a', wanted, 'Additive')], { policies })
      expect(contents(world, 'a')).toEqual({ ...asked(live), ...asked(wanted) })
    }),
    options,
  ))

test('no removal ever comes from an incomplete scope, and nothing at all from an unread one', () =>
  fc.assert(
    fc.asyncProperty(
      observedBoxes,
      observedBoxes,
      fc.subarray(boxes),
      fc.subarray(boxes),
      async (live, wanted, doubtful, unreadable) => {
        const world = worldOf(live)
        unreadable.forEach((name) => world.unreadable.add(name))
        const manifests = boxes.map((name) => declared(name, wanted[name as 'a'], 'Authoritative'))
        const doubts = doubtful.map((name) => box(name, ['nobody'], 'Additive', `doubt-${name}`))
        const { survey } = await pass(world, [...manifests, ...doubts], { policies, apply: false })
        const changes = plannedChanges(survey.plan).map((each) => ({
          action: each.action,
          box: subject(each).scope.key,
        }))
        expect(changes.filter((each) => unreadable.includes(each.box))).toEqual([])
        expect(changes.filter((each) => each.action === 'delete' && doubtful.includes(each.box))).toEqual([])
      },
    ),
    options,
  ))

test('an object of an unknown kind anywhere leaves no removal standing', () =>
  fc.assert(
    fc.asyncProperty(observedBoxes, observedBoxes, async (live, wanted) => {
      const manifests = [...boxes.map((name) => declared(name, wanted[name as 'a'], 'Authoritative')), strange('Bxo')]
      const { survey } = await pass(worldOf(live), manifests, { policies, apply: false })
      expect(plannedChanges(survey.plan).filter(({ action }) => action === 'delete')).toEqual([])
    }),
    options,
  ))

test('the order of the manifests and of what is read does not matter', () =>
  fc.assert(
    fc.asyncProperty(
      observedBoxes,
      fc.array(fc.tuple(fc.constantFrom(...boxes), people, authority), { maxLength: 6 }),
      fc.infiniteStream(fc.nat()),
      async (live, wanted, shuffle) => {
        const manifests = wanted.map(([name, all, by], index) => declared(name, all, by, `m${index}`))
        const keys = manifests.map((each) => [each, shuffle.next().value] as const)
        const shuffled = keys.toSorted(([, a], [, b]) => a - b).map(([each]) => each)
        const other = Object.fromEntries(Object.entries(live).map(([name, all]) => [name, all.toReversed()]))
        const one = await pass(worldOf(live), manifests, { policies, apply: false })
        const two = await pass(worldOf(other), shuffled, { policies, apply: false })
        expect(two.survey.plan).toEqual(one.survey.plan)
      },
    ),
    options,
  ))

test('an Observe manifest alone never leads to a write', () =>
  fc.assert(
    fc.asyncProperty(observedBoxes, people, async (live, wanted) => {
      const world = worldOf(live)
      await pass(world, [declared('a', wanted, 'Observe')], { policies })
      expect(world.journal).toEqual([])
    }),
    options,
  ))

test('every change belongs to a scope that a manifest claims', () =>
  fc.assert(
    fc.asyncProperty(observedBoxes, people, authority, async (live, wanted, by) => {
      const { survey } = await pass(worldOf(live), [declared('b', wanted, by)], { policies, apply: false })
      for (const change of plannedChanges(survey.plan)) expect(scopeId(subject(change).scope)).toBe('Box/b')
    }),
    options,
  ))
