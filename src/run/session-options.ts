import type { DirectoryMemory } from '../atlassian/directory.ts'
import type { CallEvent, Transport } from '../atlassian/transport.ts'
import type { Outcome } from '../core/apply.ts'
import type { Forecast } from '../core/kind.ts'
import type { Survey } from '../core/reconcile.ts'
import type { StateStore } from '../core/state.ts'
import type { ConnectionOptions } from './connection.ts'
import { createRecentRemovals, type RecentRemovals } from './recent-removals.ts'

/** What of a plan still counts once the state is held. */
export interface Focus {
  /** By scope id. */
  readonly keeps: (id: string) => boolean
  readonly covers: (file: string) => boolean
  /** Whether that is every file. */
  readonly isWhole: boolean
}

export interface PassMemory {
  /** People and groups. A pass over all reads them anew, one over a part what the part names. */
  readonly directory: DirectoryMemory
  readonly removals: RecentRemovals
  /** With its budgets and tokens, as long as nothing changes in the organization's addresses and secrets. */
  connection?: { readonly fingerprint: string; readonly transport: Transport }
}

export const createPassMemory = (): PassMemory => ({ directory: {}, removals: createRecentRemovals() })

export interface SessionOptions extends ConnectionOptions {
  /** Which files are in question; the rest is read for references and shared scopes. */
  readonly covers: (file: string) => boolean
  /** Whether `covers` takes in every file. */
  readonly isWhole: boolean
  /** Which manifests are worked out; the others lend their names. Default: all. */
  readonly expands?: (file: string) => boolean
  /** Names the declaration: another one makes the next run a first run. */
  readonly source: string
  readonly store: (organization: string) => StateStore
  /** Labels of a namespace of the cluster, for delegations by selector. */
  readonly labelsOf?: (namespace: string) => Readonly<Record<string, string>> | undefined
  /** Asked right before each write: whether this process is still the one that may. */
  readonly mayWrite?: () => boolean
  /**
   * For a process that does several passes at once: what of a plan still counts once the state is held, which may have
   * moved meanwhile. Default: all of it, and the state must not have moved.
   */
  readonly focus?: (survey: Survey) => Focus
  /** What passes over the same organization keep between them. Default: nothing. */
  readonly memory?: PassMemory
  /** Every read lets those of other passes with the same memory go first. */
  readonly inBackground?: boolean
  readonly onCall?: (event: CallEvent) => void
  readonly onForecast?: (forecast: Forecast) => void
}

export interface ApplyOptions {
  readonly removalsFirst: boolean
  readonly signal: AbortSignal
  readonly onOutcome?: (outcome: Outcome) => void
}
