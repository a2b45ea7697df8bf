import { subject } from '../core/change.ts'
import { isError, type Diagnostic } from '../core/diagnostic.ts'
import type { Survey } from '../core/reconcile.ts'
import { resourceId } from '../core/resource.ts'
import { count } from '../report/terminal-text.ts'
import type { Context } from './context.ts'
import { noteDiagnostics, openDeclaration, runSession, type LiveOptions } from './pass.ts'

/** What a plan asks for and complains about, by ids that two plans share. */
export interface Asked {
  readonly changes: ReadonlySet<string>
  readonly mistakes: ReadonlyMap<string, Diagnostic>
}

export const asked = (surveys: readonly Survey[]): Asked => ({
  changes: new Set(
    surveys
      .flatMap(({ plan }) => plan.scopes)
      .flatMap(({ changes, held }) => [...changes, ...held.map(({ change }) => change)])
      .map((change) => `${change.action} ${resourceId(subject(change))}`),
  ),
  mistakes: new Map(
    surveys
      .flatMap(({ diagnostics }) => diagnostics.filter(isError))
      .map((each) => [JSON.stringify([each.code, each.message, each.origin]), each]),
  ),
})

interface Checking {
  /** Asked for before the files were there: of other manifests. */
  readonly before: Asked
  readonly options: LiveOptions
  readonly context: Context
}

/** The proof of an import: the new files add nothing to the plan. */
export async function checkWritten(paths: readonly string[], { before, options, context }: Checking): Promise<boolean> {
  const opened = await openDeclaration(paths, options, context)
  const surveys: Survey[] = []
  for (const session of opened.sessions) {
    const { pass } = await runSession(session, opened, { context, decide: async () => undefined })
    surveys.push(pass.survey)
  }
  opened.endProgress()
  const after = asked(surveys)
  const changes = after.changes.difference(before.changes).size
  const mistakes = [...after.mistakes].filter(([id]) => !before.mistakes.has(id)).map(([, each]) => each)
  noteDiagnostics(mistakes, opened, context)
  if (changes + mistakes.length === 0) context.print(`Check: the new files add nothing to the plan${pending(after)}.`)
  else
    context.print(
      `Check: the new files add ${count(changes, 'change')} and ${count(mistakes.length, 'mistake')}: see roster plan.`,
    )
  return changes + mistakes.length === 0
}

const pending = ({ changes }: Asked): string =>
  changes.size === 0 ? ', which is empty' : `, which has ${count(changes.size, 'change')} in their places from before`
