import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { healthOf } from './argocd.builder.ts'
import { after, endsWaiting, everySituation, isTrue, kstatusOf, statuses, type Judged } from './statuses.builder.ts'

/** `Ready=False Held, Held`: the types that are true alone have no more to say. */
const conditionsOf = ({ status: { conditions = [] } }: Judged): string =>
  conditions.map(({ type, status, reason }) => (type === 'Ready' ? `${type}=${status} ${reason}` : type)).join(', ') ||
  'none'

test('docs/kstatus.md tells of each status what kstatus, kubectl wait and Argo CD make of it', async () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/kstatus.md'), 'utf8')
  const table = /\n\| an object that [\s\S]*?\n\n/.exec(page)?.[0] ?? ''
  const rows = table.trim().split('\n').slice(2)
  const told = rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  const found = await Promise.all(
    Object.entries(statuses).map(async ([words, object]) => [
      words,
      conditionsOf(object)
        .replaceAll(/\w+=\w+ \w+|\w+/g, '`$&`')
        .replace('`none`', 'none'),
      kstatusOf(object),
      endsWaiting(object) ? 'ends' : 'waits',
      (await healthOf(object)).status,
    ]),
  )
  expect(told).toEqual(found)
})

/** Of all statuses that can be written, those that differ in what tools look at. */
const all = [
  ...new Map(
    everySituation()
      .map(after)
      .map((object) => [conditionsOf(object), object]),
  ).values(),
]

test('the statuses that can be written are many, and Ready is said in each of them once', () => {
  const ready = ({ status }: Judged) => status.conditions?.filter(({ type }) => type === 'Ready').length
  expect(all.length).toBeGreaterThan(20)
  expect(all.filter((object) => ready(object) !== 1)).toEqual([])
})

test('an object is Current exactly where it is Ready, and kubectl wait agrees', () => {
  const disagree = all.filter(
    (object) =>
      new Set([kstatusOf(object) === 'Current', isTrue(object.status, 'Ready'), endsWaiting(object)]).size !== 1,
  )
  expect(disagree.map(conditionsOf)).toEqual([])
})

test('nothing that is left undone is Ready', () => {
  const undone = everySituation().filter(
    ({ held, unread, outcomes, suspended, diagnostics, planned }) =>
      held.length + unread.length + diagnostics.length > 0 ||
      suspended ||
      planned > outcomes.length ||
      outcomes.some(({ result }) => result !== 'done'),
  )
  expect(
    undone
      .map(after)
      .filter(({ status }) => isTrue(status, 'Ready'))
      .map(conditionsOf),
  ).toEqual([])
})

test('an object has Failed only where it is Stalled, which only a mistake makes it', () => {
  const failed = everySituation().filter((situation) => kstatusOf(after(situation)) === 'Failed')
  expect(failed.length).toBeGreaterThan(0)
  expect(failed.filter(({ diagnostics }) => diagnostics[0]?.code !== 'UNKNOWN_GROUP')).toEqual([])
})

test('Argo CD says Healthy where kstatus says Current, and Degraded only where it has Failed or is watched', async () => {
  const told = await Promise.all(all.map(async (object) => ({ object, health: (await healthOf(object)).status })))
  const wrong = told.filter(({ object, health }) => {
    const outcome = kstatusOf(object)
    if (health === 'Healthy' || outcome === 'Current') return (health === 'Healthy') !== (outcome === 'Current')
    if (outcome === 'Failed') return health !== 'Degraded'
    return health === 'Degraded' && !isTrue(object.status, 'Drifted')
  })
  expect(wrong.map(({ object, health }) => `${health}: ${conditionsOf(object)}`)).toEqual([])
}, 60_000)
