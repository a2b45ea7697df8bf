import { createHmac } from 'node:crypto'
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Daemon } from './daemon-log.builder.ts'
import { crew, openStage, organization, type Stage } from './daemon.builder.ts'
import { makeRepository, type TestRepository } from './git-repository.builder.ts'

vi.setConfig({ testTimeout: 120_000 })

let stage: Stage
let repository: TestRepository

beforeEach(async () => {
  stage = await openStage()
  repository = makeRepository({ 'access/organization.yaml': organization({ interval: '2s' }) })
})
afterEach(() => stage.close())

const found = ['ana', 'bob', 'cara', 'dan']
const lastGood = 'the last good declaration stays in force'

const start = (...flags: readonly string[]): Daemon =>
  stage.start('--repo', repository.address, '--path', 'access', '--poll', '1s', ...flags)

const becomes = (members: readonly string[]) =>
  expect.poll(() => stage.members('devs'), { timeout: 60_000 }).toEqual(members)

const removed = (name: string): void =>
  stage.sandbox.world.removeMember('devs', stage.sandbox.world.account(`${name}@acme.com`).accountId)

test('a commit is in force after the next poll, and the log names it', async () => {
  const daemon = start()
  await daemon.says('pass')
  const commit = repository.commit({ 'access/devs.yaml': crew('devs', ['p01']) })
  await daemon.says('a declaration is in force', { revision: commit })
  await daemon.says('changed', { revision: commit, subject: 'p01@acme.com' })
  expect(stage.members('devs')).toEqual([...found, 'p01'])
  expect((await daemon.get('/metrics')).text).toContain(`roster_source_revision{source="git",revision="${commit}"} 1`)
  expect(await daemon.end()).toBe(0)
})

const bad: Readonly<Record<string, { readonly code: string; readonly spoil: () => void; readonly mend: () => void }>> =
  {
    'a commit that cannot be parsed': {
      code: 'NOT_PARSED',
      spoil: () => repository.commit({ 'access/devs.yaml': 'kind: [' }),
      mend: () => repository.commit({ 'access/devs.yaml': crew('devs', ['ana', 'bob', 'p02']) }),
    },
    'a path that was renamed away': {
      code: 'PATH_GONE',
      spoil: () =>
        repository.commit({
          access: null,
          'access/organization.yaml': null,
          'access/devs.yaml': null,
          'README.md': 'x',
        }),
      mend: () =>
        repository.commit({
          'access/organization.yaml': organization({ interval: '2s' }),
          'access/devs.yaml': crew('devs', ['ana', 'bob', 'p02']),
        }),
    },
    'a branch that was deleted': {
      code: 'REF_GONE',
      spoil: () => repository.git(['update-ref', '-d', 'refs/heads/main']),
      mend: () =>
        repository.commit(
          {
            'access/organization.yaml': organization({ interval: '2s' }),
            'access/devs.yaml': crew('devs', ['ana', 'bob', 'p02']),
          },
          { isRoot: true },
        ),
    },
    'a repository that is away': {
      code: 'UNREACHABLE',
      spoil: () => renameSync(repository.directory, `${repository.directory}.away`),
      mend: () => {
        renameSync(`${repository.directory}.away`, repository.directory)
        repository.commit({ 'access/devs.yaml': crew('devs', ['ana', 'bob', 'p02']) })
      },
    },
  }

for (const [name, { code, spoil, mend }] of Object.entries(bad)) {
  test(`${name} leaves the last good one in force, also over a restart, until it is mended`, async () => {
    const good = repository.commit({ 'access/devs.yaml': crew('devs', ['ana', 'bob', 'p01']) })
    const first = start()
    await first.says('pass', { changes: 1 })
    spoil()
    await first.says(lastGood, { level: 'error', code, revision: good })
    removed('ana')
    await becomes(['bob', 'cara', 'dan', 'p01', 'ana'])
    await first.end()
    const second = start()
    await second.says(lastGood, { level: 'error', code, revision: good })
    // not ana again: a write of our own that is gone may be one that Atlassian does not show yet
    removed('bob')
    await becomes(['cara', 'dan', 'p01', 'ana', 'bob'])
    expect([(await second.get('/healthz')).status, (await second.get('/readyz')).status]).toEqual([200, 200])
    expect(second.lines.filter(({ msg }) => msg === lastGood)).toHaveLength(1)
    mend()
    await becomes(['cara', 'dan', 'ana', 'bob', 'p02'])
  })
}

test('of another source nothing is brought back', async () => {
  const first = start()
  await first.says('pass')
  await first.end()
  repository.git(['update-ref', 'refs/heads/other', 'refs/heads/main'])
  repository.git(['update-ref', '-d', 'refs/heads/main'])
  repository.commit({ 'access/organization.yaml': 'kind: [' }, { branch: 'other' })
  const second = start('--ref', 'other')
  await second.says('there is no declaration that can be taken: nothing is done')
  expect((await second.get('/readyz')).status).toBe(500)
})

