import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Daemon } from './daemon-log.builder.ts'
import { crew, openStage, organization, type Stage } from './daemon.builder.ts'

vi.setConfig({ testTimeout: 120_000 })

let stage: Stage

beforeEach(async () => {
  stage = await openStage()
  stage.write({ 'access/organization.yaml': organization() })
})
afterEach(() => stage.close())

const found = ['ana', 'bob', 'cara', 'dan']
const many = ['p01', 'p02', 'p03', 'p04', 'p05', 'p06']

/** Of the writes that `many` asks for two are done, and the third waits for its answer; `after`: so many are not slow. */
async function inTheMiddle(delayMs = 3_000, after = 2): Promise<Daemon> {
  const daemon = stage.start('access', '--poll', '1h')
  // the first run removes nothing, so that it is not the one to be looked at
  await daemon.says('pass', { reason: 'sweep' })
  stage.sandbox.faults.add({ match: { operation: 'addUserToGroup', after }, effect: { kind: 'slow', delayMs } })
  stage.write({ 'access/devs.yaml': crew('devs', many) })
  await expect.poll(() => stage.sandbox.journal.writes().length, { timeout: 60_000 }).toBeGreaterThan(2)
  return daemon
}

/** A write is in the world when the sandbox has it, and in the state when its answer is there. */
const added = (): readonly string[] => stage.members('devs').filter((name) => !found.includes(name))

const stateFile = (): string => join(stage.stateDirectory, 'acme.state.json')

/** What the ledger says Roster has added. */
function ledger(): readonly string[] {
  const entries = JSON.stringify((JSON.parse(readFileSync(stateFile(), 'utf8')) as { readonly ledger: object }).ledger)
  return many.filter((name) => entries.includes(stage.sandbox.world.account(`${name}@acme.com`).accountId))
}

test('SIGTERM in the middle of an apply: the call in flight ends, the rest is skipped, the state is true, the code is 0', async () => {
  const daemon = await inTheMiddle()
  const code = await daemon.end('SIGTERM')
  expect(code).toBe(0)
  expect(added().length).toBeLessThan(many.length)
  expect(ledger()).toEqual(added())
  expect(daemon.lines.filter(({ msg, result }) => msg === 'changed' && result === 'done')).toHaveLength(added().length)
  expect(daemon.lines.at(-1)).toMatchObject({ msg: 'stopped' })
})

test('SIGTERM while Atlassian asks to wait: what did not go out is given up at once', async () => {
  const effect = { kind: 'rate-limited', retryAfterSeconds: 100 } as const
  stage.sandbox.faults.add({ match: { operation: 'addUserToGroup' }, effect })
  stage.write({ 'access/devs.yaml': crew('devs', many) })
  const daemon = stage.start('access', '--poll', '1h')
  await expect.poll(() => stage.sandbox.journal.writes().length, { timeout: 60_000 }).toBe(1)
  expect(await daemon.end()).toBe(0)
  // the test's own time is shorter than what Atlassian asked for
  expect(stage.sandbox.journal.writes()).toHaveLength(1)
  expect([added(), ledger()]).toEqual([[], []])
}, 60_000)

test('SIGTERM while it reads ends it at once', async () => {
  stage.sandbox.faults.add({ match: {}, effect: { kind: 'slow', delayMs: 100_000 } })
  const daemon = stage.start('access', '--poll', '1h')
  await expect.poll(() => stage.sandbox.journal.reads().length, { timeout: 60_000 }).toBeGreaterThan(0)
  // a read is waited for longer than this test is
  expect(await daemon.end()).toBe(0)
  expect(daemon.lines.at(-1)).toMatchObject({ msg: 'stopped' })
}, 60_000)

test('a second signal ends it at once', async () => {
  const daemon = await inTheMiddle()
  void daemon.end('SIGTERM')
  await daemon.says('stopping: what is in flight ends')
  expect(await daemon.end('SIGTERM')).toBe(130)
  expect(daemon.lines.filter(({ msg }) => msg === 'stopped')).toEqual([])
})

