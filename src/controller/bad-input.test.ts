import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { kinds } from '../kinds/index.ts'
import { declaredEnds } from '../run/credential-ends.ts'
import { expiries, timingOf } from '../run/timing.ts'
import { startSandbox } from '../sandbox/start-sandbox.ts'
import { parseWorldSeed } from '../sandbox/world-seed.ts'
import { manifestOf, type ClusterObject } from './cluster-object.ts'
import { acme, clusterObject, crew, startWorld, type World } from './estate.builder.ts'
import { sortByOrganization } from './estates.ts'
import { withDependents } from './expansion.ts'
import { reconcileEstate } from './reconcile-estate.ts'

let world: World
beforeEach(async () => {
  world = await startWorld((seed, now) => startSandbox({ world: parseWorldSeed(seed), now }))
})
afterEach(() => world.close())

const pass = async (objects: readonly ClusterObject[]) => {
  const { estates, strays } = sortByOrganization(objects)
  const estate = estates[0]!
  const ports = { ...world.ports, signal: new AbortController().signal }
  timingOf(manifestOf(estate.organization))
  declaredEnds(manifestOf(estate.organization))
  expiries(estate.members.map(manifestOf))
  withDependents(new Set(['AtlassianUser/platform/ana']), estate.members)
  return reconcileEstate(estate, { strays, changed: () => new Set() }, ports)
}

const shapes: Record<string, unknown> = {
  'no spec': undefined,
  'a spec of null': null,
  'a spec that is a text': 'x',
  'a spec that is a number': 3,
  'a spec that is a list': [null],
  'a spec without fields': {},
  'lists that are texts': { members: 'x', subjects: 'x', sites: 'x', delegations: 'x', projects: 'x', spaces: 'x' },
  'lists of null': { members: [null], subjects: [null], includes: [null], projects: { keys: [null] }, credentials: [] },
  'credentials whose sites are a text': { credentials: { sites: 'x' } },
  'credentials whose sites are null': { credentials: { sites: [null] } },
  'a reference of another type': { organizationRef: 3, credentials: null, guardrails: 'x', suspend: 'yes' },
}

describe('an object that got into etcd before the rules, with', () => {
  test.each(Object.entries(shapes))('%s, stops none of the others', async (_name, spec) => {
    const bad = [...kinds.keys()]
      .filter((kind) => kind !== 'AtlassianOrganization')
      .map((kind) => clusterObject(kind, 'bad', spec))
    await pass([acme(), ...bad, crew('devs')])
    expect(world.writes()).toHaveLength(1)
    expect(world.told).toContain('tell devs: Ready=True Succeeded')
    expect(world.told.filter((each) => each.startsWith('tell bad: Ready=True'))).toEqual([])
  })

  test.each(Object.entries(shapes))(
    '%s, is a mistake of its organization and not of the process',
    async (_name, spec) => {
      const { result } = await pass([clusterObject('AtlassianOrganization', 'acme', spec), crew('devs')])
      expect(result).toBe('unopened')
      expect(world.writes()).toEqual([])
      expect(world.told).toContainEqual(expect.stringMatching(/^tell acme: Ready=False/))
    },
  )
})
