import type { Declaration } from '../core/manifest.ts'
import type { StateStore } from '../core/state.ts'
import type { ConnectionOptions } from '../run/connection.ts'
import type { Candidate, InForce } from '../source/git/revision.ts'

/** A declaration as it was read at one moment. */
export interface Snapshot {
  /** Of Git; of files a digest: another text, another one. */
  readonly commit: string
  readonly declaration: Declaration & {
    /** Text by file as named in origins. */
    readonly texts: ReadonlyMap<string, string>
  }
  /** Where the state sees it stand; absolute. */
  readonly root: string
  /** Files in origins start here. */
  readonly cwd: string
  /** Names the declaration for the state: another one makes the next run a first run. */
  readonly source: string
  readonly store: (organization: string) => StateStore
  readonly tokens: ConnectionOptions['tokens']
}

/** Where declarations come from. */
export interface DeclarationSource {
  readonly type: 'files' | 'git'
  /** Another one: what was in force before the restart counts no more. Holds no credentials. */
  readonly id: string
  /** What the newest one is worth. */
  readonly look: (inForce: InForce<Snapshot>) => Promise<Candidate<Snapshot>>
  /** Calls when a look is worth it before its time. Returns what ends it. */
  readonly watch: (onChange: () => void) => () => void
  /** What was in force before a restart, from what was kept of it. */
  readonly recall: (kept: Kept) => Promise<Snapshot>
}

/** Of a snapshot what outlives the process. */
export type Kept = Pick<Snapshot, 'commit' | 'root'> & Pick<Snapshot['declaration'], 'texts'>
