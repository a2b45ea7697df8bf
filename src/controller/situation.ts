import { subject } from '../core/change.ts'
import { absences, type Diagnostic } from '../core/diagnostic.ts'
import type { PlanScope } from '../core/plan.ts'
import { scopeId } from '../core/resource.ts'
import { calm, type Situation } from '../report/conditions.ts'
import { isGuardrail, meaningOf } from '../report/summary.ts'
import type { Pass } from '../run/session.ts'

/** What a pass told of each object, by its id: of the object itself, and of all scopes that it claims. */
export function situationsOf({ survey, outcomes }: Pass): (id: string) => Situation {
  const diagnostics = Map.groupBy(survey.diagnostics, ({ origin }) => origin?.file ?? '')
  const scopes = new Map<string, PlanScope[]>()
  for (const scope of survey.plan.scopes)
    for (const file of filesOf(scope)) scopes.set(file, [...(scopes.get(file) ?? []), scope])
  const made = Map.groupBy(outcomes, ({ change }) => scopeId(subject(change).scope))
  const entries = new Map<string, number>()
  for (const entry of survey.desired.entries.values())
    for (const file of filesOf(entry)) entries.set(file, (entries.get(file) ?? 0) + 1)
  return (id) => {
    const own = scopes.get(id) ?? []
    return {
      ...calm,
      diagnostics: diagnostics.get(id) ?? [],
      held: own.flatMap(withDigest),
      unread: own.flatMap(({ unread }) => unread ?? []),
      outcomes: own.flatMap(({ scope }) => made.get(scopeId(scope)) ?? []),
      planned: own.reduce((sum, { changes }) => sum + changes.length, 0),
      entries: entries.get(id) ?? 0,
    }
  }
}

const filesOf = ({ origins }: Pick<PlanScope, 'origins'>): ReadonlySet<string> =>
  new Set(origins.map(({ file }) => file))

/** Who is to release what is held needs its digest. */
const withDigest = ({ held, digest }: PlanScope): Situation['held'] =>
  held.map(({ change, hold }) => ({
    change,
    hold: hold.releasable ? { ...hold, reason: `${hold.reason} (digest ${digest})` } : hold,
  }))

/** Of the organization itself: whether it can be worked on. */
export const organizationSituation = (id: string, diagnostics: readonly Diagnostic[], entries: number): Situation => ({
  ...calm,
  diagnostics: diagnostics.filter(({ origin }) => origin?.file === id),
  entries,
})

/** Nobody has to mend the object: it goes on by itself. */
export const waiting = (message: string): Situation => ({ ...calm, unread: [{ code: 'UNAVAILABLE', message }] })

/** Atlassian was not read, has refused, or lacks what is named: to be tried again, later each time. */
export const isFailed = ({ unread, outcomes, diagnostics }: Situation): boolean =>
  unread.length > 0 ||
  outcomes.some(({ result }) => result === 'failed') ||
  diagnostics.some(({ code }) => absences.includes(code))

/** It goes on by itself once what was written shows. */
export const isLater = ({ held, outcomes }: Situation): boolean =>
  held.some(({ hold }) => meaningOf(hold) === 'later') ||
  outcomes.some(({ result }) => result === 'pending' || result === 'skipped')

/** Somebody has to approve. */
export const isHeld = ({ held }: Situation): boolean => held.some(isGuardrail)
