import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openGate, type Gate } from './gate.builder.ts'
import { crew, openTeam, organization, type Team } from './state-runner.builder.ts'

const state = ['--state', 'refs/roster/state']
const newcomers = ['p01', 'p02', 'p03', 'p04', 'p05', 'p06']
const manifests = { 'access/organization.yaml': organization, 'access/ops.yaml': crew('ops', newcomers) }

let team: Team
let gate: Gate

beforeEach(async () => {
  team = await openTeam()
  gate = await openGate(team.sandbox.url)
  team.repository.commit(manifests)
})

afterEach(async () => {
  await gate.close()
  await team.close()
})

/** How often the writer changed. */
const turns = (): number => team.writers().filter((writer, index, all) => index > 0 && writer !== all[index - 1]).length

describe('two runners at once', { timeout: 120_000 }, () => {
  test('one applies, and the other is refused and told which process it is', async () => {
    const [first, second] = [await team.runner(1, { sandboxUrl: gate.url }), await team.runner(2)]
    gate.admit(2)
    const running = first.start('apply', 'access', '--yes', ...state)
    await expect.poll(() => gate.waiting(), { timeout: 60_000 }).toBe(1)
    const refused = await second.roster('apply', 'access', '--yes', ...state)
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.stderr).toMatch(
      /^error: process \d+ on \S+ since \S+Z \(\d+ seconds?\) holds the state of acme in refs\/roster\/state of file:/m,
    )
    const approval = await second.roster('approve', 'defba74d9d1a', 'access', '--until', '1h', ...state)
    expect(approval).toMatchObject({ code: 1, stderr: expect.stringContaining('holds the state of acme') })
    expect(team.writers()).toEqual(['runner-1', 'runner-1'])
    gate.admit(Infinity)
    expect(await running.over).toMatchObject({ code: 0 })
    expect(team.writers()).toEqual(Array(6).fill('runner-1'))
  })

  test('the other one waits where it may, plans again, and writes after the first is done', async () => {
    const first = await team.runner(1, { sandboxUrl: gate.url })
    team.repository.commit({ 'access/devs.yaml': crew('devs', ['p07', 'p08']) })
    const second = await team.runner(2)
    gate.admit(2)
    const running = first.start('apply', 'access', '--yes', ...state)
    await expect.poll(() => gate.waiting(), { timeout: 60_000 }).toBe(1)
    const waiting = second.start('apply', 'access', '--yes', '--lock-timeout', '5m', ...state)
    const readsBefore = team.sandbox.journal.reads().length
    await expect.poll(() => team.sandbox.journal.reads().length, { timeout: 60_000 }).toBeGreaterThan(readsBefore)
    gate.admit(Infinity)
    expect(await running.over).toMatchObject({ code: 0 })
    const done = await waiting.over
    expect(done).toMatchObject({ code: 0 })
    expect(done.stderr).toContain('Another run has applied meanwhile: planning again.')
    expect(team.writers()).toEqual([...Array(6).fill('runner-1'), 'runner-2', 'runner-2'])
  })

  test('that start at the same moment: one of them writes, and the other one ends', async () => {
    const settings = { sandboxUrl: gate.url }
    const runners = [await team.runner(1, settings), await team.runner(2, settings)]
    const running = runners.map((each) => each.start('apply', 'access', '--yes', ...state).over)
    const refused = await Promise.race(running)
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('holds the state of acme') })
    await expect.poll(() => gate.waiting(), { timeout: 60_000 }).toBe(1)
    gate.admit(Infinity)
    const ends = await Promise.all(running)
    expect(ends).toContainEqual(expect.objectContaining({ code: 0 }))
    expect(turns()).toBe(0)
    expect(team.writers()).toHaveLength(6)
  })
})
