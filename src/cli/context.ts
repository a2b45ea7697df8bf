import { explainExit, type ExitCode } from '../report/exit-code.ts'
import { redactEmails, redactJson } from '../report/redact.ts'
import { createPaint, type Paint } from '../report/terminal-text.ts'
import { hasColor, type Io } from './io.ts'

/** What every command gets beside its own arguments. */
export interface Context {
  readonly io: Io
  /** For results, on stdout. */
  readonly paint: Paint
  /** For progress and warnings, on stderr. */
  readonly errorPaint: Paint
  /** A result, with a line break at its end. */
  readonly print: (text: string) => void
  /** Progress, a warning, a question. */
  readonly note: (text: string) => void
  readonly printJson: (value: unknown) => void
}

export function createContext(io: Io, argv: readonly string[]): Context {
  const print = (text: string): void => io.stdout(`${text}\n`)
  return {
    io,
    paint: createPaint(hasColor(io.env, io.isTty.stdout, argv)),
    errorPaint: createPaint(hasColor(io.env, io.isTty.stderr, argv)),
    print,
    note: (text) => io.stderr(`${text}\n`),
    printJson: (value) => print(JSON.stringify(value, null, 2)),
  }
}

/** The same without addresses in anything that is printed. */
export function redacted(context: Context): Context {
  return {
    ...context,
    print: (text) => context.print(redactEmails(text)),
    note: (text) => context.note(redactEmails(text)),
    printJson: (value) => context.printJson(redactJson(value)),
  }
}

/** The meaning of a code that is not 0, as the last line on stderr. */
export function noteExit({ note, errorPaint }: Context, code: ExitCode): void {
  if (code !== 0) note(errorPaint.quiet(explainExit(code)))
}
