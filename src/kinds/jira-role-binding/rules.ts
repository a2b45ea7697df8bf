import type { Diagnostic } from '../../core/diagnostic.ts'
import { subjectRules } from '../fields.ts'
import { atLeastOne, broken, brokenItems, exactlyOne, type Rule } from '../rule.ts'

export const projectsRules: readonly Rule<object>[] = [exactlyOne('keys', 'selector')]
export const selectorRules: readonly Rule<object>[] = [atLeastOne('keys', 'category', 'type')]

/** What the schema alone cannot say. */
export function ruleProblems(spec: {
  readonly projects: { readonly selector?: object }
  readonly subjects: readonly object[]
}): readonly Diagnostic[] {
  const { selector } = spec.projects
  return [
    ...broken(projectsRules, spec.projects, ['spec', 'projects']),
    ...(selector === undefined ? [] : broken(selectorRules, selector, ['spec', 'projects', 'selector'])),
    ...brokenItems(subjectRules, spec.subjects, ['spec', 'subjects']),
  ]
}
