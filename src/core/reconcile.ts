import { apply, type ApplyInput, type Outcome } from './apply.ts'
import { subject } from './change.ts'
import { declare, identityNeeds, type Declared } from './declare.ts'
import type { ReachOf } from './delegation.ts'
import { desire, type DesireContext, type DesiredState } from './desire.ts'
import type { Diagnostic } from './diagnostic.ts'
import { diff, type Difference } from './diff.ts'
import type { Directory, IdentityNeeds } from './directory.ts'
import type { Forecast, Kind } from './kind.ts'
import type { Ledger } from './ledger.ts'
import type { Declaration } from './manifest.ts'
import { observe, type ObservedState } from './observe.ts'
import { plan, type Approvals, type Plan } from './plan.ts'
import type { Policy, PolicyContext } from './policy.ts'
import type { Reader } from './ports.ts'
import { createReferences, reachedFrom } from './references.ts'
import { scopeId, type Scope } from './resource.ts'

/** Everything a pass looks at. Nothing in it can write. */
export interface Surroundings {
  readonly kinds: ReadonlyMap<string, Kind>
  readonly reader: Reader
  readonly loadDirectory: (needs: IdentityNeeds) => Promise<Directory>
  readonly forecastDirectory: (needs: IdentityNeeds) => Forecast
  readonly policies: (context: PolicyContext) => readonly Policy[]
  readonly approvals: Approvals
  readonly ledger: Ledger
  readonly nowMs: number
  /** Which manifests are in question, by file; the others are read for what they demand of the same scopes. */
  readonly covers: (file: string) => boolean
  /**
   * Which manifests are worked out at all: those in question, and whoever may share a scope with them. The others are there
   * for the names that they give. Default: all.
   */
  readonly expands?: (file: string) => boolean
  /** Namespace of the organization, whose names everybody may use. */
  readonly home?: string
  /** What a manifest may touch. Default: everything. */
  readonly reachOf?: ReachOf
  /** Reads made so far. */
  readonly readsMade: () => number
  /** Told how many reads the pass will take, first before any, then again once the catalogue is known. */
  readonly onForecast?: (forecast: Forecast) => void
}

export interface Survey {
  readonly needs: IdentityNeeds
  readonly declared: Declared
  readonly directory: Directory
  readonly catalogues: ReadonlyMap<string, unknown>
  readonly desired: DesiredState
  readonly observed: ObservedState
  readonly difference: Difference
  readonly plan: Plan
  readonly diagnostics: readonly Diagnostic[]
  /** Reads announced before the scopes were read. */
  readonly announced: Forecast
}

/** What applying needs on top: made only when there is consent. */
export type WriteSide = Omit<ApplyInput, 'kinds' | 'catalogues' | 'directory' | 'reader'>

export interface Reconciled {
  readonly survey: Survey
  readonly outcomes: readonly Outcome[]
}

/** What may be carried out, the whole survey or a part of it (`narrow`), and the means for it. */
export interface Consent {
  readonly survey: Survey
  readonly means: WriteSide
}

/**
 * One pass: observe, diff, plan, and apply where `consent` hands over the means to write. A dry run is a `consent` that
 * gives nothing.
 */
export async function reconcile(
  declaration: Declaration,
  surroundings: Surroundings,
  consent: (survey: Survey) => Promise<Consent | undefined>,
): Promise<Reconciled> {
  const looked = await look(declaration, surroundings)
  const given = await consent(looked)
  if (!given) return { survey: looked, outcomes: [] }
  const { kinds, reader } = surroundings
  const { survey, means } = given
  const { catalogues, directory } = survey
  return { survey, outcomes: await apply(survey.plan, { ...means, kinds, reader, catalogues, directory }) }
}

async function look(declaration: Declaration, surroundings: Surroundings): Promise<Survey> {
  const { kinds, reader, ledger, expands = () => true } = surroundings
  const declared = declare(declaration, kinds)
  const expanded = only(declared, expands)
  const needs = identityNeeds(expanded, kinds, namedBy(expanded, declared, surroundings))
  const specs = specsByKind(expanded)
  const before = forecastBefore(needs, specs, surroundings)
  surroundings.onForecast?.(before)
  const [directory, catalogues] = await Promise.all([
    surroundings.loadDirectory(needs),
    loadCatalogues(specs, kinds, reader),
  ])
  const desired = desireWithin(declared, { directory, catalogues }, surroundings)
  const scopes = [...desired.scopes.values()].map(({ scope }) => scope)
  const ahead = forecastScopes(scopes, kinds, catalogues)
  // what the catalogue took is known by now: pages, a site's mode, roles of team-managed projects
  const announced = { ...ahead, calls: surroundings.readsMade() + ahead.calls }
  surroundings.onForecast?.(announced)
  const observed = await observe(scopes, { kinds, reader, directory, catalogues })
  const difference = diff(desired, observed, ledger)
  const context = { desired, observed, directory, ledger }
  const planned = plan(difference, surroundings.policies(context), context, surroundings.approvals)
  const diagnostics = [...declared.diagnostics, ...desired.diagnostics]
  return {
    needs,
    declared,
    directory,
    catalogues,
    desired,
    observed,
    difference,
    plan: planned,
    diagnostics,
    announced,
  }
}

