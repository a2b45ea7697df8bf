import type { Outcome } from '../../core/apply.ts'
import { plannedChanges } from '../../core/plan.ts'
import { StateMovedError } from '../../core/state.ts'
import type { ExitCode } from '../../report/exit-code.ts'
import { renderOutcome, renderOutcomes } from '../../report/outcome-text.ts'
import { planJson } from '../../report/plan-json.ts'
import { applyExitCode, worst, type PlanView } from '../../report/summary.ts'
import { count } from '../../report/terminal-text.ts'
import { renderMoves, type Move } from '../../report/plan-moves.ts'
import type { ApplyOptions as Decision, Session } from '../../run/session.ts'
import { redacted, type Context } from '../context.ts'
import { planAgain } from '../next-commands.ts'
import { movedBefore, movedSince, planGiven, PlanFileError, type GivenPlan } from '../plan-file.ts'
import { hasErrors, openDeclaration, runSession, type Looked, type Opened } from '../pass.ts'
import { noteAll, outputOf, printMarkdown, showPlans, type PlanOptions } from './plan.ts'

export interface ApplyOptions extends PlanOptions {
  readonly yes?: boolean
  readonly removalsFirst?: boolean
  /** Digests of held scopes that may pass in this run. */
  readonly approve?: readonly string[]
}

/** Plans, asks, and writes what the plan showed. */
export async function apply(words: readonly string[], options: ApplyOptions, plain: Context): Promise<ExitCode> {
  const context = options.redactEmails ? redacted(plain) : plain
  if (options.yes || context.io.isTty.stdin) return applyWords(words, options, context)
  context.note('apply asks before it writes, and there is nobody to ask: add --yes')
  return 1
}

async function applyWords(words: readonly string[], options: ApplyOptions, context: Context): Promise<ExitCode> {
  const given = await planGiven(words, context.io.cwd)
  if (given && options.approve) throw new PlanFileError('a saved plan says what passes: approve, and plan again')
  const paths = given?.paths ?? words
  const opened = await openDeclaration(paths, options, context)
  const asking: Asking = { paths, options, context, opened, ...(given && { given }) }
  const before = given ? movedBefore(given, opened) : []
  return before.length === 0 ? applyAll(asking) : refuse(before, asking)
}

async function applyAll(asking: Asking): Promise<ExitCode> {
  const { opened, options, context } = asking
  const output = outputOf(options)
  const done: Applied[] = []
  for (const session of opened.sessions) {
    const applied = await applyOne(session, asking)
    done.push(applied)
    if (output === 'text') showOutcome(applied, context)
    if (context.io.signal.aborted) break
  }
  if (opened.sessions.length === 0) noteAll([], opened, { options, context })
  const exitCode = exitCodeOf(done, asking)
  if (output !== 'text') printDocument(done, exitCode, asking)
  return exitCode
}

async function applyOne(session: Session, asking: Asking): Promise<Applied> {
  const { options, context, opened } = asking
  const { given } = asking
  let moves: readonly Move[] = []
  let hasWritten = false
  const decide = async (view: PlanView): Promise<Decision | undefined> => {
    moves = given ? movedSince(given, view, opened) : []
    return moves.length === 0 ? consent(view, asking, () => void (hasWritten = true)) : undefined
  }
  const approved = options.approve ?? []
  const look = () => runSession(session, opened, { context, decide, approved })
  const { view, pass } = await afterOthers(look, () => hasWritten, asking)
  if (moves.length > 0) refuse(moves, asking, view.organization)
  const isSilent = plannedChanges(view.plan).length > pass.outcomes.length && pass.outcomes.length === 0
  const isDeclined = moves.length > 0 || isSilent
  return { view, outcomes: pass.outcomes, isDeclined }
}

/** Who waits for another run plans again after it, since it has changed what the plan rests on. */
async function afterOthers(
  look: () => Promise<Looked>,
  hasWritten: () => boolean,
  { options, context: { io, note } }: Asking,
): Promise<Looked> {
  const endMs = io.clock.now() + (options.lockTimeout ?? 0)
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (!(error instanceof StateMovedError) || hasWritten() || io.clock.now() >= endMs) throw error
      note('Another run has applied meanwhile: planning again.')
    }
  }
}

/** Says what moved. */
function refuse(moves: readonly Move[], { given, paths, options, context }: Asking, organization?: string): ExitCode {
  const { note, errorPaint } = context
  const where = organization === undefined ? '' : ` to ${organization}`
  note(errorPaint.removed(`${given!.file} does not fit any more, and nothing was applied${where}:`))
  note(renderMoves(moves))
  note(`Next: ${planAgain(paths, options, given!.file)}`)
  return 1
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

function exitCodeOf(done: readonly Applied[], { opened: { diagnostics }, context, given }: Asking): ExitCode {
  if (context.io.signal.aborted) return 130
  const isPart = given !== undefined && done.length < given.saved.organizations.length
  if (done.length === 0 || isPart || done.some(({ isDeclined }) => isDeclined)) return 1
  const codes = done.map(({ view, outcomes }) => applyExitCode(view.plan, view.diagnostics, outcomes))
  return worst([...codes, ...(hasErrors(diagnostics) ? ([4] as const) : [])])
}

interface Asking {
  readonly paths: readonly string[]
  readonly options: ApplyOptions
  readonly context: Context
  readonly opened: Opened
  /** Then exactly this is applied, or nothing. */
  readonly given?: GivenPlan
}

async function consent(view: PlanView, asking: Asking, onWrite: () => void): Promise<Decision | undefined> {
  const { paths, options, context, opened } = asking
  const { io, note, errorPaint } = context
  noteAll([view], opened, { options, context })
  if (outputOf(options) === 'text') showPlans([view], { paths, options, context, isApplying: true })
  const number = plannedChanges(view.plan).length
  if (number > 0 && !options.yes) {
    const answer = await io.ask(`\nMake ${count(number, 'change')} in ${view.organization}? Only "yes" is taken: `)
    if (answer.trim() !== 'yes') return undefined
  }
  if (number > 0) note('')
  const onOutcome = (outcome: Outcome): void => {
    onWrite()
    note(renderOutcome(outcome, errorPaint))
  }
  // without changes there is still something to remember: what was found as declared
  return { removalsFirst: options.removalsFirst ?? false, signal: io.signal, onOutcome }
}

function showOutcome({ outcomes, isDeclined }: Applied, { print, paint }: Context): void {
  if (isDeclined) print('Nothing was applied.')
  else if (outcomes.length > 0) print(`\n${renderOutcomes(outcomes, paint)}`)
}
