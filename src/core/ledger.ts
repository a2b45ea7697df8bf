import { resourceId, type Resource } from './resource.ts'

export type Provenance = 'created' | 'adopted'

/** What Roster itself added or found as declared, by resource id (immutable remote ids). */
export type Ledger = ReadonlyMap<string, LedgerEntry>

export interface LedgerEntry {
  readonly by: Provenance
  /** Id of the scope it is in. */
  readonly scope: string
  /** Milliseconds since 1970. */
  readonly atMs: number
  /** For people reading the file. */
  readonly title: string
}

/** Without a record nothing was ours: losing the ledger never causes a removal. */
export const isOurs = (ledger: Ledger, resource: Resource): boolean =>
  ledger.get(resourceId(resource))?.by === 'created'
