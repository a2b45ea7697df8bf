import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

/** One line of a log in JSON. */
export interface Line {
  readonly level: string
  readonly msg: string
  readonly [key: string]: unknown
}

/** `roster run` as a process of its own. */
export interface Daemon {
  /** So far. */
  readonly lines: readonly Line[]
  readonly stderr: () => string
  /** Resolves with the first line, from the line with the number `after` on, that says this and has these facts. */
  says(message: string, facts?: Readonly<Record<string, unknown>>, after?: number): Promise<Line>
  /** `GET` of the port for probes and metrics. */
  get(path: string): Promise<{ readonly status: number; readonly text: string }>
  /** Its exit code, null where a signal ended it. */
  end(signal?: NodeJS.Signals): Promise<number | null>
  /** To the process that has the state directory, and not to one that only started it. */
  kill(signal: NodeJS.Signals): void
  readonly over: Promise<number | null>
}

/** Much more than any step takes here: a test that waits so long has failed. */
const patienceMs = 60_000

/** Reads its log from stderr. `lockFile`: names the process that has the state directory. */
export function daemonOf(child: ChildProcess, lockFile: string): Daemon {
  const log = logOf(child)
  const over = once(child, 'close').then(([code]) => code as number | null)
  let pid: number | undefined
  return {
    ...log,
    over,
    get: async (path) => {
      const { url } = await log.says('probes and metrics')
      const response = await fetch(`${String(url)}${path}`)
      return { status: response.status, text: await response.text() }
    },
    end: (signal = 'SIGTERM') => {
      child.kill(signal)
      return over
    },
    kill: (signal) => {
      // later the file may name another one
      pid ??= (JSON.parse(readFileSync(lockFile, 'utf8')) as { pid: number }).pid
      process.kill(pid, signal)
    },
  }
}

function logOf(child: ChildProcess): Pick<Daemon, 'lines' | 'stderr' | 'says'> {
  const lines: Line[] = []
  let [stderr, rest] = ['', '']
  child.stderr!.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
    const parts = (rest + chunk.toString()).split('\n')
    rest = parts.pop()!
    for (const part of parts) if (part.startsWith('{')) lines.push(JSON.parse(part) as Line)
  })
  const says: Daemon['says'] = async (message, facts = {}, after = 0) => {
    const isMeant = (line: Line): boolean =>
      line.msg === message && Object.entries(facts).every(([key, value]) => line[key] === value)
    const find = () => lines.slice(after).find(isMeant)
    const failed = (): never => {
      throw new Error(`nobody said ${message} ${JSON.stringify(facts)}:\n${stderr}`)
    }
    await expect.poll(find, { timeout: patienceMs }).toBeDefined().catch(failed)
    return find()!
  }
  return { lines, stderr: () => stderr, says }
}
