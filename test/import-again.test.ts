import { expect, test } from 'vitest'
import type { WorldSeed } from '../src/sandbox/world-seed.ts'
import { changeByHand, grantsIn, grantsOf } from './import-grants.builder.ts'
import { emptyPlan, openImport } from './import.builder.ts'
import { drawing, drawnWorld, worlds } from './import-worlds.builder.ts'

const sorted = (all: Iterable<string>): readonly string[] => [...all].toSorted()

interface Run {
  readonly world: () => WorldSeed
  readonly seed: number
}

const layoutOf = (seed: number): string => ['team', 'project', 'space', 'kind'][seed % 4]!

const drawn: Readonly<Record<string, (seed: number) => WorldSeed>> = {
  'before roles': (seed) => drawnWorld({ seed, modes: { acme: 'PRE_ROLES' } }),
  'between both': (seed) => drawnWorld({ seed, modes: { acme: 'ROLES_TRANSITION' } }),
  'with roles': (seed) => drawnWorld({ seed, modes: { acme: 'ROLES' } }),
  'with roles and SCIM groups': (seed) => drawnWorld({ seed, modes: { acme: 'ROLES' }, scim: true }),
  'of two sites': (seed) => drawnWorld({ seed, modes: { acme: 'PRE_ROLES', labs: 'ROLES' } }),
}

const runs: Readonly<Record<string, Run>> = Object.fromEntries([
  ...Object.entries(drawn).flatMap(([name, world], index) =>
    [0, 1, 2].map((more) => {
      const seed = 11 + 3 * index + more
      return [`a world ${name} (seed ${seed}, by ${layoutOf(seed)})`, { world: () => world(seed), seed }]
    }),
  ),
  ...['the example company Acme', 'the reference organization of the benchmark, small'].flatMap((name) =>
    [31, 32].map((seed) => [`${name} (seed ${seed}, by ${layoutOf(seed)})`, { world: worlds[name]!, seed }]),
  ),
])

test.each(Object.entries(runs))(
  'after 40 changes by hand to %s, a second import adds exactly what was given',
  async (_, { world, seed }) => {
    const estate = await openImport({ world: world() })
    const layout = layoutOf(seed)
    expect((await estate.import('--by', layout)).code).toBe(0)
    const first = estate.files()
    const declared = grantsIn(Object.values(first))
    expect(sorted(declared)).toEqual(sorted(grantsOf(estate.sandbox.world.export())))
    changeByHand(estate.sandbox.world, 40, drawing(seed))
    const now = grantsOf(estate.sandbox.world.export())
    expect(await estate.import('--by', layout)).toMatchObject({ code: 0, stderr: '' })
    const all = estate.files()
    // not one file of the first import was touched
    expect(all).toMatchObject(first)
    const added = Object.entries(all).filter(([path]) => !(path in first))
    expect(sorted(grantsIn(added.map(([, text]) => text)))).toEqual(sorted(now.difference(declared)))
    expect(now.difference(declared).size).toBeGreaterThan(3)
    // what was taken away by hand is what the plan gives back; what came back as something else, it mends
    const { changes, mistakes, unread } = await estate.plan()
    const lost = declared.difference(now)
    expect({ mistakes, unread }).toEqual({ mistakes: [], unread: [] })
    expect(lost.size).toBeGreaterThan(2)
    expect(changes.filter((each) => each.startsWith('create '))).toHaveLength(lost.size)
    expect(changes.filter((each) => !each.startsWith('create ') && !/^update .* (space|Space) /.test(each))).toEqual([])
    expect((await estate.apply()).code).toBe(0)
    expect(await estate.plan()).toMatchObject(emptyPlan)
    const third = await estate.import('--by', layout)
    expect(third.stdout).toContain('Wrote nothing')
    await estate.close()
  },
  60_000,
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
