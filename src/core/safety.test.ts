import { expect, test } from 'vitest'
import { subject } from './change.ts'
import { box, boxKinds, boxWorld, pass, person, strange, type BoxWorld, type RunOptions } from './engine.builder.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Ledger } from './ledger.ts'
import type { Manifest } from './manifest.ts'
import { heldChanges, plannedChanges } from './plan.ts'
import { incompleteDeclaration, observeOnly, promisedIdentity } from './policy/fail-closed.ts'
import { reconcile } from './reconcile.ts'

const policies = () => [incompleteDeclaration, observeOnly, promisedIdentity]
const created = (...ids: string[]): Ledger =>
  new Map(
    ids.map((id) => [id, { by: 'created' as const, scope: id.slice(0, id.lastIndexOf('/')), atMs: 0, title: id }]),
  )

interface Case {
  readonly world: BoxWorld
  readonly manifests: readonly Manifest[]
  readonly options?: RunOptions
  /** `create box id`. */
  readonly changes: readonly string[]
  readonly held?: readonly string[]
  readonly unread?: readonly string[]
  readonly codes?: readonly string[]
  /** Changes of a second run; default none. */
  readonly second?: readonly string[]
}

const past = { email: 'ann@x.io', ends: 5 }

const cases: Record<string, Case> = {
  'what is declared is added, what is not is removed, what differs is changed': {
    world: boxWorld({ b: ['ann', 'zoe', 'eve:admin'] }, ['bob']),
    manifests: [box('b', ['ann', 'bob', 'eve'])],
    changes: ['create b id-bob', 'update b id-eve', 'delete b id-zoe'],
  },
  'rule 1: a scope that could not be read yields no changes': {
    world: Object.assign(boxWorld({ b: ['ann'], c: [] }, ['bob']), { unreadable: new Set(['b']) }),
    manifests: [box('b', ['bob']), box('c', ['bob'])],
    changes: ['create c id-bob'],
    unread: ['Box/b'],
  },
  'rule 2: a member that cannot be resolved stops removals in its scope, additions go on': {
    world: boxWorld({ b: ['zoe'], c: ['zoe'] }, ['ann']),
    manifests: [box('b', ['ann', 'nobody']), box('c', [])],
    changes: ['create b id-ann', 'delete c id-zoe'],
    held: ['INCOMPLETE_DECLARATION delete b id-zoe'],
    codes: ['UNKNOWN_USER'],
  },
  'rule 2: a mistake in one of two manifests of a scope stops removals in it': {
    world: boxWorld({ b: ['zoe'] }, ['ann']),
    manifests: [box('b', ['ann']), box('b', ['nobody'], 'Additive', 'other')],
    changes: ['create b id-ann'],
    held: ['INCOMPLETE_DECLARATION delete b id-zoe'],
    codes: ['UNKNOWN_USER'],
  },
  'rule 2: a spec that does not fit stops removals in every scope of its kind': {
    world: boxWorld({ b: ['zoe'] }, ['ann']),
    manifests: [box('b', ['ann']), { ...box('c', []), spec: { box: 'c', autority: 'Additive' } }],
    changes: ['create b id-ann'],
    held: ['INCOMPLETE_DECLARATION delete b id-zoe'],
    codes: ['INVALID_SPEC', 'INVALID_SPEC', 'INVALID_SPEC'],
  },
  'rule 2: an object of an unknown kind stops removals everywhere': {
    world: boxWorld({ b: ['zoe'] }, ['ann']),
    manifests: [box('b', ['ann']), strange('Bxo')],
    changes: ['create b id-ann'],
    held: ['INCOMPLETE_DECLARATION delete b id-zoe'],
    codes: ['UNKNOWN_KIND'],
  },
  'rule 2: an object of an unknown version stops removals everywhere': {
    world: boxWorld({ b: ['zoe'] }, ['ann']),
    manifests: [box('b', ['ann']), { ...box('c', []), apiVersion: 'roster.dev/v9' }],
    changes: ['create b id-ann'],
    held: ['INCOMPLETE_DECLARATION delete b id-zoe'],
    codes: ['UNKNOWN_KIND'],
  },
  'rule 2: the same object declared twice stops removals of its kind': {
    world: boxWorld({ b: ['zoe'] }, ['ann']),
    manifests: [box('b', ['ann']), box('b', [])],
    changes: ['create b id-ann'],
    held: ['INCOMPLETE_DECLARATION delete b id-zoe'],
    codes: ['DUPLICATE_OBJECT'],
  },
  'rule 2: an entry that would get another level is left alone where a mistake may hide who gave it that one': {
    world: boxWorld({ b: ['eve:admin'] }, ['ann']),
    manifests: [box('b', ['ann', 'eve']), box('b', ['nobody'], 'Additive', 'other')],
    changes: ['create b id-ann'],
    held: ['INCOMPLETE_DECLARATION update b id-eve'],
    codes: ['UNKNOWN_USER'],
  },
  'rule 3: an account created in this run gets its grants in it, and the scope removes nothing in that pass': {
    world: boxWorld({ b: ['zoe'] }),
    manifests: [person('new'), box('b', ['new'])],
    changes: ['create new@x.io', 'create b promised:new@x.io'],
    held: ['PROMISED delete b id-zoe'],
    second: ['delete b id-zoe'],
  },
  'rule 7: what is declared in another form than the provider keeps it is the same': {
    world: boxWorld({ b: ['ann'] }),
    manifests: [box('b', [{ email: ' ANN@X.io' }])],
    changes: [],
  },
  'two manifests that demand different things of one entry change nothing about it': {
    world: boxWorld({ b: ['ann', 'zoe'] }),
    manifests: [box('b', [{ email: 'ann@x.io', level: 'admin' }]), box('b', ['ann'], 'Additive', 'other')],
    changes: [],
    held: ['INCOMPLETE_DECLARATION delete b id-zoe'],
    codes: ['CONFLICTING_DEMANDS'],
  },
  'Observe reports and writes nothing': {
    world: boxWorld({ b: ['zoe'] }, ['ann']),
    manifests: [box('b', ['ann'], 'Observe')],
    changes: [],
    held: ['OBSERVE_ONLY create b id-ann'],
  },
  'Additive leaves alone what it did not add': {
    world: boxWorld({ b: ['zoe'] }, ['ann']),
    manifests: [box('b', ['ann'], 'Additive')],
    changes: ['create b id-ann'],
  },
  'Additive removes what Roster added once it is withdrawn': {
    world: boxWorld({ b: ['zoe', 'ann'] }),
    manifests: [box('b', [], 'Additive')],
    options: { ledger: created('Box/b/user:id-ann') },
    changes: ['delete b id-ann'],
  },
  'a manifest that goes away withdraws what Roster added and leaves what it found': {
    world: boxWorld({ b: ['zoe', 'ann'] }),
    manifests: [{ ...box('b', ['ann', 'zoe']), retired: true }],
    options: { ledger: created('Box/b/user:id-ann') },
    changes: ['delete b id-ann'],
  },
  'what a second manifest still demands stays when the first goes away': {
    world: boxWorld({ b: ['ann'] }),
    manifests: [{ ...box('b', ['ann']), retired: true }, box('b', ['ann'], 'Additive', 'other')],
    options: { ledger: created('Box/b/user:id-ann') },
    changes: [],
  },
  'without a ledger nothing was ours': {
    world: boxWorld({ b: ['zoe', 'ann'] }),
    manifests: [{ ...box('b', ['ann']), retired: true }],
    changes: [],
  },
  'an entry past its end goes, in Additive too, whoever added it': {
    world: boxWorld({ b: ['ann', 'zoe'] }),
    manifests: [box('b', [past], 'Additive')],
    changes: ['delete b id-ann'],
  },
  'an entry past its end stays where another manifest demands it without an end': {
    world: boxWorld({ b: ['ann'] }),
    manifests: [box('b', [past], 'Additive'), box('b', ['ann'], 'Additive', 'other')],
    changes: [],
  },
  'an entry past its end is not added': {
    world: boxWorld({ b: [] }, ['ann']),
    manifests: [box('b', [past], 'Additive')],
    changes: [],
  },
}

