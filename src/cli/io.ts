import { createInterface } from 'node:readline/promises'
import { environment } from '../config.ts'
import { systemClock } from '../clock.ts'
import type { Clock } from '../core/ports.ts'

/** All that a command may know of the process it runs in, so that tests run commands without one. */
export interface Io {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly isTty: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean }
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  /** One line from whoever sits at the terminal. */
  readonly ask: (question: string) => Promise<string>
  /** Ends the process at once, where open connections would hold it. */
  readonly quit: (code: number) => void
}

/** The real process. A second Ctrl-C ends it without waiting for anything. */
export function processIo(): Io {
  const interrupted = new AbortController()
  const onSignal = (): void => {
    if (interrupted.signal.aborted) process.exit(130)
    interrupted.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  // `roster plan | head` closes the pipe early: that is no error of ours
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    env: environment(),
    cwd: process.cwd(),
    isTty: {
      stdin: process.stdin.isTTY === true,
      stdout: process.stdout.isTTY === true,
      stderr: process.stderr.isTTY === true,
    },
    signal: interrupted.signal,
    clock: systemClock,
    random: Math.random,
    ask: (question) =>
      askOnTerminal(question, {
        input: process.stdin,
        output: process.stderr,
        signal: interrupted.signal,
        onInterrupt: onSignal,
      }),
    quit: (code) => process.exit(code),
  }
}

export interface Terminal {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  readonly signal: AbortSignal
  /** Told of Ctrl-C, which comes as a key and not as a signal while a question stands. */
  readonly onInterrupt: () => void
}

/** One line; an empty one where the terminal is closed (Ctrl-D). Rejects once the signal is aborted. */
export async function askOnTerminal(
  question: string,
  { input, output, signal, onInterrupt }: Terminal,
): Promise<string> {
  const terminal = createInterface({ input, output })
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')))
  terminal.on('SIGINT', onInterrupt)
  try {
    return await Promise.race([terminal.question(question, { signal }), closed])
  } finally {
    terminal.close()
  }
}

/** https://no-color.org and the habit of FORCE_COLOR; `--no-color` goes before both. */
export function hasColor(env: Io['env'], isTty: boolean, argv: readonly string[]): boolean {
  if (argv.includes('--no-color') || env['NO_COLOR']) return false
  const force = env['FORCE_COLOR']
  if (force !== undefined) return force !== '0' && force !== 'false'
  return isTty && env['TERM'] !== 'dumb'
}
