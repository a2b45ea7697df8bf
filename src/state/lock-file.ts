import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { link, open, readFile, readlink, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { Clock } from '../core/ports.ts'
import { LockedError } from '../core/state.ts'
import { heldBy, type Holder } from './holder.ts'

/** How often a holder gives a sign of life: the time of the lock file. */
const beatMs = 10_000
/** Without a sign for so long, the holder is taken for dead. Clocks of two machines may differ, that of one does not. */
const staleHereMs = 30_000
const staleElsewhereMs = 5 * 60_000
const pauseMs = 100
/** How long work that is short anyway is waited for. */
const patienceMs = 3 * 60_000

/** Tells this process from an earlier one with the same id, as a restarted container has it. */
const life = randomUUID()

interface Claim extends Holder {
  /** Of the process. */
  readonly life: string
  /** Where its id counts; absent where the system has no such spaces. */
  readonly space?: string
  /** Of this claim alone. */
  readonly token: string
}

/** A lock that is ours until it is released, or until somebody takes us for dead. */
export interface Lock {
  /** Reads the file: a process that slept too long finds another's name in it. */
  isHeld(): boolean
  /** Leaves the lock of another one alone. */
  release(): Promise<void>
}

export interface LockOptions {
  readonly clock: Clock
  /** Default: none, it is taken now or not at all. */
  readonly waitMs?: number
  /** Where to look at the holder's work, such as the page of a CI run. */
  readonly page?: string
  /** What else there is to do than to delete the file. */
  readonly advice?: string
}

/**
 * Runs the work while no other process does, across machines that share the directory.
 * @throws LockedError after three minutes of waiting
 */
export async function withLock<Result>(file: string, clock: Clock, work: () => Promise<Result>): Promise<Result> {
  const lock = await holdLock(file, { clock, waitMs: patienceMs })
  try {
    return await work()
  } finally {
    await lock.release()
  }
}

/**
 * Takes the lock, across machines that share the directory. That of a process that is gone is taken over: at once where that
 * can be seen, else when it gave no sign for 30 seconds on this machine, for five minutes on another one.
 * @throws LockedError where somebody else has it
 */
export async function holdLock(file: string, { clock, waitMs = 0, page, advice = '' }: LockOptions): Promise<Lock> {
  const endMs = clock.now() + waitMs
  for (;;) {
    const claim = await ownClaim(clock.now(), page)
    const other = await seen(file)
    if (other === undefined) {
      const handle = await claimed(file, claim)
      if (handle) return keep(file, { handle, token: claim.token, clock })
    } else if (isGone(other, claim)) await discard(file, other.claim.token)
    else if (clock.now() < endMs) await clock.sleep(Math.min(pauseMs, endMs - clock.now()))
    else throw new LockedError(`${refusal(file, other.claim, clock.now())}${advice}`)
  }
}

const refusal = (file: string, holder: Holder, nowMs: number): string =>
  `${heldBy(holder, nowMs)} holds ${file}: delete it if that is not running any more`

async function ownClaim(atMs: number, page: string | undefined): Promise<Claim> {
  const space = await processSpace()
  return {
    pid: process.pid,
    host: hostname(),
    atMs,
    ...(page !== undefined && { page }),
    life,
    ...(space !== undefined && { space }),
    token: randomUUID(),
  }
}

/** The lock appears with its holder's name in it, or not at all: a link fails where there is one already. */
async function claimed(file: string, claim: Claim): Promise<FileHandle | undefined> {
  const aside = `${file}.${claim.token}`
  const handle = await open(aside, 'wx', 0o600)
  try {
    await handle.writeFile(JSON.stringify(claim))
    await handle.utimes(claim.atMs / 1000, claim.atMs / 1000)
    await link(aside, file)
    return handle
  } catch (error) {
    await handle.close()
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
    throw error
  } finally {
    await rm(aside, { force: true })
  }
}

interface Kept {
  readonly handle: FileHandle
  readonly token: string
  readonly clock: Clock
}

/** Signs of life go through the open file: where another one has taken the lock, they do not reach its file. */
function keep(file: string, { handle, token, clock }: Kept): Lock {
  let isLost = false
  const beat = async (): Promise<void> => {
    try {
      await handle.utimes(clock.now() / 1000, clock.now() / 1000)
    } catch {
      // others will take us for dead
      isLost = true
    }
  }
  const endBeats = clock.every?.(beatMs, () => void beat())
  const isHeld = (): boolean => !isLost && tokenIn(file) === token
  return {
    isHeld,
    release: async () => {
      endBeats?.()
      await handle.close()
      if (tokenIn(file) === token) await rm(file, { force: true })
    },
  }
}

function tokenIn(file: string): string | undefined {
  try {
    return parsed(readFileSync(file, 'utf8')).token
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** A machine that lost its power may leave a file without its text: then nothing is known of the holder. */
function parsed(text: string): Claim {
  try {
    return JSON.parse(text) as Claim
  } catch (error) {
    if (error instanceof SyntaxError) return { pid: 0, host: 'an unknown machine', atMs: 0, life: '', token: '' }
    throw error
  }
}

interface Seen {
  readonly claim: Claim
  readonly signAtMs: number
}

/** Undefined where it was given back meanwhile. */
async function seen(file: string): Promise<Seen | undefined> {
  try {
    const { mtimeMs } = await stat(file)
    return { claim: parsed(await readFile(file, 'utf8')), signAtMs: mtimeMs }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function isGone({ claim, signAtMs }: Seen, own: Claim): boolean {
  const isHere = claim.host === own.host
  const silentMs = own.atMs - signAtMs
  if (silentMs > (isHere ? staleHereMs : staleElsewhereMs)) return true
  if (!isHere || claim.space !== own.space) return false
  return claim.pid === own.pid ? claim.life !== own.life : !isAlive(claim.pid)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // a process of another user is alive
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Containers may share the name of a machine and not its process ids, https://man7.org/linux/man-pages/man7/pid_namespaces.7.html */
async function processSpace(): Promise<string | undefined> {
  try {
    return await readlink('/proc/self/ns/pid')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Renamed first: of several who find it stale, one succeeds. What was another's lock by then is put back. */
async function discard(file: string, token: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`
  try {
    await rename(file, aside)
    if (tokenIn(aside) !== token) await link(aside, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error
  }
  await rm(aside, { force: true })
}
