import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { environment } from '../config.ts'
import { emptyState, LockedError, StateMovedError, type State } from '../core/state.ts'
import { parseAddress } from '../source/git/git-address.ts'
import { GitError } from '../source/git/git-error.ts'
import { createGit, type Git } from '../source/git/git-program.ts'
import { createGitStore } from './git-store.ts'
import { StateUnreadableError } from './state-document.ts'
import { createStateRef, type StateRef } from './state-ref.ts'

const ref = 'refs/roster/state'

let root: string
let nowMs: number
let slept: number
let beats: Set<() => void>

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'roster-git-state-')))
  nowMs = Date.UTC(2026, 10, 25)
  slept = 0
  beats = new Set()
  execFileSync('git', ['init', '--quiet', '--bare', join(root, 'access.git')])
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

const clock = {
  now: () => nowMs,
  sleep: async (ms: number) => {
    nowMs += ms
    slept += ms
  },
  every: (_: number, work: () => void) => {
    beats.add(work)
    return () => void beats.delete(work)
  },
}

/** As a runner sees it whose disk is its own. */
function runner(disk: string): StateRef {
  const directory = join(root, disk)
  mkdirSync(directory, { recursive: true })
  const address = parseAddress(join(root, 'access.git'), root)
  const git = createGit({ address, access: {}, env: environment(), directory })
  return createStateRef({ git, ref, directory, clock })
}

const store = (disk: string, { organization = 'acme', waitMs = 0 } = {}) =>
  createGitStore(runner(disk), organization, { clock, waitMs })

const stateOf = (id: string): State => ({ ...emptyState, approvals: new Map([[id, 1]]) })

const inRemote = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: join(root, 'access.git'), encoding: 'utf8' })

const blob = (input: string): string =>
  execFileSync('git', ['hash-object', '-w', '--stdin'], {
    cwd: join(root, 'access.git'),
    input,
    encoding: 'utf8',
  }).trim()

const subjects = (): readonly string[] => inRemote('log', '--format=%s', ref).trim().split('\n')

/** A claim lives on by being renewed; resolves when that is pushed. */
async function renewed(): Promise<void> {
  const before = inRemote('rev-parse', ref)
  for (const beat of beats) beat()
  await expect.poll(() => inRemote('rev-parse', ref)).not.toBe(before)
}

