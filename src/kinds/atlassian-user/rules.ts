import type { Diagnostic } from '../../core/diagnostic.ts'
import { atMostOne, broken, type Rule } from '../rule.ts'

export const userRules: readonly Rule<object>[] = [atMostOne('authenticationPolicy', 'authenticationPolicyId')]

/** What the schema alone cannot say. */
export const ruleProblems = (spec: object): readonly Diagnostic[] => broken(userRules, spec, ['spec'])
