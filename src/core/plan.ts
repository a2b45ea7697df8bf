import { createHash } from 'node:crypto'
import { isRemoval, subject, type Change } from './change.ts'
import type { DesiredScope } from './desire.ts'
import type { Difference } from './diff.ts'
import type { Unread } from './directory.ts'
import type { Hold, Policy, PolicyContext } from './policy.ts'
import { compare, resourceId, scopeId, type Resource, type Scope } from './resource.ts'

export interface HeldChange {
  readonly change: Change
  readonly hold: Hold
}

/** What would happen in one scope. */
export interface PlanScope extends DesiredScope {
  /** May be made. */
  readonly changes: readonly Change[]
  readonly held: readonly HeldChange[]
  /** Observed, declared by nobody, left alone. */
  readonly unmanaged: readonly Resource[]
  readonly unread?: Unread
  readonly observedCount: number
  /** Removals asked for, held or not. */
  readonly removals: number
  /** Names exactly this: its changes and the observed entries that they rest on. Void as soon as either moves. */
  readonly digest: string
}

/** What would be done, as a value: printable, comparable, reviewable. */
export interface Plan {
  /** Sorted by title. Every claimed scope, also those without changes. */
  readonly scopes: readonly PlanScope[]
  readonly digest: string
}

export interface Approvals {
  /** Whether the held scope of this digest may pass now. */
  has(digest: string): boolean
}

/** Puts the difference through the policies, one after the other: a later one counts only what the earlier ones let pass. */
export function plan(
  difference: Difference,
  policies: readonly Policy[],
  context: PolicyContext,
  approvals: Approvals,
): Plan {
  const digests = scopeDigests(difference, context)
  const held: HeldChange[] = []
  let passing = difference.changes
  for (const policy of policies) {
    const objection = policy(passing, context)
    passing = passing.filter((change) => {
      const found = objection(change)
      if (!found || (found.releasable && approvals.has(digests.get(scopeId(subject(change).scope))!))) return true
      held.push({ change, hold: found })
      return false
    })
  }
  const scopes = groupByScope({ passing, held, unmanaged: difference.unmanaged }, digests, context)
  return { scopes, digest: sha256(scopes.map(({ digest }) => digest)) }
}

export const plannedChanges = ({ scopes }: Plan): readonly Change[] => scopes.flatMap(({ changes }) => changes)
export const heldChanges = ({ scopes }: Plan): readonly HeldChange[] => scopes.flatMap(({ held }) => held)

interface Sorted {
  readonly passing: readonly Change[]
  readonly held: readonly HeldChange[]
  readonly unmanaged: readonly Resource[]
}

function groupByScope(
  { passing, held, unmanaged }: Sorted,
  digests: ReadonlyMap<string, string>,
  { desired, observed }: PolicyContext,
): PlanScope[] {
  const changesIn = Map.groupBy(passing, (change) => scopeId(subject(change).scope))
  const heldIn = Map.groupBy(held, ({ change }) => scopeId(subject(change).scope))
  const unmanagedIn = Map.groupBy(unmanaged, ({ scope }) => scopeId(scope))
  const observedIn = Map.groupBy(observed.resources.values(), ({ scope }) => scopeId(scope))
  const scopes = [...desired.scopes].map(([id, scope]): PlanScope => {
    const [changes, holds, unread] = [changesIn.get(id) ?? [], heldIn.get(id) ?? [], observed.unread.get(id)]
    return {
      ...scope,
      changes,
      held: holds,
      unmanaged: unmanagedIn.get(id) ?? [],
      ...(unread && { unread }),
      observedCount: observedIn.get(id)?.length ?? 0,
      removals: [...changes, ...holds.map(({ change }) => change)].filter(isRemoval).length,
      digest: digests.get(id)!,
    }
  })
  return scopes.sort((a, b) => compare(a.scope.title, b.scope.title) || compare(a.scope.key, b.scope.key))
}

function scopeDigests({ changes }: Difference, { desired, observed }: PolicyContext): Map<string, string> {
  const changesIn = Map.groupBy(changes, (change) => scopeId(subject(change).scope))
  const observedIn = Map.groupBy(observed.resources.values(), ({ scope }) => scopeId(scope))
  const digests = new Map<string, string>()
  for (const [id, { scope }] of desired.scopes) {
    const rests = (observedIn.get(id) ?? []).map((each) => [resourceId(each), each.fields])
    digests.set(id, sha256([identity(scope), (changesIn.get(id) ?? []).map(essence), rests.sort(byFirst)]))
  }
  return digests
}

const identity = ({ kind, key }: Scope) => [kind, key]
const essence = (change: Change) => [
  change.action,
  resourceId(subject(change)),
  change.action === 'delete' ? null : change.after.fields,
]
const byFirst = (a: readonly unknown[], b: readonly unknown[]): number => compare(String(a[0]), String(b[0]))

/** Twelve hexadecimal digits: short enough to be typed, long enough not to be met by chance. */
const sha256 = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12)
