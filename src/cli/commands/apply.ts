import type { Outcome } from '../../core/apply.ts'
import { plannedChanges } from '../../core/plan.ts'
import type { ExitCode } from '../../report/exit-code.ts'
import { renderOutcome, renderOutcomes } from '../../report/outcome-text.ts'
import { planJson } from '../../report/plan-json.ts'
import { applyExitCode, worst, type PlanView } from '../../report/summary.ts'
import { count } from '../../report/terminal-text.ts'
import type { ApplyOptions as Decision, Session } from '../../run/session.ts'
import { redacted, type Context } from '../context.ts'
import { hasErrors, openDeclaration, runSession, type Opened } from '../pass.ts'
import { noteAll, outputOf, printMarkdown, showPlans, type PlanOptions } from './plan.ts'

export interface ApplyOptions extends PlanOptions {
  readonly yes?: boolean
  readonly removalsFirst?: boolean
  /** Digests of held scopes that may pass in this run. */
  readonly approve?: readonly string[]
}

/** Plans, asks, and writes what the plan showed. */
export async function apply(paths: readonly string[], options: ApplyOptions, given: Context): Promise<ExitCode> {
  const context = options.redactEmails ? redacted(given) : given
  if (!options.yes && !context.io.isTty.stdin) {
    context.note('apply asks before it writes, and there is nobody to ask: add --yes')
    return 1
  }
  const opened = await openDeclaration(paths, options, context)
  const output = outputOf(options)
  const done: Applied[] = []
  for (const session of opened.sessions) {
    const applied = await applyOne(session, { paths, options, context, opened })
    done.push(applied)
    if (output === 'text') showOutcome(applied, context)
    if (context.io.signal.aborted) break
  }
  if (opened.sessions.length === 0) noteAll([], opened, { options, context })
  const exitCode = exitCodeOf(done, opened, context)
  if (output !== 'text') printDocument(done, exitCode, { paths, options, context, opened })
  return exitCode
}

async function applyOne(session: Session, asking: Asking): Promise<Applied> {
  const { options, context, opened } = asking
  const decide = (view: PlanView) => consent(view, asking)
  const { view, pass } = await runSession(session, opened, { context, decide, approved: options.approve ?? [] })
  const isDeclined = plannedChanges(view.plan).length > pass.outcomes.length && pass.outcomes.length === 0
  return { view, outcomes: pass.outcomes, isDeclined }
}

/** What is printed once at the end, where no text went before it. */
function printDocument(
  done: readonly Applied[],
  exitCode: ExitCode,
  { paths, options, context, opened }: Asking,
): void {
  const views = done.map(({ view }) => view)
  const outcomes = new Map(done.map(({ view, outcomes: each }) => [view.organization, each]))
  if (outputOf(options) === 'markdown') printMarkdown(views, { paths, options, context, opened, outcomes })
  else context.printJson(planJson({ views, diagnostics: opened.diagnostics, exitCode, outcomes }))
}

interface Applied {
  readonly view: PlanView
  readonly outcomes: readonly Outcome[]
  readonly isDeclined: boolean
}

function exitCodeOf(done: readonly Applied[], { diagnostics }: Opened, { io }: Context): ExitCode {
  if (io.signal.aborted) return 130
  if (done.length === 0 || done.some(({ isDeclined }) => isDeclined)) return 1
  const codes = done.map(({ view, outcomes }) => applyExitCode(view.plan, view.diagnostics, outcomes))
  return worst([...codes, ...(hasErrors(diagnostics) ? ([4] as const) : [])])
}

interface Asking {
  readonly paths: readonly string[]
  readonly options: ApplyOptions
  readonly context: Context
  readonly opened: Opened
}

async function consent(view: PlanView, { paths, options, context, opened }: Asking): Promise<Decision | undefined> {
  const { io, note, errorPaint } = context
  noteAll([view], opened, { options, context })
  if (outputOf(options) === 'text') showPlans([view], { paths, options, context, isApplying: true })
  const number = plannedChanges(view.plan).length
  if (number > 0 && !options.yes) {
    const answer = await io.ask(`\nMake ${count(number, 'change')} in ${view.organization}? Only "yes" is taken: `)
    if (answer.trim() !== 'yes') return undefined
  }
  if (number > 0) note('')
  const onOutcome = (outcome: Outcome): void => note(renderOutcome(outcome, errorPaint))
  // without changes there is still something to remember: what was found as declared
  return { removalsFirst: options.removalsFirst ?? false, signal: io.signal, onOutcome }
}

function showOutcome({ outcomes, isDeclined }: Applied, { print, paint }: Context): void {
  if (isDeclined) print('Nothing was applied.')
  else if (outcomes.length > 0) print(`\n${renderOutcomes(outcomes, paint)}`)
}
