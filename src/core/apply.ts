import { isRemoval, subject, type Action, type Change } from './change.ts'
import { agrees } from './diff.ts'
import { PendingIdentityError, type Directory } from './directory.ts'
import type { Batch, Kind, WriteContext } from './kind.ts'
import type { Plan } from './plan.ts'
import { plannedChanges } from './plan.ts'
import { RemoteError } from './remote-error.ts'
import { resourceId, scopeId, type Resource } from './resource.ts'

/**
 * `done`: written. `confirmed`: the answer did not say so, reading back did. `pending`: waits for an identity that does
 * not exist yet. `skipped`: not tried, because an addition in its scope failed or the run was interrupted.
 */
export type Result = 'done' | 'confirmed' | 'failed' | 'pending' | 'skipped'

export interface Outcome {
  readonly change: Change
  readonly result: Result
  readonly error?: Error
  readonly reason?: string
}

export interface ApplyInput extends Omit<WriteContext, 'catalogue'> {
  readonly kinds: ReadonlyMap<string, Kind>
  readonly catalogues: ReadonlyMap<string, unknown>
  /** Reads accounts and groups afresh, for reading back. */
  readonly reload: () => Promise<Directory>
  /** For incidents: removals go first, and are not held by a failed addition. */
  readonly removalsFirst?: boolean
  readonly onOutcome?: (outcome: Outcome) => void
}

interface Wave {
  readonly kind: Kind
  readonly action: Action
  readonly changes: readonly Change[]
}

/**
 * Adds first, then updates, then removes (rule 4); kinds in the order of their registry, removals in reverse. One
 * failure never stops the others. An interruption lets the calls in flight finish and skips the rest.
 */
export async function apply(plan: Plan, input: ApplyInput): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  const failedAdditions = new Set<string>()
  const record = (outcome: Outcome): void => {
    outcomes.push(outcome)
    const lost = outcome.result === 'failed' || outcome.result === 'pending'
    if (outcome.change.action === 'create' && lost) failedAdditions.add(scopeId(subject(outcome.change).scope))
    input.onOutcome?.(outcome)
  }
  for (const { kind, action, changes } of waves(plan, input)) {
    const isHeld = (change: Change): boolean =>
      action === 'delete' && !input.removalsFirst && failedAdditions.has(scopeId(subject(change).scope))
    const { held = [], going = [] } = Object.groupBy(changes, (change) => (isHeld(change) ? 'held' : 'going'))
    for (const change of held) record({ change, result: 'skipped', reason: 'an addition in the same place failed' })
    await Promise.all(kind.lanes(going).map((lane) => writeLane({ kind, action, changes: lane }, input, record)))
  }
  return outcomes
}

function waves(plan: Plan, { kinds, removalsFirst }: ApplyInput): Wave[] {
  const all = plannedChanges(plan)
  const inOrder = [...kinds.values()]
  const of = (action: Action, order: readonly Kind[]) =>
    order.map((kind) => ({
      kind,
      action,
      changes: all.filter((change) => change.action === action && subject(change).scope.kind === kind.name),
    }))
  const removals = of('delete', inOrder.toReversed())
  const rest = [...of('create', inOrder), ...of('update', inOrder)]
  return (removalsFirst ? [...removals, ...rest] : [...rest, ...removals]).filter(({ changes }) => changes.length > 0)
}

type Record = (outcome: Outcome) => void

/** The batches of one lane go one after the other: their order can matter, and their number is small. */
async function writeLane({ kind, action, changes }: Wave, input: ApplyInput, record: Record): Promise<void> {
  for (const together of kind.batches(changes)) {
    if (input.signal.aborted)
      for (const change of together) record({ change, result: 'skipped', reason: 'interrupted' })
    else await writeBatch(kind, { action, changes: together }, input, record)
  }
}

async function writeBatch(kind: Kind, batch: Batch, input: ApplyInput, record: Record): Promise<void> {
  try {
    const refusals = (await kind.write(batch, contextOf(kind, input))) ?? new Map<Change, RemoteError>()
    for (const change of batch.changes) {
      const error = refusals.get(change)
      if (error) await settle(kind, { ...batch, changes: [change] }, { error, input, record })
      else record({ change, result: 'done' })
    }
  } catch (error) {
    if (error instanceof PendingIdentityError) {
      for (const change of batch.changes) record({ change, result: 'pending', error })
    } else if (error instanceof RemoteError) {
      await settle(kind, batch, { error, input, record })
    } else throw error
  }
}

const contextOf = (kind: Kind, { catalogues, ...input }: ApplyInput) => ({
  ...input,
  catalogue: catalogues.get(kind.name),
})

interface Failure {
  readonly error: RemoteError
  readonly input: ApplyInput
  readonly record: Record
}

/**
 * Decides after a failure by reading, never by repeating (rule 5). Of a refused batch of several, those that are not
 * there yet are tried one by one: one dead account must not keep the others out (rule 6).
 */
async function settle(kind: Kind, batch: Batch, { error, input, record }: Failure): Promise<void> {
  const isThere = worthReading(error) ? await readBack(kind, batch.changes, input) : () => false
  for (const change of batch.changes) {
    if (isThere(change)) record({ change, result: 'confirmed', error })
    else if (batch.changes.length > 1 && concernsOne(error) && !input.signal.aborted) {
      await writeBatch(kind, { ...batch, changes: [change] }, input, record)
    } else record({ change, result: 'failed', error })
  }
}

/** Where the credential is refused, it would be so for each of them alone. */
const concernsOne = ({ failure: { effect, status } }: RemoteError): boolean =>
  effect === 'refused' && status !== 401 && status !== 403

/** "Already there" and "not there" come as 400, 404 or 409; a refusal of another sort needs no look. */
const worthReading = ({ failure: { effect, status } }: RemoteError): boolean =>
  effect === 'unknown' || status === 400 || status === 404 || status === 409

/** Whether live state has what a change asked for; a scope that cannot be read says no. */
async function readBack(
  kind: Kind,
  changes: readonly Change[],
  input: ApplyInput,
): Promise<(change: Change) => boolean> {
  const { reader, catalogues } = input
  const scopes = new Map(changes.map((change) => [scopeId(subject(change).scope), subject(change).scope]))
  const directory = await input.reload()
  const context = { reader, directory, catalogue: catalogues.get(kind.name) }
  const observation = await kind.observe([...scopes.values()], context)
  return (change) => {
    const found = observation.get(subject(change).scope.key)
    return found !== undefined && !('code' in found) && holds(change, found)
  }
}

function holds(change: Change, found: readonly Resource[]): boolean {
  const there = found.find((resource) => resourceId(resource) === resourceId(subject(change)))
  if (isRemoval(change)) return there === undefined
  return there !== undefined && agrees(subject(change).fields, there.fields)
}
