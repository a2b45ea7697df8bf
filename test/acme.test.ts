import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAcme, type Acme } from './command-line.builder.ts'

interface PlanJson {
  readonly organizations: readonly {
    readonly summary: Record<'add' | 'change' | 'remove' | 'held' | 'unread', number>
    readonly reads: { readonly announced: number; readonly exact: boolean; readonly made: number }
    readonly scopes: readonly {
      readonly title: string
      readonly digest: string
      readonly held: readonly { readonly hold: { readonly code: string } }[]
    }[]
  }[]
}

let acme: Acme
beforeAll(async () => void (acme = await openAcme()))
afterAll(() => acme.close())

async function planned(...flags: string[]) {
  acme.sandbox.journal.clear()
  const { stdout, code } = await acme.run('plan', '--json', ...flags)
  const [organization] = (JSON.parse(stdout) as PlanJson).organizations
  return { ...organization!, code }
}

// one story: each test goes on where the one before ended
test('the first plan of the example lists every difference that the world has, and writes nothing', async () => {
  const { summary } = await planned()
  expect({
    add: summary.add,
    change: summary.change,
    removals: summary.remove + summary.held,
    unread: summary.unread,
  }).toEqual({
    add: 22,
    change: 7,
    removals: 16,
    unread: 0,
  })
  expect(acme.sandbox.journal.writes()).toEqual([])
})

test('the number of reads that the plan announces is the number that the sandbox counted', async () => {
  const { reads } = await planned()
  expect(reads.made).toBe(acme.sandbox.journal.entries.length)
  expect(reads.announced).toBe(reads.made)
})

test('the first apply adds and changes, and removes nothing', async () => {
  acme.sandbox.journal.clear()
  const { code, stderr } = await acme.run('apply', '--yes')
  expect(stderr).not.toMatch(/bug in Roster/)
  expect(code).toBe(3)
  expect(acme.sandbox.journal.writes().filter(({ method }) => method === 'DELETE')).toEqual([])
})

test('the second apply removes what the guardrails let pass', async () => {
  acme.passTime(61_000)
  expect((await acme.run('apply', '--yes')).code).toBe(3)
  const { summary, scopes } = await planned()
  expect({ add: summary.add, change: summary.change, remove: summary.remove, held: summary.held }).toEqual({
    add: 0,
    change: 0,
    remove: 0,
    held: 5,
  })
  const codes = scopes.flatMap(({ title, held }) => held.map(({ hold }) => `${title}: ${hold.code}`))
  expect(new Set(codes)).toEqual(new Set(['Group data-engineers: SCOPE_LIMIT']))
})

test('what is approved by its digest goes, and then the plan is empty', async () => {
  const held = (await planned()).scopes.find((scope) => scope.held.length > 0)
  expect((await acme.run('apply', '--yes', '--approve', held!.digest)).code).toBe(0)
  const { summary, code } = await planned('--detailed-exitcode')
  expect(code).toBe(0)
  expect(summary).toMatchObject({ add: 0, change: 0, remove: 0, held: 0, unread: 0 })
})

test('drift behind the back of Roster is shown, repaired, and gone', async () => {
  acme.passTime(61_000)
  acme.sandbox.world.removeMember('payments-developers', 'nadia.rahimi@acme.com')
  const drift = await acme.run('drift')
  expect(drift.code).toBe(2)
  expect(drift.stdout).toContain('nadia.rahimi@acme.com')
  expect((await acme.run('apply', '--yes')).code).toBe(0)
  expect((await acme.run('drift')).code).toBe(0)
})
