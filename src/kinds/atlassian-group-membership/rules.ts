import type { Diagnostic } from '../../core/diagnostic.ts'
import { memberRules } from '../fields.ts'
import { brokenItems } from '../rule.ts'

/** What the schema alone cannot say. */
export const ruleProblems = (spec: { readonly members: readonly object[] }): readonly Diagnostic[] =>
  brokenItems(memberRules, spec.members, ['spec', 'members'])
