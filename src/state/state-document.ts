import type { KnownCounts } from '../core/kind.ts'
import type { LedgerEntry } from '../core/ledger.ts'
import type { AppliedManifest, State } from '../core/state.ts'

/** What is kept cannot be understood: nothing is overwritten. */
export class StateUnreadableError extends Error {
  override readonly name = 'StateUnreadableError'
}

interface Stored {
  readonly formatVersion: '1'
  readonly source?: string
  readonly counts: KnownCounts
  readonly ledger: Readonly<Record<string, LedgerEntry>>
  readonly applied: readonly AppliedManifest[]
  readonly approvals: Readonly<Record<string, number>>
  readonly written: Readonly<Record<string, number>>
  /** Not there in a file of the first version. */
  readonly pins?: Readonly<Record<'accounts' | 'groups', Readonly<Record<string, string>>>>
}

/** @throws StateUnreadableError. `place`: for messages. */
export function parseState(text: string, place: string): State {
  const stored = parseJson(text, place)
  if (stored.formatVersion !== '1') throw new StateUnreadableError(`${place} was written by another version of Roster`)
  const { source, counts, applied, ledger, approvals, written, pins } = stored
  const mapOf = <Value>(record: Readonly<Record<string, Value>>) => new Map(Object.entries(record))
  const origin = source === undefined ? {} : { source }
  return {
    ...origin,
    counts,
    applied,
    ledger: mapOf(ledger),
    approvals: mapOf(approvals),
    written: mapOf(written),
    pins: { accounts: mapOf(pins?.accounts ?? {}), groups: mapOf(pins?.groups ?? {}) },
  }
}

function parseJson(text: string, place: string): Stored {
  try {
    return JSON.parse(text) as Stored
  } catch (error) {
    throw new StateUnreadableError(
      `${place} is not JSON: restore it, or delete it to start over (nothing is removed then)`,
      {
        cause: error,
      },
    )
  }
}

/** The same state, the same text. */
export function stateText({ ledger, approvals, written, pins, ...rest }: State): string {
  const record = <Value>(map: ReadonlyMap<string, Value>) =>
    Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)))
  const stored: Stored = {
    formatVersion: '1',
    ...rest,
    ledger: record(ledger),
    approvals: record(approvals),
    written: record(written),
    pins: { accounts: record(pins.accounts), groups: record(pins.groups) },
  }
  return `${JSON.stringify(stored, null, 1)}\n`
}
