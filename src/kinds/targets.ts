import type { Diagnostic, DiagnosticCode } from '../core/diagnostic.ts'
import { didYouMean } from '../core/schema.ts'
import { asWarning } from './principals.ts'

/** A mistake at this place within the spec. */
export const problem = (
  code: DiagnosticCode,
  message: string,
  path: readonly (string | number)[],
  hint: { hint?: string } = {},
): Diagnostic => ({ code, severity: 'error', message, path: ['spec', ...path], ...hint })

export interface Targets {
  readonly keys?: readonly string[]
  readonly selector?: object
}

export interface TargetWords {
  readonly code: DiagnosticCode
  /** Of the field in the spec: `projects`, `spaces`. */
  readonly field: string
  /** For people: `Confluence space`. */
  readonly what: string
  readonly site: string
}

/** Keys that the site does not show, and a selector that `found` nothing. */
export function missingTargets(
  { keys = [], selector }: Targets,
  known: readonly string[],
  found: number,
  { code, field, what, site }: TargetWords,
): Diagnostic[] {
  const missing = keys.flatMap((key, index) => {
    if (known.includes(key)) return []
    return problem(code, `no ${what} ${key} is visible on site ${site}`, [field, 'keys', index], didYouMean(key, known))
  })
  if (!selector || found > 0) return missing
  return [...missing, asWarning(problem(code, `the selector fits no ${what} on site ${site}`, [field, 'selector']))]
}
