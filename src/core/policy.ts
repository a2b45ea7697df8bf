import type { Change } from './change.ts'
import type { DesiredState } from './desire.ts'
import type { Directory } from './directory.ts'
import type { Ledger } from './ledger.ts'
import type { ObservedState } from './observe.ts'

export type HoldCode =
  | 'INCOMPLETE_DECLARATION'
  | 'PROMISED'
  | 'OBSERVE_ONLY'
  | 'SETTLING'
  | 'SUSPENDED'
  | 'READ_ONLY'
  | 'NOT_CONVERTED'
  | 'PROTECTED'
  | 'OWN_IDENTITY'
  | 'DEFAULT_GROUP'
  | 'LAST_ONE'
  | 'PRIVILEGED'
  | 'FIRST_RUN'
  | 'SCOPE_LIMIT'
  | 'RUN_LIMIT'
  | 'UPDATE_LIMIT'

export interface Hold {
  readonly code: HoldCode
  /** For people: what was counted, and against which limit. */
  readonly reason: string
  /** Whether `roster approve <digest>` lets it pass. */
  readonly releasable: boolean
}

/** What a policy may look at. Values only. */
export interface PolicyContext {
  readonly desired: DesiredState
  readonly observed: ObservedState
  readonly directory: Directory
  readonly ledger: Ledger
}

/**
 * Looks at all changes that are still to be made, then says of each why it must not be made, or nothing. Pure: no I/O,
 * no clock.
 */
export type Policy = (changes: readonly Change[], context: PolicyContext) => (change: Change) => Hold | undefined
