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
  /** What is known of a key that the site does not show, in the place of what is said otherwise. */
  readonly known?: (key: string) => Partial<Diagnostic>
}

/** Keys that the site does not show, and a selector that `found` nothing. */
export function missingTargets(
  { keys = [], selector }: Targets,
  visible: readonly string[],
  found: number,
  { code, field, what, site, known }: TargetWords,
): Diagnostic[] {
  const missing = keys.flatMap((key, index) => {
    if (visible.includes(key)) return []
    const message = `no ${what} ${key} is visible on site ${site}`
    return { ...problem(code, message, [field, 'keys', index], didYouMean(key, visible)), ...known?.(key) }
  })
  if (!selector || found > 0) return missing
  return [...missing, asWarning(problem(code, `the selector fits no ${what} on site ${site}`, [field, 'selector']))]
}
