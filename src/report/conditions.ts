import { isError, type Diagnostic } from '../core/diagnostic.ts'
import type { Unread } from '../core/directory.ts'
import type { Outcome } from '../core/apply.ts'
import type { HeldChange } from '../core/plan.ts'
import { isGuardrail, meaningOf } from './summary.ts'

export type ConditionType = 'Ready' | 'Reconciling' | 'Stalled' | 'Drifted' | 'Held' | 'Incomplete'

/** `metav1.Condition`. */
export interface Condition {
  readonly type: ConditionType
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly observedGeneration: number
  /** ISO 8601, UTC. */
  readonly lastTransitionTime: string
}

/** What a pass told of one object: of the manifest itself, and of the scopes that it claims. */
export interface Situation {
  readonly diagnostics: readonly Diagnostic[]
  readonly held: readonly HeldChange[]
  readonly unread: readonly Unread[]
  readonly outcomes: readonly Outcome[]
  /** Changes that were planned and, where nothing was applied, not made. */
  readonly planned: number
  /** Entries that it demands. */
  readonly entries: number
  /** `spec.suspend` of the organization or of the object. */
  readonly suspended: boolean
}

/** Nothing to say of it. */
export const calm: Situation = {
  diagnostics: [],
  held: [],
  unread: [],
  outcomes: [],
  planned: 0,
  entries: 0,
  suspended: false,
}

/** A condition without its times. */
type Judgement = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>

/** Why something waits that nobody has to mend; a later pass goes on by itself. */
const passing = new Set<Diagnostic['code']>(['IDENTITIES_UNREAD', 'CATALOGUE_UNREAD'])
const messageLimit = 1_000
const incomplete = 'IncompleteDeclaration'

/**
 * Ready always, the others only while they are true (kstatus; reference 1.3): Stalled is what only a person can end,
 * Reconciling what the next pass tries again. Messages have no times and no ids of requests, so that what stays the same
 * is written once.
 */
export function judge(situation: Situation): readonly Judgement[] {
  const { diagnostics, held, unread, outcomes, suspended } = situation
  if (suspended) return [ready('Unknown', 'Suspended', 'suspended: nothing is read or written')]
  const mistakes = diagnostics.filter((each) => isError(each) && !passing.has(each.code))
  const waits = [
    ...diagnostics.filter((each) => isError(each) && passing.has(each.code)).map(({ message }) => message),
    ...unread.map(({ message }) => message),
  ]
  const failures = outcomes
    .filter(({ result }) => result === 'failed')
    .map(({ error }) => error?.message ?? 'a change failed')
  const pending = outcomes.filter(({ result }) => result === 'pending' || result === 'skipped').length
  const later = held.filter(({ hold }) => meaningOf(hold) === 'later').length + pending
  const guarded = held.filter(isGuardrail)
  const watched = held.filter(({ hold }) => meaningOf(hold) === 'watched')
  const doubtful = held.filter(({ hold }) => meaningOf(hold) === 'incomplete')
  const doubts = doubtful.slice(0, 1).map(({ hold }) => `${doubtful.length} changes are held: ${hold.reason}`)
  return [
    verdict(situation, { mistakes, waits, failures, guarded, doubts, watched, later }),
    ...reconciling([...waits, ...failures, ...doubts], later),
    ...stalled(mistakes),
    ...some('Drifted', 'DriftDetected', watched, `${watched.length} entries differ, and nothing is written`),
    ...some(
      'Held',
      guarded[0]?.hold.code ?? '',
      guarded,
      `${guarded.length} changes are held: ${guarded[0]?.hold.reason}`,
    ),
    ...some('Incomplete', waits.length > 0 ? 'Unread' : incomplete, [...waits, ...doubts], waits[0] ?? doubts[0] ?? ''),
  ]
}

interface Sorted {
  readonly mistakes: readonly Diagnostic[]
  readonly waits: readonly string[]
  readonly failures: readonly string[]
  readonly guarded: readonly HeldChange[]
  /** Why another manifest, which may claim the same, keeps removals back. */
  readonly doubts: readonly string[]
  readonly watched: readonly HeldChange[]
  readonly later: number
}

function verdict(
  { entries, planned, outcomes }: Situation,
  { mistakes, waits, failures, guarded, doubts, watched, later }: Sorted,
): Judgement {
  const [mistake] = mistakes
  if (mistake) return ready('False', reasonOf(mistake.code), mistake.message)
  if (waits[0] !== undefined) return ready('False', 'Unread', waits[0])
  if (failures[0] !== undefined) return ready('False', 'RemoteRefused', failures[0])
  if (guarded[0]) return ready('False', 'Held', `${guarded.length} changes are held: ${guarded[0].hold.reason}`)
  if (doubts[0] !== undefined) return ready('False', incomplete, doubts[0])
  if (watched.length > 0)
    return ready('False', 'DriftDetected', `${watched.length} entries differ, and nothing is written`)
  if (later > 0) return ready('False', 'Progressing', `${later} changes wait for what was written to show`)
  if (planned > outcomes.length) return ready('False', 'Progressing', `${planned} changes are to be made`)
  return ready('True', 'Succeeded', entries === 1 ? '1 entry is as declared' : `${entries} entries are as declared`)
}

const ready = (status: Judgement['status'], reason: string, message: string): Judgement => ({
  type: 'Ready',
  status,
  reason,
  message: short(message),
})

function reconciling([why]: readonly string[], later: number): readonly Judgement[] {
  if (why !== undefined) return [truth('Reconciling', 'ProgressingWithRetry', why)]
  return later > 0 ? [truth('Reconciling', 'Progressing', `${later} changes are on their way`)] : []
}

const stalled = ([mistake]: readonly Diagnostic[]): readonly Judgement[] =>
  mistake ? [truth('Stalled', reasonOf(mistake.code), mistake.message)] : []

const some = (type: ConditionType, reason: string, found: readonly unknown[], message: string): readonly Judgement[] =>
  found.length > 0 ? [truth(type, reasonOf(reason), message)] : []

const truth = (type: ConditionType, reason: string, message: string): Judgement => ({
  type,
  status: 'True',
  reason,
  message: short(message),
})

/** `UNKNOWN_GROUP` as `UnknownGroup`; what has its capitals already stays. */
const reasonOf = (code: string): string =>
  /^[A-Z][a-z]/.test(code)
    ? code
    : code
        .toLowerCase()
        .split('_')
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join('')

const short = (text: string): string => (text.length > messageLimit ? `${text.slice(0, messageLimit - 1)}…` : text)

/** With their times: a transition is a change of status, not of the words. */
export function conditionsAfter(
  before: readonly Condition[],
  judgements: readonly Judgement[],
  { generation, nowMs }: { readonly generation: number; readonly nowMs: number },
): readonly Condition[] {
  return judgements.map((each) => {
    const known = before.find(({ type, status }) => type === each.type && status === each.status)
    const lastTransitionTime = known?.lastTransitionTime ?? `${new Date(nowMs).toISOString().slice(0, 19)}Z`
    return { ...each, observedGeneration: generation, lastTransitionTime }
  })
}