describe('state in a Git ref', { timeout: 60_000 }, () => {
  test('is empty where there is no ref, and looking makes none', async () => {
    expect(await store('one').load()).toEqual(emptyState)
    expect(inRemote('for-each-ref')).toBe('')
  })

  test('that one runner saved is loaded by another with an empty disk', async () => {
    const held = await store('one').hold()
    await held.save(stateOf('a'))
    expect(await store('two').load()).toEqual(stateOf('a'))
    await held.save(stateOf('b'))
    await held.save(stateOf('b'))
    await held.release()
    expect(await store('three').load()).toEqual(stateOf('b'))
    expect(subjects()).toEqual(['Release acme', 'Save acme', 'Save acme', 'Hold acme'])
    expect(inRemote('ls-tree', '--name-only', ref)).toBe('acme.state.json\n')
    expect(beats.size).toBe(0)
  })

  test('of two runners that want it one is refused, and is told who has it', async () => {
    const held = await store('one').hold()
    await expect(store('two').hold()).rejects.toThrow(LockedError)
    await expect(store('two').hold()).rejects.toThrow(`process ${process.pid} on ` as string)
    await expect(store('two').hold()).rejects.toThrow(
      /since 2026-11-25T00:00:00Z \(0 seconds\) holds the state of acme/,
    )
    await held.release()
    const next = await store('two').hold()
    await next.release()
  })

  test('of many that start at the same moment exactly one gets it', async () => {
    const disks = ['1', '2', '3', '4', '5']
    const tries = await Promise.allSettled(disks.map((disk) => store(disk).hold()))
    const refused = tries.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []))
    expect(refused.map(({ name }) => name)).toEqual(Array(4).fill('LockedError'))
    expect(subjects()).toEqual(['Hold acme'])
  })

  test('of two organizations is held by two runners at once, and neither loses what the other wrote', async () => {
    const [acme, beta] = [await store('one').hold(), await store('two', { organization: 'beta' }).hold()]
    await Promise.all([acme.save(stateOf('a')), beta.save(stateOf('b'))])
    await Promise.all([acme.release(), beta.release()])
    expect(await store('three').load()).toEqual(stateOf('a'))
    expect(await store('three', { organization: 'beta' }).load()).toEqual(stateOf('b'))
    expect(inRemote('ls-tree', '--name-only', ref)).toBe('acme.state.json\nbeta.state.json\n')
  })

  test('is waited for as long as is wished', async () => {
    await store('one').hold()
    await expect(store('two', { waitMs: 20_000 }).hold()).rejects.toThrow(LockedError)
    expect(slept).toBe(20_000)
  })

  test('of a runner that died is taken over once its time is over, and what it saved is there', async () => {
    const dead = await store('one').hold()
    await dead.save(stateOf('a'))
    nowMs += 180_000
    await expect(store('two').hold()).rejects.toThrow(/its claim ends at 2026-11-25T00:03:00Z/)
    nowMs += 1
    const held = await store('two').hold()
    expect(held.state).toEqual(stateOf('a'))
    expect(dead.isHeld()).toBe(false)
    await expect(dead.save(stateOf('late'))).rejects.toThrow(StateMovedError)
    await dead.release()
    expect(held.isHeld()).toBe(true)
    await held.save(stateOf('b'))
    expect(await store('three').load()).toEqual(stateOf('b'))
  })

  test('of a runner that died with a clock that was far ahead is taken over by one that waits', async () => {
    nowMs += 86_400_000
    await (await store('one').hold()).save(stateOf('a'))
    nowMs -= 86_400_000
    const held = await store('two', { waitMs: 190_000 }).hold()
    expect(slept).toBeGreaterThan(180_000)
    expect(held.state).toEqual(stateOf('a'))
  })

  test('of which nobody can say who holds it is left alone', async () => {
    const held = await store('one').hold()
    await held.save(stateOf('a'))
    const emptied = inRemote('ls-tree', ref).replace(/\S+\tacme\.lock\.json/, `${blob('{}')}\tacme.lock.json`)
    const tree = execFileSync('git', ['mktree'], { cwd: join(root, 'access.git'), input: emptied, encoding: 'utf8' })
    const commit = inRemote('commit-tree', '-m', 'Empty', tree.trim()).trim()
    inRemote('update-ref', ref, commit)
    await expect(store('two').hold()).rejects.toThrow(StateUnreadableError)
    expect(inRemote('rev-parse', ref).trim()).toBe(commit)
  })

  test('stays with a runner that works for long, by renewals', async () => {
    const held = await store('one').hold()
    for (let count = 0; count < 5; count += 1) {
      nowMs += 60_000
      await renewed()
      expect(held.isHeld()).toBe(true)
    }
    await expect(store('two').hold()).rejects.toThrow(LockedError)
    await held.release()
  })

  test('is not written on by a runner that could not renew for too long, long before another one may', async () => {
    const held = await store('one').hold()
    nowMs += 74_999
    expect(held.isHeld()).toBe(true)
    nowMs += 1
    expect(held.isHeld()).toBe(false)
    await expect(store('two').hold()).rejects.toThrow(LockedError)
    // nobody took it: it may go on once the remote says so
    await renewed()
    expect(held.isHeld()).toBe(true)
  })

  test('is not ours any more where the ref was deleted', async () => {
    const held = await store('one').hold()
    inRemote('update-ref', '-d', ref)
    await expect(held.save(stateOf('a'))).rejects.toThrow(StateMovedError)
    expect(held.isHeld()).toBe(false)
  })

  test('that the remote does not take is an error, and nothing is held', async () => {
    inRemote('config', 'transfer.hideRefs', 'refs/roster')
    await expect(store('one').hold()).rejects.toThrow(GitError)
    expect(inRemote('for-each-ref')).toBe('')
  })

  test('whose ref never holds still is told of, and not looked at for ever', async () => {
    const { address } = createGit({ address: parseAddress('/access.git', '/'), access: {}, env: {}, directory: root })
    let moves = 0
    const git: Git = {
      address,
      run: async ([command]) => {
        if (command === 'ls-remote') moves += 1
        return Buffer.from(`${String(moves).padStart(40, '0')}\t${ref}\n`)
      },
      attempt: async () => ({ exitCode: 1, stdout: Buffer.from(''), detail: '' }),
    }
    const restless = createStateRef({ git, ref, directory: root, clock })
    await expect(createGitStore(restless, 'acme', { clock }).load()).rejects.toThrow(StateMovedError)
    expect(moves).toBe(20)
  })

  test('touches no other ref, of the remote or of ours', async () => {
    const held = await store('one').hold()
    await held.save(stateOf('a'))
    await held.release()
    expect(inRemote('for-each-ref', '--format=%(refname)')).toBe(`${ref}\n`)
    const own = ['-C', join(root, 'one/state.git'), 'for-each-ref']
    expect(execFileSync('git', own, { encoding: 'utf8' })).toBe('')
  })
})
