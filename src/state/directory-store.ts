import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KnownCounts } from '../core/kind.ts'
import type { LedgerEntry } from '../core/ledger.ts'
import { emptyState, type AppliedManifest, type State, type StateStore } from '../core/state.ts'

/** The file cannot be understood: nothing is overwritten. */
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

/** State as one JSON file per organization in a directory, replaced as a whole: a crash leaves the old or the new one. */
export function createDirectoryStore(directory: string, organization: string): StateStore {
  const file = join(directory, `${encodeURIComponent(organization)}.state.json`)
  return {
    async load() {
      const text = await readIfThere(file)
      return text === undefined ? emptyState : parse(text, file)
    },
    async save(state) {
      await mkdir(directory, { recursive: true })
      await writeFile(`${file}.new`, `${JSON.stringify(serialize(state), null, 1)}\n`, { mode: 0o600 })
      await rename(`${file}.new`, file)
    },
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function parse(text: string, file: string): State {
  const stored = parseJson(text, file)
  if (stored.formatVersion !== '1') throw new StateUnreadableError(`${file} was written by another version of Roster`)
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

function parseJson(text: string, file: string): Stored {
  try {
    return JSON.parse(text) as Stored
  } catch (error) {
    throw new StateUnreadableError(
      `${file} is not JSON: restore it, or delete it to start over (nothing is removed then)`,
      {
        cause: error,
      },
    )
  }
}

function serialize({ ledger, approvals, written, pins, ...rest }: State): Stored {
  const record = <Value>(map: ReadonlyMap<string, Value>) =>
    Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)))
  return {
    formatVersion: '1',
    ...rest,
    ledger: record(ledger),
    approvals: record(approvals),
    written: record(written),
    pins: { accounts: record(pins.accounts), groups: record(pins.groups) },
  }
}
