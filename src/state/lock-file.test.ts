import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Clock } from '../core/ports.ts'
import { LockedError } from '../core/state.ts'
import { holdLock as hold, withLock, type Lock, type LockOptions } from './lock-file.ts'

let directory: string
let nowMs: number
let beats: Set<() => void>
let slept: number
let held: Lock[]
const clock: Clock = {
  now: () => nowMs,
  sleep: async (ms) => {
    nowMs += ms
    slept += 1
  },
  every: (_, work) => {
    beats.add(work)
    return () => void beats.delete(work)
  },
}

beforeEach(() => {
  nowMs = Date.UTC(2026, 10, 25)
  beats = new Set()
  slept = 0
  held = []
  directory = mkdtempSync(join(tmpdir(), 'roster-lock-'))
})

afterEach(async () => {
  for (const lock of held) await lock.release()
  rmSync(directory, { recursive: true, force: true })
})

async function holdLock(path: string, options: LockOptions): Promise<Lock> {
  const lock = await hold(path, options)
  held.push(lock)
  return lock
}

const file = () => join(directory, 'lock')

/** As another process left it, with its last sign of life so long ago. */
function heldByAnother(claim: object, silentMs: number): void {
  writeFileSync(file(), JSON.stringify({ atMs: nowMs - silentMs, life: 'other', token: 'other', ...claim }))
  utimesSync(file(), (nowMs - silentMs) / 1000, (nowMs - silentMs) / 1000)
}

// above the largest process id of any system, so nobody has it
const nobody = 2 ** 30
// the process that started this one is alive as long as this one runs
const alive = process.ppid
const here = { host: hostname() }

async function ownClaim(): Promise<{ readonly space?: string }> {
  const lock = await hold(`${file()}-own`, { clock })
  const claim = JSON.parse(readFileSync(`${file()}-own`, 'utf8')) as { readonly space?: string }
  await lock.release()
  return claim.space === undefined ? {} : { space: claim.space }
}

describe('a lock', () => {
  interface Found {
    readonly claim: object
    readonly silentMs: number
    /** Whether its process ids are ours. */
    readonly isOurSpace?: boolean
  }

  const taken: Readonly<Record<string, Found>> = {
    'of a process that is gone from this machine': {
      claim: { ...here, pid: nobody },
      silentMs: 0,
      isOurSpace: true,
    },
    'of an earlier process with our own id, as a container has it that was restarted': {
      claim: { ...here, pid: process.pid },
      silentMs: 0,
      isOurSpace: true,
    },
    'of a process of this machine that gave no sign for half a minute': {
      claim: { ...here, pid: alive },
      silentMs: 31_000,
      isOurSpace: true,
    },
    'of another container on this machine that gave no sign for half a minute': {
      claim: { ...here, pid: alive, space: 'pid:[1]' },
      silentMs: 31_000,
    },
    'of another machine that gave no sign for five minutes': {
      claim: { pid: alive, host: 'elsewhere' },
      silentMs: 301_000,
    },
  }

  test.each(Object.entries(taken))('is taken over at once: %s', async (_, { claim, silentMs, isOurSpace }) => {
    heldByAnother({ ...claim, ...(isOurSpace && (await ownClaim())) }, silentMs)
    const lock = await holdLock(file(), { clock })
    expect({ slept, isHeld: lock.isHeld(), files: readdirSync(directory) }).toEqual({
      slept: 0,
      isHeld: true,
      files: ['lock'],
    })
  })

  const kept: Readonly<Record<string, Found>> = {
    'of a process that runs': { claim: { ...here, pid: alive }, silentMs: 29_000, isOurSpace: true },
    'of another container on this machine, whose process ids mean nothing here': {
      claim: { ...here, pid: nobody, space: 'pid:[1]' },
      silentMs: 29_000,
    },
    'of another machine that gave a sign within five minutes': {
      claim: { pid: nobody, host: 'elsewhere' },
      silentMs: 299_000,
    },
  }

  test.each(Object.entries(kept))('is left alone: %s', async (_, { claim, silentMs, isOurSpace }) => {
    heldByAnother({ ...claim, ...(isOurSpace && (await ownClaim())) }, silentMs)
    const before = readFileSync(file(), 'utf8')
    await expect(holdLock(file(), { clock })).rejects.toThrow(LockedError)
    expect({ slept, text: readFileSync(file(), 'utf8') }).toEqual({ slept: 0, text: before })
  })

  test('says who has it, since when, and where to look', async () => {
    heldByAnother({ pid: 4711, host: 'build-7', page: 'https://ci.acme.com/12' }, 200_000)
    await expect(holdLock(file(), { clock, advice: '; or wait' })).rejects.toThrow(
      `process 4711 on build-7, https://ci.acme.com/12, since 2026-11-24T23:56:40Z (3 minutes) holds ${file()}: ` +
        'delete it if that is not running any more; or wait',
    )
  })

  test('is waited for as long as is wished', async () => {
    const first = await holdLock(file(), { clock })
    const before = nowMs
    await expect(holdLock(file(), { clock, waitMs: 5_000 })).rejects.toThrow(LockedError)
    expect(nowMs - before).toBe(5_000)
    const patient = holdLock(file(), { clock: { ...clock, sleep: () => first.release() }, waitMs: 5_000 })
    expect((await patient).isHeld()).toBe(true)
  })

  test('without its text, as after a loss of power, is taken over after five minutes', async () => {
    writeFileSync(file(), '')
    utimesSync(file(), nowMs / 1000, nowMs / 1000)
    await expect(holdLock(file(), { clock })).rejects.toThrow('an unknown machine')
    nowMs += 301_000
    expect((await holdLock(file(), { clock })).isHeld()).toBe(true)
  })

  test('lives on by signs, which never reach the lock of another one', async () => {
    const lock = await holdLock(file(), { clock })
    nowMs += 20_000
    for (const beat of beats) beat()
    await expect.poll(() => statSync(file()).mtimeMs).toBe(nowMs)
    rmSync(file())
    heldByAnother({ pid: alive, host: 'elsewhere' }, 0)
    const before = statSync(file()).mtimeMs
    nowMs += 20_000
    for (const beat of beats) beat()
    await lock.release()
    expect({ isHeld: lock.isHeld(), sign: statSync(file()).mtimeMs, beats: beats.size }).toEqual({
      isHeld: false,
      sign: before,
      beats: 0,
    })
  })

  test('is given back after work that fails', async () => {
    await expect(withLock(file(), clock, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(readdirSync(directory)).toEqual([])
  })

  test('is waited for by short work, three minutes at most', async () => {
    const before = nowMs
    await holdLock(file(), { clock })
    await expect(withLock(file(), { ...clock, sleep: sleepWithBeats }, async () => 'done')).rejects.toThrow(LockedError)
    expect(nowMs - before).toBeGreaterThanOrEqual(180_000)
    expect(existsSync(file())).toBe(true)
  })

  /** The holder goes on living while we wait. */
  async function sleepWithBeats(ms: number): Promise<void> {
    nowMs += ms
    utimesSync(file(), nowMs / 1000, nowMs / 1000)
  }
})
