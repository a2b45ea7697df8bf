import { afterEach, describe, expect, test } from 'vitest'
import { KubeError } from '../kubernetes/kube-error.ts'
import { startSandbox } from '../sandbox/start-sandbox.ts'
import { parseWorldSeed } from '../sandbox/world-seed.ts'
import { finalizer, objectId, type ClusterObject } from './cluster-object.ts'
import { acme, crew, startWorld, type World } from './estate.builder.ts'
import { sortByOrganization } from './estates.ts'
import { guardedWrites } from './guarded-writes.ts'
import type { ObjectWrites } from './object-writes.ts'
import { reconcileEstate } from './reconcile-estate.ts'

const answer = (status?: number) => new KubeError({ request: 'PATCH', ...(status !== undefined && { status }) })
const status = { observedGeneration: 1, conditions: [] }

/** Of each write that is asked for, the one to `devs` is answered so. */
const answering = (error: Error, told: string[] = []): ObjectWrites => {
  const write = async (what: string, { metadata }: ClusterObject) => {
    if (metadata.name === 'devs') throw error
    told.push(`${what} ${metadata.name}`)
  }
  return {
    hold: (each) => write('hold', each),
    release: (each) => write('release', each),
    tell: (each) => write('tell', each),
  }
}

const answers: Record<string, readonly [number | undefined, boolean]> = {
  'what is not valid stops this object alone': [422, true],
  'what an admission webhook forbids stops this object alone': [403, true],
  'a webhook that does not answer stops this object alone': [500, true],
  'an object that somebody else keeps writing stops alone': [409, true],
  'a server that gives no answer stops the pass': [undefined, false],
  'a server that is overloaded stops the pass': [429, false],
  'credentials of our own that are not taken stop the pass': [401, false],
}

describe('a write to one object:', () => {
  test.each(Object.entries(answers))('%s', async (_name, [code, isAlone]) => {
    const writes = guardedWrites(answering(answer(code)), { mayWrite: () => true })
    const all = [
      () => writes.hold(crew('devs')),
      () => writes.release(crew('devs')),
      () => writes.tell(crew('devs'), status),
    ]
    for (const write of all) {
      const thrown = await write().then(
        () => undefined,
        (error: unknown) => error,
      )
      expect(thrown instanceof KubeError).toBe(!isAlone)
    }
    expect([...writes.refused]).toEqual(isAlone ? [objectId(crew('devs'))] : [])
  })

  test('a refusal of the organization itself stops the pass', async () => {
    const organization = crew('devs')
    const writes = guardedWrites(answering(answer(422)), { mayWrite: () => true, organization })
    await expect(writes.hold(organization)).rejects.toThrow(KubeError)
  })

  test('nothing is told or let go by who is not the writer', async () => {
    const told: string[] = []
    const writes = guardedWrites(answering(answer(422), told), { mayWrite: () => false })
    await writes.tell(crew('ops'), status)
    await writes.release(crew('ops'))
    expect(told).toEqual([])
  })
})

let world: World | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

async function passWith(refused: keyof ObjectWrites, objects: readonly ClusterObject[]) {
  const started = await startWorld((seed, now) => startSandbox({ world: parseWorldSeed(seed), now }))
  world = started
  const { ports, told, writes } = started
  const { [refused]: write } = answering(answer(422), told)
  const { estates, strays } = sortByOrganization(objects)
  const { followUp } = await reconcileEstate(
    estates[0]!,
    { strays, changed: () => new Set() },
    { ...ports, objects: { ...ports.objects, [refused]: write }, signal: new AbortController().signal },
  )
  return { followUp, told, writes: writes() }
}

test('an object that cannot be held gets nothing and is tried again later, the others get theirs', async () => {
  const { followUp, told, writes } = await passWith('hold', [acme(), crew('devs'), crew('ops')])
  expect(writes).toHaveLength(1)
  expect(told.filter((each) => each.startsWith('tell'))).toEqual([
    'tell ops: Ready=True Succeeded',
    'tell acme: Ready=True Succeeded',
  ])
  expect([[...followUp.failed], [...followUp.left]]).toEqual([[objectId(crew('devs'))], []])
})

test('an object whose status is refused is tried again later, the others are told', async () => {
  const { followUp, told, writes } = await passWith('tell', [acme(), crew('devs'), crew('ops')])
  expect(writes).toHaveLength(2)
  expect(told.filter((each) => each.startsWith('tell'))).toEqual(['tell ops', 'tell acme'])
  expect([...followUp.failed]).toEqual([objectId(crew('devs'))])
})

test('an object that cannot be let go does not keep the others', async () => {
  const gone = { deletionTimestamp: '2026-11-20T00:00:00Z', finalizers: [finalizer] }
  const { followUp, told } = await passWith('release', [acme(), crew('devs', gone), crew('ops', gone)])
  expect(told).toContain('release ops')
  expect([...followUp.failed]).toEqual([objectId(crew('devs'))])
})
