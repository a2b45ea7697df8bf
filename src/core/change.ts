import type { Origin } from './diagnostic.ts'
import type { Resource } from './resource.ts'

export type Action = 'create' | 'update' | 'delete'

/** `withdrawn`: Roster added it and nobody demands it any more. `undeclared`: an authoritative manifest does not name it. */
export type Why = 'declared' | 'withdrawn' | 'undeclared' | 'expired'

interface Reason {
  readonly why: Why
  /** The demands it rests on; for a removal, the manifests that claim the scope. */
  readonly origins: readonly Origin[]
}

export type Change<R extends Resource = Resource> = Reason &
  (
    | { readonly action: 'create'; readonly after: R }
    | { readonly action: 'update'; readonly before: R; readonly after: R }
    | { readonly action: 'delete'; readonly before: R }
  )

export const subject = <R extends Resource>(change: Change<R>): R =>
  change.action === 'delete' ? change.before : change.after

export const isRemoval = (change: Change): boolean => change.action === 'delete'
