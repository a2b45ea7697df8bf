import { pino, type Logger } from 'pino'
import type { Clock } from '../core/ports.ts'
import { factsOf } from './log-facts.ts'
import { textLine } from './log-text.ts'

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** What a line says beside its message. Keys stay what they are between versions; docs/daemon.md lists them. */
export interface LogFacts {
  readonly organization?: string
  readonly namespace?: string
  readonly name?: string
  readonly kind?: string
  readonly controller?: string
  /** One for each pass, on all of its lines. */
  readonly reconcileId?: string
  /** Of the declaration in force: a commit, or a digest of the files. */
  readonly revision?: string
  readonly commit?: string
  /** How many were made. */
  readonly changes?: number
  readonly held?: number
  readonly unread?: number
  readonly durationMs?: number
  readonly error?: unknown
  readonly [key: string]: unknown
}

/** One line for each thing that happens. Credentials are cut out of whatever is given. */
export interface Log {
  debug(message: string, facts?: LogFacts): void
  info(message: string, facts?: LogFacts): void
  warn(message: string, facts?: LogFacts): void
  error(message: string, facts?: LogFacts): void
  /** These facts stand on each of its lines. */
  child(facts: LogFacts): Log
}

export interface LogOptions {
  readonly write: (line: string) => void
  readonly level: LogLevel
  /** `json`: one object a line. `text`: for people. */
  readonly format: 'json' | 'text'
  readonly clock: Clock
}

/** In JSON: `{"level":"info","time":"2026-11-25T16:50:00.000Z",…,"msg":"…"}`. */
export function createLog({ write, level, format, clock }: LogOptions): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: format === 'json' ? write : (line) => write(textLine(line)) },
  )
  return wrapped(logger)
}

function wrapped(logger: Logger): Log {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, facts: LogFacts = {}): void =>
      logger[level](factsOf(facts), message)
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (facts) => wrapped(logger.child(factsOf(facts))),
  }
}
