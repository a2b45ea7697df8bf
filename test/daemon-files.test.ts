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

test('an edit of a file is applied at once, and only what it touches is read', async () => {
  stage.write({ 'access/devs.yaml': crew('devs', ['p01']), 'access/ops.yaml': crew('ops', ['p02'], { group: 'ops' }) })
  const daemon = stage.start('access', '--poll', '1h')
  await daemon.says('pass', { reason: 'sweep', changes: 2 })
  stage.sandbox.journal.clear()
  const before = daemon.lines.length
  stage.write({ 'access/devs.yaml': crew('devs', ['p01', 'p03']) })
  await daemon.says('pass', { reason: 'edit', changes: 1 }, before)
  expect(stage.members('devs')).toEqual([...found, 'p01', 'p03'])
  expect(stage.sandbox.journal.entries.map(({ path }) => path).filter((path) => path.includes('group-ops'))).toEqual([])
  expect(await daemon.end()).toBe(0)
})

test('what a deleted file gave is withdrawn', async () => {
  stage.write({ 'access/devs.yaml': crew('devs', ['p01']) })
  const daemon = stage.start('access', '--poll', '1h')
  await daemon.says('pass', { changes: 1 })
  const before = daemon.lines.length
  stage.write({ 'access/devs.yaml': null })
  await daemon.says('pass', { reason: 'edit', changes: 1 }, before)
  expect(stage.members('devs')).toEqual(found)
})

test('a file that cannot be parsed leaves the last good declaration in force, and it is said once', async () => {
  stage.write({
    'access/organization.yaml': organization({ interval: '2s' }),
    'access/devs.yaml': crew('devs', ['ana', 'p01']),
  })
  const daemon = stage.start('access', '--poll', '1s')
  await daemon.says('pass', { changes: 1 })
  const { revision } = await daemon.says('a declaration is in force')
  stage.write({ 'access/devs.yaml': 'kind: [' })
  const { level, code, reason } = await daemon.says('the last good declaration stays in force', { revision })
  expect({ level, code, reason }).toMatchObject({ level: 'error', code: 'NOT_PARSED' })
  expect(reason).toMatch(/^access\/devs\.yaml:\d+/)
  // somebody changes it by hand: the good one is kept. A write of our own, such as p01, would be waited for first
  stage.sandbox.world.removeMember('devs', stage.sandbox.world.account('ana@acme.com').accountId)
  await expect.poll(() => stage.members('devs'), { timeout: 60_000 }).toContain('ana')
  expect(await probes(daemon)).toEqual({ healthz: 200, readyz: 200, current: '0' })
  expect(daemon.lines.filter(({ msg }) => msg === 'the last good declaration stays in force')).toHaveLength(1)
  stage.write({ 'access/devs.yaml': crew('devs', ['ana', 'p01', 'p02']) })
  await expect.poll(() => stage.members('devs'), { timeout: 60_000 }).toContain('p02')
  expect(await probes(daemon)).toEqual({ healthz: 200, readyz: 200, current: '1' })
})

async function probes(daemon: Daemon) {
  const [healthz, readyz, metrics] = await Promise.all(
    ['/healthz', '/readyz', '/metrics'].map((path) => daemon.get(path)),
  )
  const [, current] = /^roster_source_current\{source="files"\} (\d)$/m.exec(metrics!.text) ?? []
  return { healthz: healthz!.status, readyz: readyz!.status, current }
}

test('without a declaration that can be taken nothing is done, and the daemon is alive but not ready', async () => {
  stage.write({ 'access/organization.yaml': 'kind: [' })
  const daemon = stage.start('access', '--poll', '1h')
  await daemon.says('there is no declaration that can be taken: nothing is done', { code: 'NOT_PARSED' })
  expect(await probes(daemon)).toMatchObject({ healthz: 200, readyz: 500 })
  expect((await daemon.get('/readyz')).text).toContain('[-]declaration failed: no declaration that can be taken')
  expect(stage.sandbox.journal.entries).toEqual([])
  expect(await daemon.end()).toBe(0)
})

test('an entry that ends is removed at its time, and not at the next sweep', async () => {
  stage.write({ 'access/devs.yaml': crew('devs', ['p01', 'p02']) })
  const daemon = stage.start('access', '--poll', '1h')
  await daemon.says('pass', { reason: 'sweep', changes: 2 })
  const end = new Date(Date.now() + 5_000)
  stage.write({ 'access/devs.yaml': crew('devs', ['p01', 'p02'], { ends: { p01: end.toISOString() } }) })
  const { time } = await daemon.says('changed', { action: 'delete', why: 'expired', subject: 'p01@acme.com' })
  expect(Date.parse(String(time))).toBeGreaterThanOrEqual(end.getTime())
  expect(stage.members('devs')).toEqual([...found, 'p02'])
  expect(daemon.lines.filter(({ reason }) => reason === 'sweep')).toHaveLength(1)
})

