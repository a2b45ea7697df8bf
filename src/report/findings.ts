import type { Diagnostic } from '../core/diagnostic.ts'

/** What `validate` found, for the formats of other tools. */
export interface Findings {
  /** As they are named in origins. */
  readonly files: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
  /** Of Roster. */
  readonly version: string
}

/** The message with its way out, on as many lines as it has. */
export const advice = ({ message, hint }: Diagnostic): string => (hint === undefined ? message : `${message}: ${hint}`)
