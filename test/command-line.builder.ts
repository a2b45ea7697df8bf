import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '../src/cli/main.ts'
import type { Clock } from '../src/core/ports.ts'
import type { Sandbox } from '../src/sandbox/start-sandbox.ts'
import { parseWorldSeed } from '../src/sandbox/world-seed.ts'
import { startHeldSandbox } from './contract-run.builder.ts'

export const examples = join(import.meta.dirname, '../examples')

/** The day for which the example company was written. */
export const today = Date.UTC(2026, 10, 25, 12)

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The example company in a sandbox, and a copy of its declaration to work on. */
export interface Acme {
  readonly sandbox: Sandbox
  /** Directory of the declaration; may be written to. */
  readonly access: string
  /** Runs a command in this process, at `today` unless time was moved on. */
  run(command: string, ...flags: readonly string[]): Promise<Ran>
  /** Runs `apply access/teams --yes` and the like in the directory of the example. */
  runThere(command: string): Promise<Ran>
  passTime(ms: number): void
  /** @throws Error where a request or an answer was not as the contract says */
  close(): Promise<void>
}

export async function openAcme(): Promise<Acme> {
  const directory = mkdtempSync(join(tmpdir(), 'roster-acme-'))
  cpSync(join(examples, 'acme'), directory, { recursive: true })
  let nowMs = today
  const world = parseWorldSeed(readFileSync(join(directory, 'world.yaml'), 'utf8'))
  const sandbox = await startHeldSandbox({ world, now: () => nowMs })
  const access = join(directory, 'access')
  const clock: Clock = { now: () => nowMs, sleep: async (ms: number) => void (nowMs += ms) }
  return {
    sandbox,
    access,
    passTime: (ms) => void (nowMs += ms),
    run: (command, ...flags) =>
      runCommand([...command.split(' '), access, '--sandbox', sandbox.url, ...flags], { clock }),
    runThere: (command) => runCommand([...command.split(' '), '--sandbox', sandbox.url], { clock, cwd: directory }),
    close: async () => {
      rmSync(directory, { recursive: true, force: true })
      await sandbox.close()
    },
  }
}

const systemLike: Clock = { now: () => today, sleep: async () => {} }

export interface Surroundings {
  readonly clock?: Clock
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** One command, in this process. */
export async function runCommand(
  argv: readonly string[],
  { clock = systemLike, cwd = process.cwd(), env = {} }: Surroundings = {},
): Promise<Ran> {
  let [stdout, stderr] = ['', '']
  const code = await main(argv, {
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    env,
    cwd,
    isTty: { stdin: false, stdout: false, stderr: false },
    signal: new AbortController().signal,
    clock,
    random: () => 0.5,
    ask: () => Promise.reject(new Error('nobody is there to ask')),
    quit: () => {},
  })
  return { code, stdout, stderr }
}