test('killed in the middle of an apply, the next one goes on: nothing is lost, nothing is doubled', async () => {
  const daemon = await inTheMiddle()
  daemon.kill('SIGKILL')
  await daemon.over
  stage.sandbox.faults.clear()
  const next = stage.start('access', '--poll', '1h')
  await next.says('pass', { reason: 'sweep' })
  expect(added()).toEqual(many)
  const conflicts = stage.sandbox.journal.writes().filter(({ status }) => status >= 400)
  expect(conflicts).toEqual([])
})

test('what the ledger had before a kill is withdrawn after it, where nobody declares it any more', async () => {
  // it is saved each second
  const daemon = await inTheMiddle(1_500, 0)
  daemon.kill('SIGKILL')
  await daemon.over
  const [known, all] = [ledger(), added()]
  expect(known.length).toBeGreaterThan(0)
  stage.sandbox.faults.clear()
  stage.write({ 'access/devs.yaml': null })
  const next = stage.start('access', '--poll', '1h')
  await next.says('pass', { reason: 'sweep', changes: known.length })
  // what was not noted any more counts as found
  expect(added()).toEqual(all.filter((name) => !known.includes(name)))
})

test('what was deleted while no daemon ran is withdrawn by the next one, and what was found stays', async () => {
  stage.write({ 'access/devs.yaml': crew('devs', ['ana', 'p01']) })
  const first = stage.start('access')
  await first.says('pass', { changes: 1 })
  expect(await first.end()).toBe(0)
  stage.write({ 'access/devs.yaml': null })
  const second = stage.start('access')
  await second.says('pass', { changes: 1 })
  expect(stage.members('devs')).toEqual(found)
})

test('a state that an earlier version wrote, without pins, is gone on from', async () => {
  stage.write({ 'access/devs.yaml': crew('devs', ['ana', 'p01']) })
  const first = stage.start('access')
  await first.says('pass', { changes: 1 })
  await first.end()
  const state = JSON.parse(readFileSync(stateFile(), 'utf8')) as Record<string, unknown>
  delete state['pins']
  stage.write({ 'access/devs.yaml': null, 'state/acme.state.json': JSON.stringify(state) })
  const second = stage.start('access')
  await second.says('pass', { changes: 1 })
  expect(stage.members('devs')).toEqual(found)
})

test('a second daemon on the same state is refused, told who has it, and changes nothing', async () => {
  const first = stage.start('access')
  await first.says('pass')
  const before = stage.sandbox.journal.entries.length
  const second = stage.start('access')
  expect(await second.over).toBe(1)
  expect(second.stderr()).toMatch(/process \d+ on \S+ since \S+Z \(\d+ seconds?\) holds \S+daemon\.lock/)
  expect(second.stderr()).toContain('--state')
  expect(stage.sandbox.journal.entries).toHaveLength(before)
  await first.end()
  const third = stage.start('access')
  await third.says('pass')
})

test('a daemon that was asleep while another took over stops, and writes nothing', async () => {
  const first = stage.start('access', '--poll', '1s')
  await first.says('pass')
  first.kill('SIGSTOP')
  // as the lock would look on another machine, after five minutes
  stage.write({ 'state/daemon.lock': null })
  const second = stage.start('access')
  await second.says('pass')
  stage.sandbox.journal.clear()
  stage.write({ 'access/devs.yaml': crew('devs', ['p01']) })
  await second.says('pass', { changes: 1 })
  const writes = stage.sandbox.journal.writes().length
  first.kill('SIGCONT')
  expect(await first.over).toBe(1)
  expect(first.stderr()).toContain('another process has taken the state directory over')
  expect(stage.sandbox.journal.writes()).toHaveLength(writes)
  expect(await second.end()).toBe(0)
})

test('a state that this version cannot read is left alone, and so is the access that it speaks of', async () => {
  stage.write({
    'access/devs.yaml': crew('devs', ['p01']),
    'state/acme.state.json': JSON.stringify({ formatVersion: '999' }),
  })
  const daemon = stage.start('access')
  await daemon.says('a pass ended by an error', { organization: 'acme' })
  expect(stage.sandbox.journal.writes()).toEqual([])
  expect(readFileSync(stateFile(), 'utf8')).toContain('999')
  expect(await daemon.end()).toBe(0)
})
