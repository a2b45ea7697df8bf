import { isDeepStrictEqual } from 'node:util'
import type { Outcome } from './apply.ts'
import { subject } from './change.ts'
import type { Difference } from './diff.ts'
import {
  noPins,
  PendingIdentityError,
  type Directory,
  type Identities,
  type IdentityNeeds,
  type Pins,
} from './directory.ts'
import type { Kind, KnownCounts } from './kind.ts'
import type { Ledger, LedgerEntry } from './ledger.ts'
import { apiVersion, type Manifest } from './manifest.ts'
import type { DesiredState } from './desire.ts'
import type { ObservedState } from './observe.ts'
import { resourceId, scopeId, type Resource } from './resource.ts'

/** What outlives a run. A value; where it is kept is behind `StateStore`. */
export interface State {
  readonly ledger: Ledger
  /** The declaration as last applied: what is missing from the next one is withdrawn for one last time. */
  readonly applied: readonly AppliedManifest[]
  /** Digest to the time it ends, milliseconds since 1970. */
  readonly approvals: ReadonlyMap<string, number>
  /** `create <resource id>` to the time it was written: a read that does not show it yet is settling, not drift. */
  readonly written: ReadonlyMap<string, number>
  readonly counts: KnownCounts
  /** What declared e-mails and group names meant when they were last applied. */
  readonly pins: Pins
  /** Where the declaration came from when it was last applied as a whole; absent before. */
  readonly source?: string
}

export type AppliedManifest = Pick<Manifest, 'kind' | 'name' | 'namespace' | 'annotations' | 'spec' | 'origin'>

export const emptyState: State = {
  ledger: new Map(),
  applied: [],
  approvals: new Map(),
  written: new Map(),
  counts: {},
  pins: noPins,
}

/** Where state lives: a directory, ConfigMaps, a Git ref. */
export interface StateStore {
  load(): Promise<State>
  /** Takes it for writing. @throws LockedError where somebody else has it for longer than the store waits */
  hold(): Promise<HeldState>
}

/** State that nobody else writes until `release`. */
export interface HeldState {
  /** As it is now, which may be another one than `load` gave. */
  readonly state: State
  /** How often it is worth saving while writes go on: what was written since the last time is lost with the process. */
  readonly checkpointMs: number
  /** Whether it is still ours. To be asked before each write to the outside. */
  isHeld(): boolean
  /** As often as is wished. @throws StateMovedError where it is not ours any more */
  save(state: State): Promise<void>
  release(): Promise<void>
}

/** Somebody else has written the state since it was read: what rests on it is void, and nothing was overwritten. */
export class StateMovedError extends Error {
  override readonly name = 'StateMovedError'
  readonly code = 'STATE_MOVED'
}

/** Somebody else holds the state. */
export class LockedError extends Error {
  override readonly name = 'LockedError'
  readonly code = 'LOCKED'
}

export const settleMs = 60_000

/**
 * Manifests that were applied and are gone, each for one last time; and those that said something else when they were
 * applied: what they claim no more is withdrawn just so.
 */
export function retired(state: State, manifests: readonly Manifest[], covers: (file: string) => boolean): Manifest[] {
  const present = new Map(manifests.map((each) => [nameOf(each), each.spec]))
  const isAsBefore = (each: AppliedManifest) => isDeepStrictEqual(present.get(nameOf(each)), each.spec)
  return state.applied
    .filter((each) => !(present.has(nameOf(each)) && isAsBefore(each)) && covers(each.origin.file))
    .filter(({ annotations }) => annotations?.['roster.dev/deletion'] !== 'Retain')
    .map((each) => ({ ...each, apiVersion, retired: true, locate: () => each.origin }))
}

const nameOf = ({ kind, namespace = '', name }: Pick<Manifest, 'kind' | 'namespace' | 'name'>) =>
  `${kind}/${namespace}/${name}`

export interface Applied {
  readonly manifests: readonly Manifest[]
  /** Whether a file was part of this run. */
  readonly covers: (file: string) => boolean
  readonly difference: Difference
  readonly desired: DesiredState
  readonly observed: ObservedState
  readonly outcomes: readonly Outcome[]
  readonly identities: Identities
  readonly kinds: ReadonlyMap<string, Kind>
  /** Absent where only a part was applied. */
  readonly source?: string
  readonly nowMs: number
}

/** State after an apply. Pure. */
export function nextState(state: State, applied: Applied): State {
  const { nowMs, outcomes, source, manifests, covers } = applied
  const succeeded = outcomes.filter(({ result }) => result === 'done' || result === 'confirmed')
  const recent = [...state.written].filter(([, atMs]) => nowMs - atMs < settleMs)
  const kept = state.applied.filter(({ origin }) => !covers(origin.file))
  const unfinished = unfinishedWithdrawals(state, applied)
  return {
    ...state,
    ...(source !== undefined && { source }),
    ledger: nextLedger(state, applied, succeeded),
    applied: [
      ...kept,
      ...unfinished,
      ...manifests.filter((each) => !each.retired && covers(each.origin.file)).map(portable),
    ],
    written: new Map([...recent, ...writtenBy(succeeded, nowMs)]),
    approvals: new Map([...state.approvals].filter(([, untilMs]) => untilMs > nowMs)),
  }
}

const writtenBy = (succeeded: readonly Outcome[], nowMs: number): readonly (readonly [string, number])[] =>
  succeeded.map(({ change }) => [`${change.action} ${resourceId(subject(change))}`, nowMs])

/**
 * State in the middle of an apply. What was declared before stays declared, and what is declared now is known to be: either
 * may have given access by now.
 */