type Specs = ReadonlyMap<string, readonly unknown[]>

const specsByKind = ({ objects }: Declared): Specs =>
  new Map([...objects].map(([name, all]) => [name, all.map(({ spec }) => spec)]))

const add = (a: Forecast, b: Forecast): Forecast => ({ calls: a.calls + b.calls, exact: a.exact && b.exact })

function forecastBefore(needs: IdentityNeeds, specs: Specs, { kinds, forecastDirectory }: Surroundings): Forecast {
  return [...specs].map(([name, all]) => kinds.get(name)!.forecastCatalogue(all)).reduce(add, forecastDirectory(needs))
}

function forecastScopes(
  scopes: readonly Scope[],
  kinds: ReadonlyMap<string, Kind>,
  catalogues: ReadonlyMap<string, unknown>,
): Forecast {
  const byKind = Map.groupBy(scopes, ({ kind }) => kind)
  const nothing: Forecast = { calls: 0, exact: true }
  return [...byKind].map(([name, all]) => kinds.get(name)!.forecast(all, catalogues.get(name))).reduce(add, nothing)
}

async function loadCatalogues(
  specs: Specs,
  kinds: ReadonlyMap<string, Kind>,
  reader: Reader,
): Promise<ReadonlyMap<string, unknown>> {
  const loaded = [...specs].map(async ([name, all]) => [name, await kinds.get(name)!.catalogue(all, reader)] as const)
  return new Map(await Promise.all(loaded))
}

/** The manifests that lend their names to those that are worked out. */
function namedBy(expanded: Declared, { objects }: Declared, { kinds, home, expands }: Surroundings) {
  if (!expands) return []
  return reachedFrom([...expanded.objects.values()].flat(), createReferences(objects, kinds, home))
}

function desireWithin(
  declared: Declared,
  found: Pick<DesireContext, 'directory' | 'catalogues'>,
  { kinds, nowMs, covers, expands, reachOf, home }: Surroundings,
): DesiredState {
  const limits = { ...(expands && { expands }), ...(reachOf && { reachOf }), ...(home !== undefined && { home }) }
  return focus(desire(declared, kinds, { ...found, nowMs, ...limits }), covers)
}

const only = (declared: Declared, expands: (file: string) => boolean): Declared => ({
  ...declared,
  objects: new Map(
    [...declared.objects].map(([name, all]) => [name, all.filter(({ manifest }) => expands(manifest.origin.file))]),
  ),
})

/** The same survey without the scopes that `keeps` says no to, by scope id: as if nobody had asked for them. */
export function narrow(survey: Survey, keeps: (id: string) => boolean): Survey {
  const { desired, observed, difference, plan: planned } = survey
  const within = ({ scope }: { readonly scope: Scope }): boolean => keeps(scopeId(scope))
  const some = <Value>(all: ReadonlyMap<string, Value>, test: (value: Value, id: string) => boolean) =>
    new Map([...all].filter(([id, value]) => test(value, id)))
  return {
    ...survey,
    desired: {
      ...desired,
      scopes: some(desired.scopes, within),
      entries: some(desired.entries, ({ resource }) => within(resource)),
      expired: some(desired.expired, ({ resource }) => within(resource)),
    },
    observed: { resources: some(observed.resources, within), unread: some(observed.unread, (_, id) => keeps(id)) },
    difference: {
      changes: difference.changes.filter((change) => within(subject(change))),
      unmanaged: difference.unmanaged.filter(within),
      matched: difference.matched.filter(within),
    },
    plan: { ...planned, scopes: planned.scopes.filter(within) },
  }
}

/** Only the scopes that a manifest in question claims; with all the demands on them, whoever makes them. */
function focus(desired: DesiredState, covers: (file: string) => boolean): DesiredState {
  const scopes = new Map([...desired.scopes].filter(([, { origins }]) => origins.some(({ file }) => covers(file))))
  const within = new Map([...desired.entries].filter(([, { resource }]) => scopes.has(scopeId(resource.scope))))
  return { ...desired, scopes, entries: within }
}
