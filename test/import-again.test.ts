import { expect, test } from 'vitest'
import { changeByHand, grantsIn, grantsOf } from './import-grants.builder.ts'
import { emptyPlan, openImport } from './import.builder.ts'
import { drawing, drawnWorld } from './import-worlds.builder.ts'

const sorted = (all: Iterable<string>): readonly string[] => [...all].toSorted()

const runs = [11, 12, 13, 14, 15, 16].map((seed) => {
  const layout = ['team', 'project', 'space', 'kind'][seed % 4]!
  return [seed, layout, seed % 2 === 0] as const
})

test.each(runs)(
  'after 40 changes by hand (seed %i, by %s, SCIM %s) a second import adds exactly what was given',
  async (seed, layout, scim) => {
    const estate = await openImport({ world: drawnWorld({ seed, modes: { acme: 'ROLES' }, scim }) })
    expect((await estate.import('--by', layout)).code).toBe(0)
    const first = estate.files()
    expect(sorted(grantsIn(Object.values(first)))).toEqual(sorted(grantsOf(estate.sandbox.world.export())))
    changeByHand(estate.sandbox.world, 40, drawing(seed))
    const now = grantsOf(estate.sandbox.world.export())
    const declared = grantsIn(Object.values(first))
    const second = await estate.import('--by', layout)
    expect(second).toMatchObject({ code: 0, stderr: '' })
    const all = estate.files()
    // not one file of the first import was touched
    expect(all).toMatchObject(first)
    const added = Object.entries(all).filter(([path]) => !(path in first))
    expect(sorted(grantsIn(added.map(([, text]) => text)))).toEqual(sorted(now.difference(declared)))
    expect(now.difference(declared).size).toBeGreaterThan(3)
    // what was taken away by hand is what the plan gives back, and nothing else
    const plan = await estate.plan()
    const lost = declared.difference(now)
    expect(plan).toMatchObject({ mistakes: [], unread: [] })
    expect(lost.size).toBeGreaterThan(2)
    expect(plan.changes.length).toBe(lost.size)
    expect(plan.changes.every((each) => each.startsWith('create '))).toBe(true)
    await estate.close()
  },
)

test('with --force an import writes its own files anew, and leaves alone what a person has changed', async () => {
  const estate = await openImport({ world: drawnWorld({ seed: 21, modes: { acme: 'ROLES' } }) })
  await estate.import()
  const first = estate.files()
  const paths = Object.keys(first)
  const edited = paths.find((path) => path.startsWith('teams/'))!
  estate.write(edited, `${first[edited]}# ours now\n`)
  changeByHand(estate.sandbox.world, 30, drawing(21))
  const now = grantsOf(estate.sandbox.world.export())
  expect((await estate.import('--force')).code).toBe(0)
  const all = estate.files()
  expect(all[edited]).toBe(`${first[edited]}# ours now\n`)
  const missing = now.difference(grantsIn(Object.values(all)))
  expect(sorted(missing)).toEqual([])
  // what somebody took away by hand is in no file any more, but for the one that a person has changed
  const stale = grantsIn(Object.entries(all).flatMap(([path, text]) => (path === edited ? [] : [text]))).difference(now)
  expect(sorted(stale)).toEqual([])
  expect((await estate.plan()).mistakes).toEqual([])
  await estate.close()
})

test('--force of other parts does not shorten a file to them', async () => {
  const estate = await openImport({ world: drawnWorld({ seed: 22, modes: { acme: 'ROLES' } }) })
  await estate.import()
  const first = estate.files()
  await estate.import('--force', '--only', 'roles')
  expect(estate.files()).toEqual(first)
  expect(await estate.plan()).toMatchObject(emptyPlan)
  await estate.close()
})