const written = (change: Parameters<typeof subject>[0]) => {
  const { scope, title } = subject(change)
  return scope.kind === 'Person' ? `${change.action} ${scope.title}` : `${change.action} ${scope.key} ${title}`
}

for (const [
  sentence,
  { world, manifests, options, changes, held = [], unread = [], codes = [], second = [] },
] of Object.entries(cases)) {
  test(sentence, async () => {
    const { survey } = await pass(world, manifests, { policies, ...options })
    expect(plannedChanges(survey.plan).map(written).sort()).toEqual(changes.toSorted())
    expect(heldChanges(survey.plan).map(({ change, hold }) => `${hold.code} ${written(change)}`)).toEqual(held)
    expect([...survey.observed.unread.keys()]).toEqual(unread)
    expect(survey.diagnostics.map(({ code }) => code)).toEqual(codes)
    const again = await pass(world, manifests, { policies, ...options, apply: false })
    expect(plannedChanges(again.survey.plan).map(written), 'a second run').toEqual(second)
  })
}

test('rule 2: an unparsable file stops removals everywhere', async () => {
  const diagnostics: Diagnostic[] = [
    { code: 'YAML_SYNTAX', severity: 'error', message: 'broken', origin: { file: 'x.yaml' } },
  ]
  const world = boxWorld({ b: ['zoe'] }, ['ann'])
  const { survey } = await pass(world, [], { apply: false })
  const surroundings = { ...(await surroundingsOf(world)), policies }
  const broken = await reconcile({ manifests: [box('b', ['ann'])], diagnostics }, surroundings, async () => undefined)
  expect(survey.plan.scopes).toEqual([])
  expect(plannedChanges(broken.survey.plan).map(written)).toEqual(['create b id-ann'])
  expect(heldChanges(broken.survey.plan).map(({ hold }) => hold.code)).toEqual(['INCOMPLETE_DECLARATION'])
})

async function surroundingsOf(world: BoxWorld) {
  const { survey } = await pass(world, [], { apply: false })
  return {
    kinds: boxKinds(world),
    reader: { read: () => Promise.reject(new Error('boxes are in memory')) },
    loadDirectory: async () => (await pass(world, [], { apply: false })).survey.directory ?? survey.directory,
    forecastDirectory: () => ({ calls: 0, exact: true }),
    readsMade: () => 0,
    approvals: { has: () => false },
    ledger: new Map(),
    nowMs: 1,
    covers: () => true,
  }
}
