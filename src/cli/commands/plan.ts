import type { Outcome } from '../../core/apply.ts'
import { isError, type Diagnostic } from '../../core/diagnostic.ts'
import { plannedChanges } from '../../core/plan.ts'
import type { ExitCode } from '../../report/exit-code.ts'
import { renderMarkdown } from '../../report/plan-markdown.ts'
import { planJson } from '../../report/plan-json.ts'
import type { PlanExtent } from '../../report/plan-summary.ts'
import { renderPlan } from '../../report/plan-text.ts'
import { redactEmails } from '../../report/redact.ts'
import { planExitCode, worst, type PlanView } from '../../report/summary.ts'
import type { PlanOutput } from '../command.ts'
import { redacted, type Context } from '../context.ts'
import { nextCommands } from '../next-commands.ts'
import { hasErrors, noteDiagnostics, openDeclaration, runSession, type LiveOptions, type Opened } from '../pass.ts'
import { savePlan } from '../plan-file.ts'

export interface PlanOptions extends LiveOptions {
  /** Default: text. */
  readonly output?: PlanOutput
  /** Same as `output: 'json'`. */
  readonly json?: boolean
  readonly redactEmails?: boolean
  readonly verbose?: boolean
  readonly expand?: boolean
  readonly detailedExitcode?: boolean
  /** A file to save the plan in, for `apply`. */
  readonly out?: string
  /** Set by the demo: what was shown before is not shown again, and where its sandbox is stays out of what comes next. */
  readonly demo?: PlanExtent
}

/** Shows what would be done. Reads only: no means to write exist here. */
export async function plan(paths: readonly string[], options: PlanOptions, given: Context): Promise<ExitCode> {
  const context = options.redactEmails ? redacted(given) : given
  const opened = await openDeclaration(paths, options, context)
  const views: PlanView[] = []
  for (const session of opened.sessions) {
    const { view } = await runSession(session, opened, { context, decide: async () => undefined })
    views.push(view)
  }
  noteAll(views, opened, { options, context })
  if (options.out !== undefined && views.length > 0) await savePlan({ out: options.out, paths, views, opened }, context)
  const exitCode = exitCodeOf(views, opened, options.detailedExitcode ?? false)
  const output = outputOf(options)
  if (output === 'json') context.printJson(planJson({ views, diagnostics: opened.diagnostics, exitCode }))
  else if (output === 'markdown') printMarkdown(views, { paths, options, context, opened })
  else showPlans(views, { paths, options, context })
  return exitCode
}

/** 1 where nothing could be looked at: then no mistake is a detail. */
function exitCodeOf(views: readonly PlanView[], { diagnostics }: Opened, detailed: boolean): ExitCode {
  if (views.length === 0) return 1
  const codes = views.map((view) => planExitCode(view.plan, view.diagnostics, detailed))
  return worst([...codes, ...(hasErrors(diagnostics) ? ([4] as const) : [])])
}

export const outputOf = ({ output, json = false }: PlanOptions): PlanOutput => output ?? (json ? 'json' : 'text')

interface MarkdownShown extends Shown {
  readonly opened: Opened
  readonly outcomes?: ReadonlyMap<string, readonly Outcome[]>
}

export function printMarkdown(
  views: readonly PlanView[],
  { paths, options, context, opened, outcomes }: MarkdownShown,
): void {
  const text = renderMarkdown(views, {
    paths,
    diagnostics: opened.diagnostics,
    texts: opened.located.declaration.texts,
    redact: options.redactEmails ? redactEmails : (each) => each,
    approve: nextCommands(paths, options).approve,
    seeWhole: ['roster plan', ...paths].join(' '),
    ...(outcomes && { outcomes }),
  })
  context.print(text)
}

/** Mistakes always; warnings where the whole plan is shown. */
export function noteAll(
  views: readonly PlanView[],
  opened: Opened,
  { options: { demo = 'whole' }, context }: Pick<Shown, 'options' | 'context'>,
): void {
  const found: Diagnostic[] = [...opened.diagnostics, ...views.flatMap(({ diagnostics }) => diagnostics)]
  noteDiagnostics(demo === 'whole' ? found : found.filter(isError), opened, context)
}

interface Shown {
  readonly paths: readonly string[]
  readonly options: PlanOptions
  readonly context: Context
  /** Then nothing is to be typed next. */
  readonly isApplying?: boolean
}

export function showPlans(views: readonly PlanView[], { paths, options, context, isApplying = false }: Shown): void {
  const { paint } = context
  const { verbose = false, expand = false, demo: extent = 'whole' } = options
  for (const view of views) {
    const commands = nextCommands(paths, options, isApplying ? 'none' : whatToApply(view, options))
    if (views.length > 1) context.print(paint.heading(`Organization ${view.organization}\n`))
    context.print(renderPlan(view, { paint, verbose, expand, extent, commands }))
  }
}

/** What an approval lets pass is not in a plan that was saved before it. */
const whatToApply = ({ plan }: PlanView, { out }: PlanOptions): 'declaration' | 'saved plan' =>
  out !== undefined && plannedChanges(plan).length > 0 ? 'saved plan' : 'declaration'