test('a force-push is taken, forward or back', async () => {
  const old = repository.commit({ 'access/devs.yaml': crew('devs', ['p01']) })
  repository.commit({ 'access/devs.yaml': crew('devs', ['p01', 'p02']) })
  const daemon = start()
  await daemon.says('pass', { changes: 2 })
  repository.git(['update-ref', 'refs/heads/main', old])
  await becomes([...found, 'p01'])
  expect(daemon.lines.filter(({ level }) => level === 'error')).toEqual([])
})

const secret = 'sesame'

/** A call as GitHub makes it, signed with the given secret. */
async function call(daemon: Daemon, body: string, by: string): Promise<number> {
  const { url } = await daemon.says('webhooks')
  const signature = `sha256=${createHmac('sha256', by).update(body).digest('hex')}`
  const headers = { 'x-hub-signature-256': signature, 'content-type': 'application/json' }
  return (await fetch(`${String(url)}/hooks/github`, { method: 'POST', body, headers })).status
}

test('a webhook makes the next poll come at once, one that is forged does not, and a replay changes nothing', async () => {
  stage.write({ secret: `${secret}\n` })
  const daemon = start('--poll', '1h', '--webhook-listen', '127.0.0.1:0', '--webhook-secret-file', 'secret')
  await daemon.says('pass')
  const commit = repository.commit({ 'access/devs.yaml': crew('devs', ['p01']) })
  const body = JSON.stringify({ ref: 'refs/heads/main', after: 'f'.repeat(40) })
  expect(await call(daemon, body, 'guessed')).toBe(401)
  await daemon.says('a call of a webhook is not genuine', { level: 'warn', forge: 'github' })
  expect(daemon.lines.filter(({ revision }) => revision === commit)).toEqual([])
  expect(await call(daemon, body, secret)).toBe(202)
  await daemon.says('a declaration is in force', { revision: commit })
  await becomes([...found, 'p01'])
  const writes = stage.sandbox.journal.writes().length
  expect(await call(daemon, body, secret)).toBe(202)
  const looks = async () => (await daemon.get('/metrics')).text
  await expect.poll(looks).toMatch(/^roster_source_looks_total\{source="git",result="unchanged"\} [1-9]/m)
  expect(stage.sandbox.journal.writes()).toHaveLength(writes)
  expect(daemon.stderr()).not.toContain(secret)
})

test('the secret of a webhook may be changed while it runs', async () => {
  stage.write({ secret })
  const daemon = start('--poll', '1h', '--webhook-listen', '127.0.0.1:0', '--webhook-secret-file', 'secret')
  await daemon.says('pass')
  stage.write({ secret: `new\n${secret}` })
  expect(await Promise.all([call(daemon, '{}', secret), call(daemon, '{}', 'new')])).toEqual([202, 202])
  stage.write({ secret: 'new' })
  expect(await Promise.all([call(daemon, '{}', secret), call(daemon, '{}', 'new')])).toEqual([401, 202])
})

test('state in a ref of the repository is gone on from by a machine with an empty disk', async () => {
  repository.commit({ 'access/devs.yaml': crew('devs', ['ana', 'p01']) })
  const state = ['--state', 'refs/roster/state']
  const first = start(...state)
  await first.says('pass', { changes: 1 })
  expect(await first.end()).toBe(0)
  expect(existsSync(join(stage.cwd, '.roster/acme.state.json'))).toBe(false)
  renameSync(join(stage.cwd, '.roster'), join(stage.cwd, 'gone'))
  repository.commit({ 'access/devs.yaml': null })
  const second = start(...state)
  await second.says('pass', { changes: 1 })
  expect(stage.members('devs')).toEqual(found)
})

test('SIGTERM in the middle of an apply leaves a true ledger in the ref as well', async () => {
  const state = ['--state', 'refs/roster/state']
  const first = start(...state)
  await first.says('pass')
  stage.sandbox.faults.add({
    match: { operation: 'addUserToGroup', after: 1 },
    effect: { kind: 'slow', delayMs: 2_000 },
  })
  repository.commit({ 'access/devs.yaml': crew('devs', ['p01', 'p02', 'p03']) })
  await expect.poll(() => stage.sandbox.journal.writes().length, { timeout: 60_000 }).toBe(2)
  expect(await first.end()).toBe(0)
  expect(stage.members('devs')).toEqual([...found, 'p01', 'p02'])
  expect(first.lines.filter(({ level }) => level === 'error')).toEqual([])
  repository.commit({ 'access/devs.yaml': null })
  const second = start(...state)
  await second.says('pass', { changes: 2 })
  expect(stage.members('devs')).toEqual(found)
})
