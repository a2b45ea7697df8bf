import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Io } from './io.ts'
import { main } from './main.ts'

/** A process that tests run commands in: what it printed, and how it ended. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Io['env']
  readonly isTty?: boolean
  /** What the user types when asked; absent: nobody is there. */
  readonly answer?: string
  readonly signal?: AbortSignal
  readonly nowMs?: number
  /** Told of everything that goes to stderr, as it comes. */
  readonly onStderr?: (text: string) => void
}

/** Runs a command in this process. The clock stands still, and sleeping takes no time. */
export async function roster(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { cwd = process.cwd(), env = {}, isTty = false, answer, nowMs = Date.UTC(2026, 10, 20) } = options
  let stdout = ''
  let stderr = ''
  const io: Io = {
    stdout: (text) => void (stdout += text),
    stderr: (text) => {
      stderr += text
      options.onStderr?.(text)
    },
    env,
    cwd,
    isTty: { stdin: answer !== undefined, stdout: isTty, stderr: isTty },
    signal: options.signal ?? new AbortController().signal,
    clock: { now: () => nowMs, sleep: async () => {} },
    random: () => 0.5,
    ask: async (question) => {
      stderr += question
      return answer ?? ''
    },
    quit: () => {},
  }
  return { code: await main(argv, io), stdout, stderr }
}

export function folder(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const made = mkdtempSync(join(tmpdir(), 'roster-cli-'))
  write(made, files)
  return made
}

export function write(into: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(into, path)), { recursive: true })
    writeFileSync(join(into, path), text)
  }
}

/** The access repository of the example company, to be changed at will. */
export function acme(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const made = folder()
  cpSync(join(import.meta.dirname, '../../examples/acme'), made, { recursive: true })
  write(made, files)
  return made
}
