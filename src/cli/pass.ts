import { isError, type Diagnostic } from '../core/diagnostic.ts'
import { defaultRemovalLimits, defaultRunLimits, removalLimit } from '../core/policy/limits.ts'
import type { Survey } from '../core/reconcile.ts'
import { scopeId } from '../core/resource.ts'
import { emptyState, type State, type StateStore } from '../core/state.ts'
import type { AtlassianOrganizationSpec } from '../kinds/atlassian-organization/schema.ts'
import { renderDiagnostics } from '../report/code-frame.ts'
import type { PlanView } from '../report/summary.ts'
import { externalTo } from './external.ts'
import { openSessions, type ApplyOptions, type Pass, type Session } from '../run/session.ts'
import { movedCredentials } from './base.ts'
import type { Context } from './context.ts'
import { locate, type Located } from './declaration.ts'
import { interruptible } from './interruption.ts'
import { createProgress } from './progress.ts'
import type { RepositoryFlags } from './repository-flags.ts'
import type { StateOptions } from './state-home.ts'

/** Flags of the commands that look at live access. */
export interface LiveOptions extends StateOptions, RepositoryFlags {
  readonly sandbox?: string
  /** A directory that holds, at the same paths, what was agreed to: where credentials go must not have changed since. */
  readonly base?: string
}

export interface Opened {
  readonly located: Located
  readonly sessions: readonly Session[]
  /** Of the declaration as a whole, and of organizations that could not be opened. */
  readonly diagnostics: readonly Diagnostic[]
  /** The state that the organization's plan rests on; known as soon as there is one. */
  readonly stateOf: (organization: string) => State
  readonly endProgress: () => void
}

/** Reads the declaration and gets ready to talk to its organizations. */
export async function openDeclaration(
  paths: readonly string[],
  options: LiveOptions,
  context: Context,
): Promise<Opened> {
  const { io } = context
  const located = await locate(paths, context, options)
  const moved =
    options.base === undefined
      ? []
      : await movedCredentials({ manifests: located.declaration.manifests, paths }, options.base, io.cwd)
  if (moved.length > 0) return unopened(located, moved)
  const progress = createProgress(context, 'Reading')
  const states = new Map<string, State>()
  const { sessions, diagnostics } = await openSessions(located.declaration, {
    env: io.env,
    cwd: io.cwd,
    clock: io.clock,
    random: io.random,
    covers: located.covers,
    source: located.source,
    isWhole: located.isWhole,
    store: (name) => noting(located.store(name), (state) => states.set(name, state)),
    tokens: located.tokens,
    onForecast: progress.onForecast,
    onCall: progress.onCall,
    ...(options.sandbox !== undefined && { sandboxUrl: options.sandbox.replace(/\/+$/, '') }),
  })
  const stateOf = (organization: string): State => states.get(organization)!
  return { located, sessions, diagnostics: distinct(diagnostics), stateOf, endProgress: progress.end }
}

const unopened = (located: Located, diagnostics: readonly Diagnostic[]): Opened => ({
  located,
  sessions: [],
  diagnostics,
  stateOf: () => emptyState,
  endProgress: () => {},
})

/** The same store, which also tells what was loaded last. */
const noting = (store: StateStore, note: (state: State) => void): StateStore => ({
  ...store,
  load: async () => {
    const state = await store.load()
    note(state)
    return state
  },
})

/** An organization's pass, with what is to be shown of it. */
export interface Looked {
  readonly view: PlanView
  readonly pass: Pass
}

/** How an organization's plan is answered: nothing, or the way to apply it. */
export type Decide = (view: PlanView, survey: Survey) => Promise<ApplyOptions | undefined>

/** One pass over one organization. Reading stops at once on Ctrl-C; writing finishes the call in flight. */
export async function runSession(
  session: Session,
  opened: Opened,
  run: { readonly context: Context; readonly decide: Decide; readonly approved?: readonly string[] },
): Promise<Looked> {
  const { context, decide, approved } = run
  let isWriting = false
  let view: PlanView | undefined
  const work = session.run(async (survey) => {
    opened.endProgress()
    view = viewOf(session, survey)
    const decision = await decide(view, survey)
    isWriting = decision !== undefined
    return decision
  }, approved)
  try {
    const pass = await interruptible(work, context.io.signal, () => !isWriting)
    return { view: view!, pass }
  } finally {
    opened.endProgress()
  }
}

function viewOf(session: Session, survey: Survey): PlanView {
  const { plan, declared, difference, observed, announced, diagnostics, directory } = survey
  const organization = declared.objects.get('AtlassianOrganization')?.[0]?.spec as AtlassianOrganizationSpec | undefined
  const removals = { ...defaultRemovalLimits, ...organization?.guardrails?.removals }
  const run = { ...defaultRunLimits, ...organization?.guardrails?.run }
  const updated = difference.changes.filter(({ action }) => action === 'update')
  // desire() knows scopes outside the focus; only what was read counts here
  const read = new Set(plan.scopes.map(({ scope }) => scopeId(scope)))
  return {
    organization: session.organization,
    plan,
    diagnostics: distinct(diagnostics),
    coverage: {
      declared: difference.matched.length + updated.length,
      observed: [...observed.resources.values()].filter(({ scope }) => read.has(scopeId(scope))).length,
    },
    reads: { announced, made: session.transport.stats().reads },
    removalLimit: (size) => removalLimit(size, removals),
    runLimit: (size) => Math.max(run.maxEntries, Math.floor((size * run.maxPercent) / 100)),
    isExternal: externalTo(directory),
  }
}

/** The same mistake is found while organizations are told apart and while they are read. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const key = ({ code, message, origin }: Diagnostic): string => JSON.stringify([code, message, origin])
  return [...new Map(diagnostics.map((each) => [key(each), each])).values()]
}

/** Mistakes as code frames on stderr. */
export function noteDiagnostics(
  diagnostics: readonly Diagnostic[],
  { located }: Pick<Opened, 'located'>,
  context: Context,
): void {
  const shown = distinct(diagnostics)
  if (shown.length === 0) return
  context.note(`${renderDiagnostics(shown, located.declaration.texts, context.errorPaint)}\n`)
}

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean => diagnostics.some(isError)
