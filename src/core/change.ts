import { isDeepStrictEqual } from 'node:util'
import type { Origin } from './diagnostic.ts'
import type { Json, Resource } from './resource.ts'

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

/**
 * What must not be done for somebody's silence: a removal, what is done to an account that nobody declares any more, and
 * an update of an entry among others that takes something away. An update that can be seen to add only is none; nor is
 * one of a thing that is declared by itself, such as the state of an account.
 */
export function restsOnSilence(change: Change): boolean {
  if (change.action !== 'update') return isRemoval(change)
  if (change.why === 'withdrawn') return true
  const { before, after } = change
  return !after.scope.single && Object.entries(after.fields).some(([name, to]) => !extendsTo(before.fields[name], to))
}

const extendsTo = (from: Json | undefined, to: Json): boolean =>
  from === undefined ||
  isDeepStrictEqual(from, to) ||
  (Array.isArray(from) && Array.isArray(to) && from.every((each) => to.includes(each)))
