import { expect, test } from 'vitest'
import { subject } from './change.ts'
import {
  box,
  boxKinds,
  boxWorld,
  cutOff,
  pass,
  person,
  refused,
  strange,
  type BoxWorld,
  type RunOptions,
} from './engine.builder.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Ledger } from './ledger.ts'
import type { Manifest } from './manifest.ts'
import { heldChanges, plannedChanges } from './plan.ts'
import { incompleteDeclaration, observeOnly, promisedIdentity, settling } from './policy/fail-closed.ts'
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
    approvals: { has: () => false },
    ledger: new Map(),
    nowMs: 1,
    covers: () => true,
  }
}

test('rule 4: additions, then updates, then removals', async () => {
  const world = boxWorld({ b: ['zoe', 'eve:admin'] }, ['ann'])
  await pass(world, [box('b', ['ann', 'eve'])])
  expect(world.journal).toEqual(['create b id-ann', 'update b id-eve', 'delete b id-zoe'])
})

test('rule 4: removals are skipped where an addition in the same scope failed, and only there', async () => {
  const world = boxWorld({ b: ['zoe'], c: ['zoe'] }, ['ann'])
  world.failure = { before: (_, ids) => void (ids.includes('id-ann') && fail(refused(403))) }
  const { outcomes } = await pass(world, [box('b', ['ann']), box('c', [])])
  expect(outcomes.map(({ change, result }) => `${written(change)} ${result}`)).toEqual([
    'create b id-ann failed',
    'delete b id-zoe skipped',
    'delete c id-zoe done',
  ])
})

test('rule 4: with removals first they go first, whatever the additions do', async () => {
  const world = boxWorld({ b: ['zoe'] }, ['ann'])
  world.failure = { before: (action) => void (action === 'create' && fail(refused(403))) }
  const { outcomes } = await pass(world, [box('b', ['ann'])], { removalsFirst: true })
  expect(outcomes.map(({ change, result }) => `${change.action} ${result}`)).toEqual(['delete done', 'create failed'])
})

test('rule 5: a write whose answer was lost is confirmed by reading, not repeated', async () => {
  const world = boxWorld({ b: [] }, ['ann'])
  world.failure = { after: () => fail(cutOff()) }
  const { outcomes } = await pass(world, [box('b', ['ann'])])
  expect(outcomes.map(({ result }) => result)).toEqual(['confirmed'])
  expect(world.journal).toEqual(['create b id-ann'])
})

test('rule 5: a write whose answer was lost and that the read does not show has failed, and is not repeated', async () => {
  const world = boxWorld({ b: [] }, ['ann'])
  let tries = 0
  world.failure = { before: () => (tries++, fail(cutOff())) }
  const { outcomes } = await pass(world, [box('b', ['ann'])])
  expect(outcomes.map(({ result }) => result)).toEqual(['failed'])
  expect(tries).toBe(1)
})

test('rule 5: "already a member" is success only when the read agrees', async () => {
  const world = boxWorld({ b: [] }, ['ann'])
  world.failure = { before: () => fail(refused(409)) }
  const { outcomes } = await pass(world, [box('b', ['ann'])])
  expect(outcomes.map(({ result }) => result)).toEqual(['failed'])
})

test('rule 6: one dead account in a batch does not keep the others out', async () => {
  const world = boxWorld({ b: [] }, ['ann', 'bob', 'dead'])
  world.failure = { before: (_, ids) => void (ids.includes('id-dead') && fail(refused(404))) }
  const { outcomes } = await pass(world, [box('b', ['ann', 'bob', 'dead'])])
  expect(outcomes.map(({ change, result }) => `${written(change)} ${result}`)).toEqual([
    'create b id-ann done',
    'create b id-bob done',
    'create b id-dead failed',
  ])
})

test('rule 8: a write that the next read does not show yet is settling, not drift, and not written again', async () => {
  const writtenBefore = new Map([['create Box/b/user:id-ann', 999_000]])
  const world = boxWorld({ b: [] }, ['ann'])
  const waiting = await pass(world, [box('b', ['ann'])], {
    policies: () => [settling(writtenBefore, 1_000_000, 60_000)],
  })
  expect(heldChanges(waiting.survey.plan).map(({ hold }) => hold.code)).toEqual(['SETTLING'])
  expect(world.journal).toEqual([])
  const later = await pass(world, [box('b', ['ann'])], { policies: () => [settling(writtenBefore, 1_060_000, 60_000)] })
  expect(later.outcomes.map(({ result }) => result)).toEqual(['done'])
})

test('an interruption skips what has not begun and says so', async () => {
  const stop = new AbortController()
  const world = boxWorld({ b: ['zoe'] }, ['ann'])
  world.failure = { after: () => stop.abort() }
  const { outcomes } = await pass(world, [box('b', ['ann'])], { signal: stop.signal })
  expect(outcomes.map(({ change, result }) => `${change.action} ${result}`)).toEqual(['create done', 'delete skipped'])
})

test('a dry run does not write', async () => {
  const world = boxWorld({ b: ['zoe'] }, ['ann'])
  const { outcomes } = await pass(world, [box('b', ['ann'])], { apply: false })
  expect(outcomes).toEqual([])
  expect(world.journal).toEqual([])
})

test('an approval releases the held scope of its digest and is void as soon as the scope moves', async () => {
  const hold = () => [() => () => ({ code: 'SCOPE_LIMIT' as const, reason: 'too many', releasable: true })]
  const world = boxWorld({ b: ['zoe'] }, ['ann'])
  const manifests = [box('b', ['ann'])]
  const first = await pass(world, manifests, { policies: hold, apply: false })
  const approvals = { has: (digest: string) => digest === first.survey.plan.scopes[0]!.digest }
  const released = await pass(world, manifests, { policies: hold, approvals, apply: false })
  expect(plannedChanges(released.survey.plan)).toHaveLength(2)
  world.boxes.get('b')!.set('id-new', 'user')
  const moved = await pass(world, manifests, { policies: hold, approvals, apply: false })
  expect(plannedChanges(moved.survey.plan)).toEqual([])
})

function fail(error: Error): never {
  throw error
}
