import type { Change } from '../core/change.ts'
import { isError, type Diagnostic } from '../core/diagnostic.ts'
import type { Forecast } from '../core/kind.ts'
import type { Outcome } from '../core/apply.ts'
import { heldChanges, plannedChanges, type HeldChange, type Plan, type PlanScope } from '../core/plan.ts'
import type { Hold, HoldCode } from '../core/policy.ts'
import type { ExitCode } from './exit-code.ts'

/** What one organization's plan is shown with. */
export interface PlanView {
  readonly organization: string
  readonly plan: Plan
  readonly diagnostics: readonly Diagnostic[]
  readonly coverage: Coverage
  readonly reads: { readonly announced: Forecast; readonly made: number }
  /** How many removals a scope of this size may have without approval. */
  readonly removalLimit: (observedCount: number) => number
  /** Of all removals of a run, over everything that was read. */
  readonly runLimit: (observedCount: number) => number
  /** Whether a change is about an account that the organization does not manage. */
  readonly isExternal: (change: Change) => boolean
}

/** Of the entries that were read. */
export interface Coverage {
  readonly declared: number
  readonly observed: number
}

export interface Summary {
  readonly add: number
  readonly change: number
  readonly remove: number
  readonly held: number
  readonly unmanaged: number
  readonly unread: number
  /** Places looked at. */
  readonly scopes: number
  readonly observed: number
  /** Wished for, held or not. */
  readonly removals: number
}

/** What a hold means for whoever runs the command. */
const meanings: Readonly<Record<HoldCode, 'guardrail' | 'incomplete' | 'later' | 'watched'>> = {
  SCOPE_LIMIT: 'guardrail',
  RUN_LIMIT: 'guardrail',
  UPDATE_LIMIT: 'guardrail',
  FIRST_RUN: 'guardrail',
  LAST_ONE: 'guardrail',
  PRIVILEGED: 'guardrail',
  PROTECTED: 'guardrail',
  OWN_IDENTITY: 'guardrail',
  DEFAULT_GROUP: 'guardrail',
  READ_ONLY: 'guardrail',
  NOT_CONVERTED: 'guardrail',
  SUSPENDED: 'guardrail',
  INCOMPLETE_DECLARATION: 'incomplete',
  PROMISED: 'later',
  SETTLING: 'later',
  OBSERVE_ONLY: 'watched',
}

export const meaningOf = ({ code }: Hold): (typeof meanings)[HoldCode] => meanings[code]
export const isGuardrail = ({ hold }: HeldChange): boolean => meaningOf(hold) === 'guardrail'

export function summarize(plan: Plan): Summary {
  const changes = plannedChanges(plan)
  const sum = (of: (scope: PlanScope) => number): number => plan.scopes.reduce((total, scope) => total + of(scope), 0)
  const by = (action: string): number => changes.filter((each) => each.action === action).length
  return {
    add: by('create'),
    change: by('update'),
    remove: by('delete'),
    held: heldChanges(plan).length,
    unmanaged: sum(({ unmanaged }) => unmanaged.length),
    unread: sum(({ unread }) => (unread ? 1 : 0)),
    scopes: plan.scopes.length,
    observed: sum(({ observedCount }) => observedCount),
    removals: sum(({ removals }) => removals),
  }
}

/**
 * Incomplete goes before held: what was not read says nothing about what would have been held. `detailed` gives 2 where
 * changes are pending.
 */
export function planExitCode(plan: Plan, diagnostics: readonly Diagnostic[], detailed: boolean): ExitCode {
  const held = heldChanges(plan)
  const isIncomplete = diagnostics.some(isError) || plan.scopes.some(({ unread }) => unread)
  if (isIncomplete || held.some(({ hold }) => meanings[hold.code] === 'incomplete')) return 4
  if (held.some(isGuardrail)) return 3
  return detailed && (held.length > 0 || plannedChanges(plan).length > 0) ? 2 : 0
}

/** After an apply: what was planned and is not there makes the run incomplete. */
export function applyExitCode(plan: Plan, diagnostics: readonly Diagnostic[], outcomes: readonly Outcome[]): ExitCode {
  if (outcomes.some(({ result }) => result !== 'done' && result !== 'confirmed')) return 4
  return planExitCode(plan, diagnostics, false)
}

const severity: readonly ExitCode[] = [0, 2, 3, 4, 1, 130]

/** One code for several organizations: the worst. */
export const worst = (codes: readonly ExitCode[]): ExitCode =>
  codes.reduce((a, b) => (severity.indexOf(b) > severity.indexOf(a) ? b : a), 0)
