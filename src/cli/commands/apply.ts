import type { Outcome } from '../../core/apply.ts'
import { plannedChanges } from '../../core/plan.ts'
import type { ExitCode } from '../../report/exit-code.ts'
import { renderOutcome, renderOutcomes } from '../../report/outcome-text.ts'
import { planJson } from '../../report/plan-json.ts'
import { applyExitCode, worst, type PlanView } from '../../report/summary.ts'
import { count } from '../../report/terminal-text.ts'
import type { ApplyOptions as Decision } from '../../run/session.ts'
import type { Context } from '../context.ts'
import { hasErrors, openDeclaration, runSession, type Opened } from '../pass.ts'
import { noteAll, showPlans, type PlanOptions } from './plan.ts'

export interface ApplyOptions extends PlanOptions {
  readonly yes?: boolean
  readonly removalsFirst?: boolean
  /** Digests of held scopes that may pass in this run. */
  readonly approve?: readonly string[]
}

/** Plans, asks, and writes what the plan showed. */
export async function apply(paths: readonly string[], options: ApplyOptions, context: Context): Promise<ExitCode> {
  if (!options.yes && !context.io.isTty.stdin) {
    context.note('apply asks before it writes, and there is nobody to ask: add --yes')
    return 1
  }
  const opened = await openDeclaration(paths, options, context)
  const done: Applied[] = []
  for (const session of opened.sessions) {
    const decide = (view: PlanView) => consent(view, { paths, options, context, opened })
    const { view, pass } = await runSession(session, opened, { context, decide, approved: options.approve ?? [] })
    const isDeclined = plannedChanges(view.plan).length > pass.outcomes.length && pass.outcomes.length === 0
    done.push({ view, outcomes: pass.outcomes, isDeclined })
    if (!options.json) showOutcome(done.at(-1)!, context)
    if (context.io.signal.aborted) break
  }
  if (opened.sessions.length === 0) noteAll([], opened, { options, context })
  const exitCode = exitCodeOf(done, opened, context)
  if (options.json) {
    const outcomes = new Map(done.map(({ view, outcomes: each }) => [view.organization, each]))
    context.printJson(
      planJson({ views: done.map(({ view }) => view), diagnostics: opened.diagnostics, exitCode, outcomes }),
    )
  }
  return exitCode
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
  if (!options.json) showPlans([view], { paths, options, context, isApplying: true })
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
