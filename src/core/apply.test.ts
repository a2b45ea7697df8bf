import { expect, test } from 'vitest'
import { subject, type Change } from './change.ts'
import { box, boxWorld, cutOff, pass, person, refused } from './engine.builder.ts'
import { heldChanges, plannedChanges } from './plan.ts'
import { settling } from './policy/fail-closed.ts'

const written = (change: Change) => `${change.action} ${subject(change).scope.key} ${subject(change).title}`

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

test('a batch that the credential may not write is not tried again one by one', async () => {
  const world = boxWorld({ b: [] }, ['ann', 'bob'])
  let tries = 0
  world.failure = { before: () => (tries++, fail(refused(403))) }
  const { outcomes } = await pass(world, [box('b', ['ann', 'bob'])])
  expect({ tries, results: outcomes.map(({ result }) => result) }).toEqual({ tries: 1, results: ['failed', 'failed'] })
})

test('changes in several scopes go out together where the kind says so', async () => {
  const world = boxWorld({})
  const { outcomes } = await pass(world, ['ann', 'bob', 'cid'].map(person))
  expect(world.journal).toEqual(['create person ann@x.io,bob@x.io', 'create person cid@x.io'])
  expect(outcomes.map(({ result }) => result)).toEqual(['done', 'done', 'done'])
})

test('whoever is refused in a good answer has failed, and is not tried again; the others are done', async () => {
  const world = boxWorld({})
  world.unwelcome.add('ann@x.io')
  const { outcomes } = await pass(world, ['ann', 'bob'].map(person))
  expect(outcomes.map(({ change, result }) => `${subject(change).title} ${result}`)).toEqual([
    'ann@x.io failed',
    'bob@x.io done',
  ])
  expect(world.journal).toEqual(['create person ann@x.io,bob@x.io'])
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
