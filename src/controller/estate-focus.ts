import type { Survey } from '../core/reconcile.ts'
import { scopeId } from '../core/resource.ts'
import type { Focus } from '../run/session-options.ts'
import type { Moment, Moves } from './moves.ts'

export interface FocusInput {
  /** Ids of the objects that the pass is about; undefined where it is about all. */
  readonly edited: ReadonlySet<string> | undefined
  /** Objects that somebody has changed since the pass began. An edit comes to them in a pass of its own. */
  readonly changed: ReadonlySet<string>
  readonly moves: Moves
  readonly moment: Moment
}

export interface EstateFocus extends Focus {
  /** Objects that the pass must say nothing about: it has seen a scope of theirs as it is no more. */
  readonly left: ReadonlySet<string>
}

/**
 * What of a pass still counts once it may write. Passes over the same organization run at once, so that an edit need not
 * wait for a sweep: what another one has written meanwhile, and what was changed meanwhile, is left to the next pass.
 */
export function focusOf(survey: Survey, { edited, changed, moves, moment }: FocusInput): EstateFocus {
  const moved = moves.since(moment)
  const scopes = [...survey.desired.scopes.values()]
  const isStale = ({ scope, origins }: (typeof scopes)[number]): boolean =>
    moved.has(scopeId(scope)) || origins.some(({ file }) => changed.has(file))
  const stale = scopes.filter(isStale)
  const dropped = new Set(stale.map(({ scope }) => scopeId(scope)))
  const left = new Set([...changed, ...stale.flatMap(({ origins }) => origins.map(({ file }) => file))])
  const keeps = (id: string): boolean => !dropped.has(id)
  const covers = (file: string): boolean => (edited?.has(file) ?? true) && !left.has(file)
  const touched = edited ? scopes.map(({ scope }) => scopeId(scope)) : changing(survey)
  moves.moved(moment, touched.filter(keeps))
  return { keeps, covers, isWhole: edited === undefined && left.size === 0, left }
}

const changing = ({ plan }: Survey): readonly string[] =>
  plan.scopes.filter(({ changes }) => changes.length > 0).map(({ scope }) => scopeId(scope))
