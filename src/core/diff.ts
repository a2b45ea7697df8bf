import { isDeepStrictEqual } from 'node:util'
import type { Change, Why } from './change.ts'
import { subject } from './change.ts'
import type { DesiredEntry, DesiredState } from './desire.ts'
import { isOurs, type Ledger } from './ledger.ts'
import type { ObservedState } from './observe.ts'
import { compare, resourceId, scopeId, type Fields, type Resource } from './resource.ts'

export interface Difference {
  /** Sorted by resource id. */
  readonly changes: readonly Change[]
  /** Observed, not declared, and none of our business. */
  readonly unmanaged: readonly Resource[]
  /** Declared and observed alike. */
  readonly matched: readonly Resource[]
}

/**
 * What would turn `observed` into `desired`. Scopes that were not read yield nothing.
 *
 *   desired | observed |
 *   --------|----------|-----------------------------------------------------------------------
 *     a     |    -     | create
 *     a     |    a     | nothing, or update when a declared field differs
 *   expired |    a     | delete
 *     -     |    a     | delete when Roster created it, or its scope is Authoritative; else unmanaged
 *     ?     |    a     | nothing: two manifests contradict each other
 */
export function diff(desired: DesiredState, observed: ObservedState, ledger: Ledger): Difference {
  const changes: Change[] = []
  const matched: Resource[] = []
  for (const [id, entry] of desired.entries) {
    if (observed.unread.has(scopeId(entry.resource.scope))) continue
    const before = observed.resources.get(id)
    const change = changeFor(entry, before)
    if (change) changes.push(change)
    else matched.push(before!)
  }
  const unmanaged: Resource[] = []
  for (const [id, before] of observed.resources) {
    if (desired.entries.has(id) || desired.undecided.has(id)) continue
    const why = whyRemove(id, before, desired, ledger)
    if (why === undefined) unmanaged.push(before)
    else changes.push({ action: 'delete', before, why, origins: originsOf(id, before, desired) })
  }
  const order = (a: Resource, b: Resource) => compare(resourceId(a), resourceId(b))
  return {
    changes: changes.sort((a, b) => order(subject(a), subject(b))),
    unmanaged: unmanaged.sort(order),
    matched: matched.sort(order),
  }
}

function changeFor(
  { resource, origins, notes, leftBehind }: DesiredEntry,
  before: Resource | undefined,
): Change | undefined {
  const noted = notes.length > 0 ? { notes: [...(resource.notes ?? []), ...notes] } : {}
  const why = leftBehind ? 'withdrawn' : 'declared'
  if (!before) return { action: 'create', after: { ...resource, ...noted }, why, origins }
  if (agrees(resource.fields, before.fields)) return undefined
  return { action: 'update', before, after: { ...resource, ...noted }, why, origins }
}

/** Only what is declared is compared: a field left out is nobody's concern. */
export const agrees = (declared: Fields, found: Fields): boolean =>
  Object.entries(declared).every(([name, value]) => isDeepStrictEqual(value, found[name]))

function whyRemove(id: string, before: Resource, desired: DesiredState, ledger: Ledger): Why | undefined {
  const scope = desired.scopes.get(scopeId(before.scope))
  if (!scope) return undefined
  if (desired.expired.has(id)) return 'expired'
  if (scope.authority === 'Observe') return undefined
  if (isOurs(ledger, before)) return 'withdrawn'
  return scope.authority === 'Authoritative' && before.keep === undefined ? 'undeclared' : undefined
}

const originsOf = (id: string, before: Resource, desired: DesiredState) =>
  desired.expired.get(id)?.origins ?? desired.scopes.get(scopeId(before.scope))!.origins
