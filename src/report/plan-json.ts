import type { Outcome } from '../core/apply.ts'
import { subject, type Change } from '../core/change.ts'
import type { Diagnostic, Origin } from '../core/diagnostic.ts'
import type { HeldChange, PlanScope } from '../core/plan.ts'
import { RemoteError } from '../core/remote-error.ts'
import type { Fields, Resource } from '../core/resource.ts'
import type { ExitCode } from './exit-code.ts'
import { summarize, type PlanView } from './summary.ts'

/**
 * Version of the documents that `--json` prints; docs/json has a JSON Schema for each. The minor number grows when fields
 * are added, the major one when a reader must change.
 */
export const formatVersion = '1.0'

export interface PlanDocument {
  readonly views: readonly PlanView[]
  /** Of the declaration as a whole, where no organization could be opened. */
  readonly diagnostics: readonly Diagnostic[]
  readonly exitCode: ExitCode
  /** Present after an apply, by organization. */
  readonly outcomes?: ReadonlyMap<string, readonly Outcome[]>
}

/** docs/json/plan.schema.json */
export function planJson({ views, diagnostics, exitCode, outcomes }: PlanDocument): object {
  return {
    formatVersion,
    type: outcomes ? 'apply' : 'plan',
    exitCode,
    diagnostics: diagnostics.map(diagnosticJson),
    organizations: views.map((view) => organizationJson(view, outcomes)),
  }
}

function organizationJson(view: PlanView, outcomes: PlanDocument['outcomes']): object {
  const done = outcomes?.get(view.organization)
  return {
    name: view.organization,
    digest: view.plan.digest,
    summary: summarize(view.plan),
    coverage: view.coverage,
    reads: { announced: view.reads.announced.calls, exact: view.reads.announced.exact, made: view.reads.made },
    removalLimits: { run: view.runLimit(summarize(view.plan).observed) },
    diagnostics: view.diagnostics.map(diagnosticJson),
    scopes: view.plan.scopes.map((scope) => scopeJson(scope, view)),
    ...(done && { outcomes: done.map(outcomeJson) }),
  }
}

export function scopeJson(scope: PlanScope, view: PlanView): object {
  const { kind, key, title } = scope.scope
  return {
    kind,
    key,
    title,
    authority: scope.authority,
    digest: scope.digest,
    origins: scope.origins.map(originJson),
    observed: scope.observedCount,
    removals: scope.removals,
    removalLimit: view.removalLimit(scope.observedCount),
    changes: scope.changes.map(changeJson),
    held: scope.held.map(heldJson),
    unmanaged: scope.unmanaged.map(resourceJson),
    ...(scope.unread && { unread: { ...scope.unread } }),
    ...(scope.incomplete !== undefined && { incomplete: scope.incomplete }),
  }
}

const heldJson = ({ change, hold }: HeldChange): object => ({ ...changeJson(change), hold: { ...hold } })

function changeJson(change: Change): object {
  const { action, why, origins } = change
  return {
    action,
    ...resourceJson(subject(change)),
    ...(change.action !== 'create' && { before: change.before.fields }),
    ...(change.action !== 'delete' && { after: change.after.fields }),
    why,
    origins: origins.map(originJson),
  }
}

interface ResourceJson {
  readonly key: string
  readonly title: string
  readonly fields?: Fields
  readonly keep?: string
  readonly notes?: readonly string[]
}

const resourceJson = ({ key, title, keep, notes, fields }: Resource): ResourceJson => ({
  key,
  title,
  ...(Object.keys(fields).length > 0 && { fields }),
  ...(keep !== undefined && { keep }),
  ...(notes && { notes }),
})

const originJson = ({ file, line, column }: Origin): object => ({
  file,
  ...(line !== undefined && { line }),
  ...(column !== undefined && { column }),
})

export const diagnosticJson = ({ code, severity, message, origin, hint }: Diagnostic): object => ({
  code,
  severity,
  message,
  ...(origin && {
    origin: { ...originJson(origin), ...(origin.endColumn !== undefined && { endColumn: origin.endColumn }) },
  }),
  ...(hint !== undefined && { hint }),
})

/** One change that was tried. */
function outcomeJson({ change, result, error, reason }: Outcome): object {
  const { scope } = subject(change)
  const failure = error instanceof RemoteError ? error.failure : undefined
  return {
    result,
    scope: { kind: scope.kind, key: scope.key, title: scope.title },
    change: changeJson(change),
    ...(reason !== undefined && { reason }),
    ...(error && { error: error.message }),
    ...(failure && { request: failure.request, ...(failure.status !== undefined && { status: failure.status }) }),
  }
}
