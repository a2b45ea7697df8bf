import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Outcome } from '../core/apply.ts'
import { subject, type Change } from '../core/change.ts'
import { isError, type Diagnostic } from '../core/diagnostic.ts'
import type { Plan, PlanScope } from '../core/plan.ts'
import type { Clock } from '../core/ports.ts'
import { scopeId } from '../core/resource.ts'
import { meaningOf } from './summary.ts'

/** A pass over an organization, as it ended. */
export interface PassReport {
  readonly organization: string
  readonly kind: 'sweep' | 'edit'
  readonly plan: Plan
  readonly diagnostics: readonly Diagnostic[]
  readonly outcomes: readonly Outcome[]
  /** Whether every scope was looked at; else what is known of the others stands. */
  readonly isWhole: boolean
  readonly durationMs: number
}

/** Told of what became of organizations. Labels name no person and no account. */
export interface EstateMetrics {
  passed(report: PassReport): void
  /** A pass that ended by an error of its own: nothing is known of it. */
  passFailed(organization: string): void
  /** What was told about the organization is shown no more. */
  forget(organization: string): void
}

type State = 'in_sync' | 'pending' | 'held' | 'unread'

interface Place {
  readonly state: State
  readonly held: readonly string[]
  readonly unmanaged: number
}

interface Tally {
  places: Map<string, Place>
  diagnostics: readonly Diagnostic[]
}

export function createEstateMetrics(registry: Registry, clock: Clock): EstateMetrics {
  const tallies = new Map<string, Tally>()
  gauges(registry, tallies)
  const { changes, duration, success, failures } = passSeries(registry)
  return {
    passed: ({ organization, kind, plan, diagnostics, outcomes, isWhole, durationMs }) => {
      const done = new Set(outcomes.filter(isDone).map(({ change }) => change))
      const seen = plan.scopes.map((each) => [scopeId(each.scope), placeOf(each, done)] as const)
      const before = isWhole ? [] : (tallies.get(organization)?.places ?? [])
      tallies.set(organization, { places: new Map([...before, ...seen]), diagnostics })
      for (const { change, result } of outcomes)
        changes.inc({ organization, kind: subject(change).scope.kind, action: change.action, result })
      duration.observe({ organization, kind }, durationMs / 1000)
      const isGood = outcomes.every(isDone) && !diagnostics.some(isError) && plan.scopes.every(({ unread }) => !unread)
      if (isGood) success.set({ organization }, clock.now() / 1000)
    },
    passFailed: (organization) => failures.inc({ organization }),
    forget: (organization) => {
      tallies.delete(organization)
      success.remove(organization)
    },
  }
}

const isDone = ({ result }: Outcome): boolean => result === 'done' || result === 'confirmed'

function placeOf({ changes, held, unread, unmanaged }: PlanScope, done: ReadonlySet<Change>): Place {
  const meanings = new Set(held.map(({ hold }) => meaningOf(hold)))
  // what waits for Atlassian, or is only watched, waits for nobody's approval
  const isHeld = meanings.has('guardrail') || meanings.has('incomplete')
  const isPending = meanings.size > 0 || changes.some((change) => !done.has(change))
  return {
    state: stateOf(unread !== undefined, isHeld, isPending),
    held: held.map(({ hold }) => hold.code),
    unmanaged: unmanaged.length,
  }
}

function stateOf(isUnread: boolean, isHeld: boolean, isPending: boolean): State {
  if (isUnread) return 'unread'
  if (isHeld) return 'held'
  return isPending ? 'pending' : 'in_sync'
}

function passSeries(registry: Registry) {
  const registers = [registry]
  return {
    changes: new Counter({
      name: 'roster_changes_total',
      help: 'Changes by what became of them',
      labelNames: ['organization', 'kind', 'action', 'result'] as const,
      registers,
    }),
    duration: new Histogram({
      name: 'roster_pass_seconds',
      help: 'How long a pass over an organization takes',
      labelNames: ['organization', 'kind'] as const,
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800],
      registers,
    }),
    success: new Gauge({
      name: 'roster_last_success_timestamp_seconds',
      help: 'When a pass last ended with everything read, understood and written',
      labelNames: ['organization'] as const,
      registers,
    }),
    failures: new Counter({
      name: 'roster_pass_failures_total',
      help: 'Passes that could not be made at all',
      labelNames: ['organization'] as const,
      registers,
    }),
  }
}

function gauges(registry: Registry, tallies: ReadonlyMap<string, Tally>): void {
  const states: readonly State[] = ['in_sync', 'pending', 'held', 'unread']
  counted(registry, tallies, {
    name: 'roster_scopes',
    help: 'Places looked at, by how they stand: a group, the members of one, a role in a project, a space',
    label: 'state',
    count: ({ places }) => {
      const by = Map.groupBy(places.values(), ({ state }) => state)
      return states.map((state) => [state, by.get(state)?.length ?? 0])
    },
  })
  counted(registry, tallies, {
    name: 'roster_held',
    help: 'Changes that are held back, by why',
    label: 'code',
    count: ({ places }) => frequencies([...places.values()].flatMap(({ held }) => held)),
  })
  counted(registry, tallies, {
    name: 'roster_diagnostics',
    help: 'Mistakes and warnings about the declaration, by code',
    label: 'code',
    count: ({ diagnostics }) => frequencies(diagnostics.map(({ code }) => code)),
  })
  counted(registry, tallies, {
    name: 'roster_unread',
    help: 'Places that could not be read completely, so that nothing is changed there',
    count: ({ places }) => [['', [...places.values()].filter(({ state }) => state === 'unread').length]],
  })
  counted(registry, tallies, {
    name: 'roster_unmanaged',
    help: 'Entries that nobody declared',
    count: ({ places }) => [['', [...places.values()].reduce((sum, { unmanaged }) => sum + unmanaged, 0)]],
  })
}

const frequencies = (codes: readonly string[]): readonly (readonly [string, number])[] =>
  [...Map.groupBy(codes, (code) => code)].map(([code, all]) => [code, all.length])

interface Counted {
  readonly name: string
  readonly help: string
  readonly label?: string
  readonly count: (tally: Tally) => readonly (readonly [string, number])[]
}

/** A gauge that counts at each scrape what the tallies hold then. */
function counted(registry: Registry, tallies: ReadonlyMap<string, Tally>, { name, help, label, count }: Counted): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    labelNames: ['organization', ...(label === undefined ? [] : [label])],
    registers: [registry],
    collect: () => {
      gauge.reset()
      for (const [organization, tally] of tallies)
        for (const [value, number] of count(tally))
          gauge.set({ organization, ...(label !== undefined && { [label]: value }) }, number)
    },
  })
}
