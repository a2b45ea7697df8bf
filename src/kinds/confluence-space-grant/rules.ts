import type { Diagnostic } from '../../core/diagnostic.ts'
import { subjectRules } from '../fields.ts'
import { atLeastOne, broken, brokenItems, exactlyOne, type Rule } from '../rule.ts'

export const grantRules: readonly Rule<object>[] = [exactlyOne('level', 'role', 'permissions')]
export const spacesRules: readonly Rule<object>[] = [exactlyOne('keys', 'selector')]
export const selectorRules: readonly Rule<object>[] = [atLeastOne('keys', 'type')]

/** What the schema alone cannot say. */
export function ruleProblems(spec: {
  readonly spaces: { readonly selector?: object }
  readonly subjects: readonly object[]
}): readonly Diagnostic[] {
  const { selector } = spec.spaces
  return [
    ...broken(grantRules, spec, ['spec']),
    ...broken(spacesRules, spec.spaces, ['spec', 'spaces']),
    ...(selector === undefined ? [] : broken(selectorRules, selector, ['spec', 'spaces', 'selector'])),
    ...brokenItems(subjectRules, spec.subjects, ['spec', 'subjects']),
  ]
}
