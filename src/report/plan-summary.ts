import { isError } from '../core/diagnostic.ts'
import { isConsequence } from './code-frame.ts'
import { plannedChanges } from '../core/plan.ts'
import type { Change } from '../core/change.ts'
import { isSeat } from './risk.ts'
import { summarize, type PlanView, type Summary } from './summary.ts'
import { count, type Paint } from './terminal-text.ts'

/** What to type next. */
export interface NextCommands {
  /** Absent where the plan is being applied. */
  readonly apply?: string
  readonly approve: (digest: string) => string
}

export interface PlanTextOptions {
  readonly paint: Paint
  /** Names every unmanaged entry, and the places without changes. */
  readonly verbose: boolean
  /** Lists equal changes over many places one by one. */
  readonly expand: boolean
  readonly commands: NextCommands
  /** How much of the plan is shown; absent: the whole. */
  readonly extent?: PlanExtent
}

/** `changes` leaves out what nobody declared, `summary` every place, too: for a plan that was shown just before. */
export type PlanExtent = 'whole' | 'changes' | 'summary'

/** The last lines: what it comes to, how sure it is, and what to type next. */
export function planSummary(view: PlanView, { paint, commands }: Pick<PlanTextOptions, 'paint' | 'commands'>): string {
  const summary = summarize(view.plan)
  return [
    paint.heading(totals(summary, view)),
    ...removalShare(summary, view),
    ...seats(plannedChanges(view.plan)),
    ...coverage(view),
    paint.quiet(reads(view)),
    ...next(summary, view, commands),
  ].join('\n')
}

function totals({ add, change, remove, held, unmanaged, unread, scopes }: Summary, { diagnostics }: PlanView): string {
  const rest = [
    ...(held > 0 ? [`${held} held`] : []),
    ...(unmanaged > 0 ? [`${unmanaged} unmanaged left alone`] : []),
    ...(unread > 0 ? [`${count(unread, 'place')} NOT READ`] : []),
  ]
  if (add + change + remove + held + unread === 0 && !diagnostics.some(isError)) {
    return [`No changes: ${count(scopes, 'place')} as declared`, ...rest].join('.  ') + '.'
  }
  return `Plan: ${[`${add} to add, ${change} to change, ${remove} to remove`, ...rest].join('.  ')}.`
}

function removalShare({ removals, observed }: Summary, { runLimit }: PlanView): readonly string[] {
  if (removals === 0) return []
  return [
    `Removals: ${removals} of ${count(observed, 'entry', 'entries')} (${percent(removals, observed)}), the limit of a run is ${runLimit(observed)}.`,
  ]
}

/** Counting them is for reading only. */
function seats(changes: readonly Change[]): readonly string[] {
  const notes = changes.flatMap((change) => (change.action === 'create' ? (change.after.notes ?? []) : []))
  const costly = Map.groupBy(notes.filter(isSeat), (note) => note)
  if (costly.size === 0) return []
  return [`Seats: ${[...costly].map(([note, all]) => `${all.length} × ${note}`).join(', ')}.`]
}

/** A share of nothing says nothing. */
function coverage({ coverage: { declared, observed } }: PlanView): readonly string[] {
  if (observed === 0) return []
  return [
    `Coverage: ${percent(declared, observed)} of the ${count(observed, 'entry', 'entries')} read ${observed === 1 ? 'is' : 'are'} declared.`,
  ]
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? '0 %' : `${((100 * part) / whole).toFixed(1).replace(/\.0$/, '')} %`

function reads({ reads: { announced, made } }: PlanView): string {
  return `Reads: ${announced.exact ? '' : 'at least '}${announced.calls} announced, ${made} made.`
}

/** What the plan does not know, for want of a good line or of a read. */
function incompleteness({ unread }: Summary, { diagnostics }: PlanView): readonly string[] {
  const mistakes = diagnostics.filter((each) => isError(each) && !isConsequence(each)).length
  const consequences = diagnostics.filter(isConsequence).length
  const whole = mistakes > 0 ? 'it' : 'the declaration'
  const lines = `${count(consequences, 'line')} of ${whole} could not be understood for want of a read`
  const incomplete = [
    ...(mistakes > 0 ? [`${count(mistakes, 'mistake')} in the declaration`] : []),
    ...(consequences > 0 ? [lines] : []),
    ...(unread > 0 ? [`${count(unread, 'place')} not read`] : []),
  ]
  return incomplete.length > 0 ? [`INCOMPLETE: ${incomplete.join(', ')}.`] : []
}

function next(summary: Summary, view: PlanView, { apply, approve }: NextCommands): readonly string[] {
  const { add, change, remove, held } = summary
  const { scopes } = view.plan
  const warning = incompleteness(summary, view)
  if (apply === undefined) return warning
  if (add + change + remove > 0) return [...warning, `Next: ${apply}`]
  const isFirst = scopes.some((scope) => scope.held.some(({ hold }) => hold.code === 'FIRST_RUN'))
  if (isFirst) return [...warning, `Next: ${apply}`]
  const releasable = scopes.find((scope) => scope.held.some(({ hold }) => hold.releasable))
  if (held > 0 && releasable) return [...warning, `Next: ${approve(releasable.digest)}, then ${apply}`]
  return warning
}