export function checkpointState(state: State, applied: Applied): State {
  const { covers, manifests, outcomes, nowMs } = applied
  const succeeded = outcomes.filter(({ result }) => result === 'done' || result === 'confirmed')
  const known = Map.groupBy(state.applied, nameOf)
  const isKnown = (each: Manifest) => known.get(nameOf(each))?.some((other) => isSame(other, each)) ?? false
  const begun = manifests.filter((each) => !each.retired && covers(each.origin.file) && !isKnown(each))
  return {
    ...state,
    ledger: nextLedger(state, applied, succeeded),
    applied: [...state.applied, ...begun.map(portable)],
    written: new Map([...state.written, ...writtenBy(succeeded, nowMs)]),
  }
}

interface Named {
  readonly needs: Pick<IdentityNeeds, 'emails' | 'groupNames'>
  readonly directory: Pick<Directory, 'account' | 'group'>
  readonly identities: Identities
  /** Whether names that are not declared any more can be forgotten. */
  readonly isWhole: boolean
}

/** What the declared names mean now. Of one that means nothing, or something else than before, the old meaning is kept. */
export function nextPins(pins: Pins, { needs, directory, identities, isWhole }: Named): Pins {
  const renewed = (
    old: ReadonlyMap<string, string>,
    names: ReadonlySet<string>,
    idOf: (name: string) => string | undefined,
  ) => {
    const found = [...names].flatMap((name) => {
      const id = idOf(name) ?? old.get(name)
      return id === undefined ? [] : [[name, id] as const]
    })
    return new Map([...(isWhole ? [] : old), ...found])
  }
  const learned = (find: () => string): string | undefined => {
    try {
      return find()
    } catch (error) {
      if (error instanceof PendingIdentityError) return undefined
      throw error
    }
  }
  return {
    accounts: renewed(
      pins.accounts,
      needs.emails,
      (email) => directory.account(email)?.accountId ?? learned(() => identities.accountId({ promised: email })),
    ),
    groups: renewed(
      pins.groups,
      needs.groupNames,
      (name) => directory.group(name)?.groupId ?? learned(() => identities.groupId({ promised: name })),
    ),
  }
}

/** A manifest that is gone is remembered until everything it had added is withdrawn: a failed or held removal is tried again. */
function unfinishedWithdrawals(
  state: State,
  { manifests, desired, observed, difference, outcomes }: Applied,
): AppliedManifest[] {
  const done = new Set(
    outcomes.flatMap(({ change, result }) => (result === 'done' || result === 'confirmed' ? [change] : [])),
  )
  const open = new Set(
    difference.changes.filter((change) => !done.has(change)).map((change) => scopeId(subject(change).scope)),
  )
  for (const id of observed.unread.keys()) open.add(id)
  const owing = new Set([...desired.scopes].flatMap(([id, { origins }]) => (open.has(id) ? origins : [])))
  const unfinished = manifests.filter(
    (each) => each.retired && (owing.has(each.origin) || desired.unresolved.has(each.origin)),
  )
  // the state may have been read anew since they were made of it
  return state.applied.filter((each) => unfinished.some((other) => isSame(each, other)))
}

const isSame = (one: AppliedManifest, other: AppliedManifest): boolean =>
  nameOf(one) === nameOf(other) && isDeepStrictEqual(one.spec, other.spec)

const portable = ({ kind, name, namespace, annotations, spec, origin }: Manifest): AppliedManifest => ({
  kind,
  name,
  spec,
  origin,
  ...(namespace !== undefined && { namespace }),
  ...(annotations !== undefined && { annotations }),
})

function nextLedger(
  state: State,
  { difference, desired, observed, identities, kinds, nowMs }: Applied,
  succeeded: readonly Outcome[],
): Ledger {
  const ledger = new Map<string, LedgerEntry>()
  // written a moment ago and not shown yet: it would come back as somebody else's
  const isSettling = (id: string) => nowMs - (state.written.get(`create ${id}`) ?? -Infinity) < settleMs
  for (const [id, entry] of state.ledger)
    if (isSettling(id) || !vanished(id, entry, desired, observed)) ledger.set(id, entry)
  const note = (resource: Resource, by: LedgerEntry['by']) => {
    const real = realized(resource, kinds, identities)
    if (real)
      ledger.set(resourceId(real), {
        by,
        scope: scopeId(real.scope),
        atMs: nowMs,
        title: `${real.title} in ${real.scope.title}`,
      })
  }
  for (const resource of difference.matched) if (!ledger.has(resourceId(resource))) note(resource, 'adopted')
  for (const { change } of succeeded) {
    if (change.action === 'create') note(change.after, 'created')
    else if (change.action === 'delete') ledger.delete(resourceId(change.before))
    else if (!ledger.has(resourceId(change.after))) note(change.after, 'adopted')
  }
  return ledger
}

/** Somebody removed it: should it come back by another hand, it is not ours. */
function vanished(id: string, { scope }: LedgerEntry, desired: DesiredState, observed: ObservedState): boolean {
  return desired.scopes.has(scope) && !observed.unread.has(scope) && !observed.resources.has(id)
}

function realized(resource: Resource, kinds: ReadonlyMap<string, Kind>, identities: Identities): Resource | undefined {
  try {
    return kinds.get(resource.scope.kind)!.realize(resource, identities)
  } catch (error) {
    // created, but its id is not known yet: the next run finds it and adopts it, which removes nothing
    if (error instanceof PendingIdentityError) return undefined
    throw error
  }
}
