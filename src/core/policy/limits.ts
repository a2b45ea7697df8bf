import { isRemoval, subject, type Change } from '../change.ts'
import type { Hold, Policy, PolicyContext } from '../policy.ts'
import { principalKey } from '../principal.ts'
import { scopeId } from '../resource.ts'

export interface RemovalLimits {
  /** Of the entries of the scope, 0..100. */
  readonly maxPercent: number
  readonly maxEntries: number
  /** Below this size the percentage does not apply, `smallSetMax` does. */
  readonly smallSetBelow: number
  readonly smallSetMax: number
}

export interface RunLimits {
  readonly maxEntries: number
  /** Of everything managed, 0..100; the larger of the two counts. */
  readonly maxPercent: number
}

export const defaultRemovalLimits: RemovalLimits = { maxPercent: 25, maxEntries: 20, smallSetBelow: 10, smallSetMax: 3 }
export const defaultRunLimits: RunLimits = { maxEntries: 20, maxPercent: 2 }
export const defaultUpdatePercent = 30

/** How many removals a scope of this size may lose without somebody's approval. */
export function removalLimit(size: number, limits: RemovalLimits): number {
  if (size < limits.smallSetBelow) return Math.min(limits.smallSetMax, limits.maxEntries)
  return Math.min(limits.maxEntries, Math.floor((size * limits.maxPercent) / 100))
}

const hold = (code: Hold['code'], reason: string): Hold => ({ code, reason, releasable: true })

/** Removals above a share or a number, and any that would empty the set, wait for approval. */
export function scopeRemovalLimit(limits: RemovalLimits): Policy {
  return (changes, { observed }) => {
    const sizes = countBy(observed.resources.values(), (each) => scopeId(each.scope))
    const removals = countBy(changes.filter(isRemoval), (change) => scopeId(subject(change).scope))
    const additions = countBy(
      changes.filter(({ action }) => action === 'create'),
      (change) => scopeId(subject(change).scope),
    )
    return (change) => {
      const id = scopeId(subject(change).scope)
      if (!isRemoval(change)) return undefined
      const [size, count] = [sizes.get(id) ?? 0, removals.get(id) ?? 0]
      if (count === size && !additions.has(id)) return hold('SCOPE_LIMIT', `would remove all ${size} entries`)
      const limit = removalLimit(size, limits)
      return count > limit
        ? hold('SCOPE_LIMIT', `would remove ${count} of ${size} entries, the limit is ${limit}`)
        : undefined
    }
  }
}

/** Of each removal what it counts as, by kind: the leaver who loses it, or itself. */
export type RemovalsByKind = ReadonlyMap<string, ReadonlySet<string>>

/**
 * Per kind and for the whole run; everything that one leaver loses counts once. `recent`: what runs shortly before have
 * removed, which counts as if this one did.
 */
export function runRemovalLimit(
  limits: RunLimits,
  leavers: (change: Change) => string | undefined,
  recent: RemovalsByKind = new Map(),
): Policy {
  const limitFor = (size: number): number => Math.max(limits.maxEntries, Math.floor((size * limits.maxPercent) / 100))
  return (changes, { observed }) => {
    const keys = (all: readonly Change[]) =>
      new Set(all.map((change, index) => leavers(change) ?? `removed now ${index}`))
    const told = (
      now: ReadonlySet<string>,
      before: ReadonlySet<string>,
      size: number,
      of: string,
    ): string | undefined => {
      const [count, limit] = [now.union(before).size, limitFor(size)]
      if (count <= limit) return undefined
      const earlier = before.size === 0 ? '' : ` after ${before.size} shortly before`
      return `this run would remove ${now.size} entries${of}${earlier}, the limit is ${limit}`
    }
    const removals = changes.filter(isRemoval)
    const sizes = countBy(observed.resources.values(), ({ scope }) => scope.kind)
    const over = new Map<string, string | undefined>()
    for (const [kind, all] of Map.groupBy(removals, (change) => subject(change).scope.kind))
      over.set(kind, told(keys(all), recent.get(kind) ?? new Set(), sizes.get(kind) ?? 0, ` of ${kind}`))
    const before = new Set([...recent.values()].flatMap((each) => [...each]))
    const run = told(keys(removals), before, observed.resources.size, '')
    return (change) => {
      const reason = over.get(subject(change).scope.kind) ?? run
      return isRemoval(change) && reason !== undefined ? hold('RUN_LIMIT', reason) : undefined
    }
  }
}

/** A declared leaver: an account that this run suspends or deactivates, or that is not active any more. */
export function leaverOf(
  context: Pick<PolicyContext, 'desired' | 'directory'>,
): (change: Change) => string | undefined {
  const inactive = (accountId: string) => {
    const status = context.directory.accountById(accountId)?.status
    return status === 'deactivated' || status === 'suspended' || status === 'for_deletion'
  }
  const leaving = new Set(
    [...context.desired.entries.values()].flatMap(({ resource: { principal, fields } }) =>
      principal && typeof fields['state'] === 'string' && fields['state'] !== 'Active' ? [principalKey(principal)] : [],
    ),
  )
  return (change) => {
    const { principal } = subject(change)
    if (principal?.type !== 'user' || !('accountId' in principal.account)) return undefined
    const key = principalKey(principal)
    return leaving.has(key) || inactive(principal.account.accountId) ? key : undefined
  }
}

/** Updates of more than this share of a kind wait for approval, from the same absolute floor as removals. */
export function updateLimit(maxPercent: number, floor: number): Policy {
  return (changes, { observed }) => {
    const updates = countBy(
      changes.filter(({ action }) => action === 'update'),
      (change) => subject(change).scope.kind,
    )
    const sizes = countBy(observed.resources.values(), ({ scope }) => scope.kind)
    return (change) => {
      if (change.action !== 'update') return undefined
      const { kind } = change.after.scope
      const [count, size] = [updates.get(kind) ?? 0, sizes.get(kind) ?? 0]
      const limit = Math.max(floor, Math.floor((size * maxPercent) / 100))
      return count > limit
        ? hold('UPDATE_LIMIT', `would change ${count} of ${size} entries of ${kind}, the limit is ${limit}`)
        : undefined
    }
  }
}

/**
 * The first run after install, after a change of source or after the loss of the ledger removes nothing. `applied` are
 * the files of manifests that were applied before; undefined once the whole declaration was.
 */
export function firstRun(applied: ReadonlySet<string> | undefined): Policy {
  const reason = 'a first run removes nothing: read the plan, then apply again'
  return (_, { desired }) =>
    (change) => {
      const isForSilence = isRemoval(change) || (change.action === 'update' && change.why === 'withdrawn')
      if (!applied || !isForSilence) return undefined
      const origins = desired.scopes.get(scopeId(subject(change).scope))?.origins ?? []
      return origins.every(({ file }) => applied.has(file)) ? undefined : hold('FIRST_RUN', reason)
    }
}

function countBy<T>(all: Iterable<T>, key: (each: T) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const each of all) counts.set(key(each), (counts.get(key(each)) ?? 0) + 1)
  return counts
}
