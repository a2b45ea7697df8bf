import type { Outcome } from '../core/apply.ts'
import { subject } from '../core/change.ts'
import { isError, type Diagnostic } from '../core/diagnostic.ts'
import type { HeldChange, PlanScope } from '../core/plan.ts'
import { scopeId } from '../core/resource.ts'
import type { Log } from '../report/log.ts'
import { meaningOf } from '../report/summary.ts'
import type { Pass } from '../run/session.ts'
import type { Ended } from './agenda.ts'

/** What was told before, so that what stays as it is is not told again at each sweep. */
export interface Memory {
  readonly diagnostics: ReadonlySet<string>
  /** By scope id, what was said of it. */
  readonly places: ReadonlyMap<string, string>
}

export const nothingTold: Memory = { diagnostics: new Set(), places: new Map() }

/** One change, as it was made or not made. */
export function tellOutcome({ change, result, error, reason }: Outcome, log: Log): void {
  const { title, scope } = subject(change)
  const isGood = result === 'done' || result === 'confirmed'
  log[isGood ? 'info' : 'warn'](isGood ? 'changed' : 'not changed', {
    action: change.action,
    result,
    kind: scope.kind,
    subject: title,
    place: scope.title,
    why: change.why,
    at: placesOf(change.origins),
    ...(reason !== undefined && { reason }),
    ...(!isGood && error && { error }),
  })
}

const placesOf = (origins: readonly { readonly file: string; readonly line?: number }[]): readonly string[] =>
  origins.map(({ file, line }) => (line === undefined ? file : `${file}:${line}`))

/** Mistakes and warnings that were not there before. Returns all that are there now. */
export function tellDiagnostics(
  diagnostics: readonly Diagnostic[],
  told: ReadonlySet<string>,
  log: Log,
): ReadonlySet<string> {
  const now = new Map(diagnostics.map((each) => [JSON.stringify([each.code, each.message, each.origin]), each]))
  for (const [key, { code, severity, message, origin, hint }] of now) {
    if (told.has(key)) continue
    const facts = { code, ...(origin && { at: placesOf([origin]) }), ...(hint !== undefined && { hint }) }
    log[severity === 'error' ? 'error' : 'warn'](message, facts)
  }
  return new Set(now.keys())
}

/** Places that are held or unread in another way than before; `isWhole`: others than these are not known any more. */
export function tellPlaces(
  scopes: readonly PlanScope[],
  { told, isWhole, log }: { told: Memory['places']; isWhole: boolean; log: Log },
): Memory['places'] {
  const places = new Map(isWhole ? [] : told)
  for (const place of scopes) {
    const id = scopeId(place.scope)
    const facts = troubleIn(place)
    const said = facts && JSON.stringify(facts)
    if (facts && said !== told.get(id)) log.warn(facts.message, { ...facts.facts, place: place.scope.title })
    if (said === undefined) {
      places.delete(id)
      if (told.has(id)) log.info('nothing is in the way any more', { place: place.scope.title })
    } else places.set(id, said)
  }
  return places
}

function troubleIn({ held, unread, digest, scope, origins }: PlanScope) {
  const common = { kind: scope.kind, at: placesOf(origins) }
  if (unread)
    return {
      message: 'not read, so nothing is changed there',
      facts: { ...common, code: unread.code, reason: unread.message },
    }
  const waiting = held.filter(({ hold }) => meaningOf(hold) !== 'later' && meaningOf(hold) !== 'watched')
  const [first] = waiting
  if (!first) return undefined
  const { code, reason, releasable } = first.hold
  const facts = { ...common, code, reason, held: waiting.length, ...(releasable && { digest }) }
  return { message: 'held back', facts }
}

/** Whether the pass came to its end, and if not, what of it is to be tried again. */
export function endOf({ survey: { plan, diagnostics }, outcomes }: Pass): Ended {
  const bad = outcomes.filter(({ result }) => result !== 'done' && result !== 'confirmed')
  const lost = new Set(bad.map(({ change }) => scopeId(subject(change).scope)))
  const failed = plan.scopes.filter((each) => each.unread !== undefined || lost.has(scopeId(each.scope)))
  // the directory or the catalogue was not there: nothing can be said of what it would have claimed
  const isBlind = diagnostics.some(
    (each) => isError(each) && (each.code === 'IDENTITIES_UNREAD' || each.code === 'CATALOGUE_UNREAD'),
  )
  if (isBlind) return { unfinished: { why: 'failed', touched: 'everything' } }
  const isLater = ({ hold }: HeldChange): boolean => meaningOf(hold) === 'later'
  const waiting = plan.scopes.filter(({ held }) => held.some(isLater))
  if (failed.length + waiting.length === 0) return {}
  const touched = new Set([...failed, ...waiting].flatMap(({ origins }) => origins.map(({ file }) => file)))
  const isPending = bad.length > 0 && bad.every(({ result }) => result === 'pending')
  const isSoon = isPending || failed.length === 0
  return { unfinished: { why: isSoon ? 'later' : 'failed', touched } }
}
