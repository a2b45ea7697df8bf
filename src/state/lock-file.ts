import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { Clock } from '../core/ports.ts'
import { LockedError } from '../core/state.ts'

/** Longer than any work under a lock takes: after it, the holder is taken for dead on whatever machine it ran. */
const staleMs = 5 * 60_000
const pauseMs = 100
const tries = 1_800

interface Holder {
  readonly pid: number
  readonly host: string
  readonly atMs: number
}

/**
 * Runs the work while no other process does, across machines that share the directory. A lock of a process that is gone is
 * taken over at once on its own machine, elsewhere after five minutes.
 * @throws LockedError after three minutes of waiting
 */
export async function withLock<Result>(file: string, clock: Clock, work: () => Promise<Result>): Promise<Result> {
  const release = await holdLock(file, clock)
  try {
    return await work()
  } finally {
    await release()
  }
}

/** Takes the lock until the returned function is called. @throws LockedError after three minutes of waiting */
export async function holdLock(file: string, clock: Clock): Promise<() => Promise<void>> {
  await take(file, clock)
  return () => rm(file, { force: true })
}

async function take(file: string, clock: Clock): Promise<void> {
  for (let left = tries; left > 0; left -= 1) {
    if (await isTaken(file, clock)) return
    const holder = await holderOf(file)
    if (holder && isGone(holder, clock.now())) await discard(file)
    else await clock.sleep(pauseMs)
  }
  throw new LockedError(`${file} is held by another process: delete it if none is running`)
}

/** The lock appears with its holder's name in it, or not at all: a link fails where there is one already. */
async function isTaken(file: string, clock: Clock): Promise<boolean> {
  const holder: Holder = { pid: process.pid, host: hostname(), atMs: clock.now() }
  const aside = `${file}.${randomUUID()}`
  await writeFile(aside, JSON.stringify(holder), { mode: 0o600 })
  try {
    await link(aside, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(aside, { force: true })
  }
}

/** Undefined where it was given back meanwhile. */
async function holderOf(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function isGone({ pid, host, atMs }: Holder, nowMs: number): boolean {
  return nowMs - atMs > staleMs || (host === hostname() && !isAlive(pid))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // a process of another user is alive
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Renamed first: of several who find it stale, one succeeds. */
async function discard(file: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`
  try {
    await rename(file, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  await rm(aside, { force: true })
}