test('an organization that cannot be reached does not stop the others', async () => {
  stage.write({
    'access/other.yaml': organization({ name: 'other', key: 'dead' }),
    'access/dead': 'no-such-key',
    'access/devs.yaml': crew('devs', ['p01'], { organization: 'acme' }),
    'access/ops.yaml': crew('ops', ['p02'], { organization: 'other', group: 'ops' }),
  })
  const daemon = stage.start('access', '--poll', '1h')
  await daemon.says('pass', { organization: 'acme', changes: 1 })
  await daemon.says('pass', { organization: 'other', changes: 0 })
  expect(stage.members('devs')).toEqual([...found, 'p01'])
  expect(stage.members('ops')).toEqual(found)
  expect((await daemon.get('/healthz')).status).toBe(200)
})

test('what is approved on the command line is done by the daemon', async () => {
  stage.write({ 'access/devs.yaml': crew('devs', []).replace('Additive', 'Authoritative') })
  const daemon = stage.start('access', '--poll', '1s')
  const { digest } = await daemon.says('held back')
  const ran = await stage.roster('approve', String(digest), 'access', '--until', '1h')
  expect(ran).toMatchObject({ code: 0 })
  await expect.poll(() => stage.members('devs'), { timeout: 60_000 }).toEqual([])
})

test('a restart while a file is bad goes on with the last good declaration', async () => {
  const organizationText = organization({ interval: '2s' })
  stage.write({ 'access/organization.yaml': organizationText, 'access/devs.yaml': crew('devs', ['ana', 'p01']) })
  const first = stage.start('access')
  await first.says('pass', { changes: 1 })
  const { revision } = await first.says('a declaration is in force')
  await first.end()
  stage.write({ 'access/organization.yaml': 'kind: [', 'access/devs.yaml': null })
  const second = stage.start('access')
  await second.says('the last good declaration stays in force', { revision, level: 'error' })
  stage.sandbox.world.removeMember('devs', stage.sandbox.world.account('ana@acme.com').accountId)
  await expect.poll(() => stage.members('devs'), { timeout: 60_000 }).toContain('ana')
  expect(stage.members('devs')).toContain('p01')
  stage.write({ 'access/organization.yaml': organizationText })
  await expect.poll(() => stage.members('devs'), { timeout: 60_000 }).not.toContain('p01')
})

test('a suspended organization is neither read nor written, until it is no more', async () => {
  const suspended = organization().replace('{ organizationId', '{ suspend: true, organizationId')
  stage.write({ 'access/organization.yaml': suspended, 'access/devs.yaml': crew('devs', ['p01']) })
  const daemon = stage.start('access', '--poll', '1h')
  await daemon.says('suspended: nothing is done', { organization: 'acme' })
  expect(stage.sandbox.journal.entries).toEqual([])
  stage.write({ 'access/organization.yaml': organization() })
  await daemon.says('pass', { reason: 'sweep', changes: 1 })
  expect(stage.members('devs')).toEqual([...found, 'p01'])
})

test('an organization that is not declared any more is left as it is, and shown no more', async () => {
  stage.write({
    'access/other.yaml': organization({ name: 'other' }),
    'access/devs.yaml': crew('devs', ['p01'], { organization: 'acme' }),
    'access/ops.yaml': crew('ops', ['p02'], { organization: 'other', group: 'ops' }),
  })
  const daemon = stage.start('access', '--poll', '1h')
  await daemon.says('pass', { organization: 'other', changes: 1 })
  const series = async () => (await daemon.get('/metrics')).text.match(/^roster_scopes\{organization="other".*/gm)
  expect(await series()).not.toBeNull()
  const before = daemon.lines.length
  stage.write({ 'access/other.yaml': null, 'access/ops.yaml': null })
  await daemon.says('the organization is not declared any more: nothing is changed there from now on', {
    organization: 'other',
    level: 'warn',
  })
  expect(await series()).toBeNull()
  expect(stage.members('ops')).toEqual([...found, 'p02'])
  stage.write({ 'access/devs.yaml': crew('devs', ['p03'], { organization: 'acme' }) })
  await daemon.says('pass', { organization: 'acme', reason: 'edit', changes: 2 }, before)
  expect(stage.members('devs')).toEqual([...found, 'p03'])
})
