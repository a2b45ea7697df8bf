import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openGate, type Gate } from './gate.builder.ts'
import { crew, openTeam, organization, type Runner, type Team } from './state-runner.builder.ts'

const found = ['ana', 'bob', 'cara', 'dan']
const newcomers = ['p01', 'p02', 'p03', 'p04', 'p05', 'p06']
const ref = 'refs/roster/state'

let team: Team
let gate: Gate

beforeEach(async () => {
  team = await openTeam()
  gate = await openGate(team.sandbox.url)
  team.repository.commit({ 'access/organization.yaml': organization, 'access/ops.yaml': crew('ops', newcomers) })
})

afterEach(async () => {
  await gate.close()
  await team.close()
})

/** Where the state is kept, and how it is read there. */
interface Home {
  readonly flags: readonly string[]
  readonly read: (runner: Runner) => string
}

const directory: Home = {
  flags: [],
  read: ({ access }) => readFileSync(join(access, '.roster/acme.state.json'), 'utf8'),
}
const gitRef: Home = {
  flags: ['--state', ref],
  read: () => team.repository.git(['show', `${ref}:acme.state.json`]),
}

const createdIn = (state: string): number =>
  Object.values<{ readonly by: string }>(JSON.parse(state).ledger).filter(({ by }) => by === 'created').length

/** An apply that is killed when three of its six writes are made and remembered, and the fourth one waits. */
async function killedRunner({ flags, read }: Home): Promise<Runner> {
  const runner = await team.runner(1, { sandboxUrl: gate.url })
  gate.admit(3)
  const running = runner.start('apply', 'access', '--yes', ...flags)
  await expect.poll(() => gate.waiting(), { timeout: 60_000 }).toBe(1)
  await expect.poll(() => createdIn(read(runner)), { timeout: 60_000 }).toBe(3)
  running.kill()
  expect(await running.over).toMatchObject({ code: null })
  gate.admit(Infinity)
  expect(team.members('ops')).toEqual([...found, 'p01', 'p02', 'p03'])
  return runner
}

/** As if three minutes were over since the last sign of life in the ref. */
function endClaim(): void {
  const { git } = team.repository
  const claim = JSON.parse(git(['show', `${ref}:acme.lock.json`]))
  const ended = git(['hash-object', '-w', '--stdin'], JSON.stringify({ ...claim, untilMs: claim.atMs - 180_000 }))
  const entries = git(['ls-tree', ref]).replace(/\S+\tacme\.lock\.json/, `${ended}\tacme.lock.json`)
  git(['update-ref', ref, git(['commit-tree', '-p', ref, '-m', 'Wait', git(['mktree'], entries)])])
}

describe('an apply that is killed in the middle', { timeout: 120_000 }, () => {
  test('is gone on with by the next one, which takes its lock in the directory over at once', async () => {
    const runner = await killedRunner(directory)
    expect(await runner.roster('apply', 'access', '--yes')).toMatchObject({ code: 0 })
    expect(team.members('ops')).toEqual([...found, ...newcomers])
    expect(createdIn(directory.read(runner))).toBe(6)
  })

  test('has left in its directory what it added: it is withdrawn when its manifest is gone', async () => {
    const runner = await killedRunner(directory)
    rmSync(join(runner.access, 'ops.yaml'))
    expect(await runner.roster('apply', 'access', '--yes')).toMatchObject({ code: 0 })
    expect(team.members('ops')).toEqual(found)
  })

  test('has left in the Git ref what it added, for any runner that comes when its claim is over', async () => {
    const killed = await killedRunner(gitRef)
    killed.discard()
    team.repository.commit({ 'access/ops.yaml': null })
    const next = await team.runner(2)
    const refused = await next.roster('apply', 'access', '--yes', ...gitRef.flags)
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('its claim ends at') })
    endClaim()
    expect(await next.roster('apply', 'access', '--yes', ...gitRef.flags)).toMatchObject({ code: 0 })
    expect(team.members('ops')).toEqual(found)
  })
})
