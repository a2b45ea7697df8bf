import { CommanderError } from 'commander'
import { version } from '../config.ts'
import type { ExitCode } from '../report/exit-code.ts'
import { printable } from '../report/terminal-text.ts'
import { StateUnreadableError } from '../state/state-document.ts'
import { createContext, noteExit, type Context } from './context.ts'
import { InterruptedError } from './interruption.ts'
import { processIo, type Io } from './io.ts'
import { createProgram } from './program.ts'

/** Runs one command. @returns the exit code, docs/exit-codes.md */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  const context = createContext(io, argv)
  const code = await run(argv, context)
  noteExit(context, code)
  if (code === 130) io.quit(code)
  return code
}

async function run(argv: readonly string[], context: Context): Promise<ExitCode> {
  let code: ExitCode = 0
  const asked = argv.length === 0 ? ['--help'] : argv
  const program = createProgram(context, version(), (found) => void (code = found))
  try {
    await program.parseAsync(asked, { from: 'user' })
    return code
  } catch (error) {
    return failure(error, context)
  }
}

/** What a person can mend is said in one line; anything else is a bug and is shown whole. */
function failure(error: unknown, { note, errorPaint, io }: Context): ExitCode {
  // commander has said what is wrong, or printed the help that was asked for
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1
  if (error instanceof InterruptedError || io.signal.aborted) return 130
  note(`${errorPaint.removed('error')}: ${describe(error)}`)
  return 1
}

/** Failures of the file system and of the network carry a `code`; what carries none was foreseen by nobody. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof StateUnreadableError || 'code' in error) return printable(error.message)
  return `${error.stack ?? error.message}\nThis is a bug in Roster: please report it with the lines above.`
}
