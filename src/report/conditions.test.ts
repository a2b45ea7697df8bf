import { describe, expect, test } from 'vitest'
import type { Outcome } from '../core/apply.ts'
import type { Change } from '../core/change.ts'
import type { Diagnostic } from '../core/diagnostic.ts'
import type { Hold } from '../core/policy.ts'
import { calm, conditionsAfter, judge, type Condition, type Situation } from './conditions.ts'

const seen: Situation = { ...calm, entries: 12 }
const scope = { kind: 'Box', key: 'b', ref: {}, title: 'Box b' }
const change: Change = {
  action: 'create',
  after: { scope, key: 'k', ref: {}, fields: {}, title: 'ana' },
  why: 'declared',
  origins: [],
}
const held = (code: Hold['code'], reason = 'because') => [{ change, hold: { code, reason, releasable: true } }]
const mistake = (code: Diagnostic['code'], severity: Diagnostic['severity'] = 'error'): Diagnostic[] => [
  { code, severity, message: 'no group is named "x"' },
]
const outcome = (result: Outcome['result']): Outcome[] => [{ change, result, error: new Error('POST answered 402') }]

/**
 * What kubectl, Flux and other tools make of an object (kstatus, `status/generic.go`): a generation that was not seen,
 * then Reconciling, then Stalled, then Ready.
 */
function kstatus(conditions: readonly Condition[], generation: number): 'Current' | 'InProgress' | 'Failed' {
  const isTrue = (type: string) => conditions.some((each) => each.type === type && each.status === 'True')
  if (conditions.some(({ observedGeneration }) => observedGeneration !== generation)) return 'InProgress'
  if (isTrue('Reconciling')) return 'InProgress'
  if (isTrue('Stalled')) return 'Failed'
  return isTrue('Ready') ? 'Current' : 'InProgress'
}

const table: Record<string, readonly [Partial<Situation>, readonly string[], ReturnType<typeof kstatus>]> = {
  'everything is as declared': [{}, ['Ready=True Succeeded'], 'Current'],
  'what was changed was changed': [{ planned: 1, outcomes: outcome('done') }, ['Ready=True Succeeded'], 'Current'],
  'a warning is no matter': [{ diagnostics: mistake('NOT_WRITABLE', 'warning') }, ['Ready=True Succeeded'], 'Current'],
  'a mistake waits for a person': [
    { diagnostics: mistake('UNKNOWN_GROUP') },
    ['Ready=False UnknownGroup', 'Stalled=True UnknownGroup'],
    'Failed',
  ],
  'names that could not be looked up are tried again': [
    { diagnostics: mistake('IDENTITIES_UNREAD') },
    ['Ready=False Unread', 'Reconciling=True ProgressingWithRetry', 'Incomplete=True Unread'],
    'InProgress',
  ],
  'a place that could not be read likewise': [
    { unread: [{ code: 'UNAVAILABLE', message: 'answered 503' }] },
    ['Ready=False Unread', 'Reconciling=True ProgressingWithRetry', 'Incomplete=True Unread'],
    'InProgress',
  ],
  'a change that Atlassian refused is tried again': [
    { planned: 1, outcomes: outcome('failed') },
    ['Ready=False RemoteRefused', 'Reconciling=True ProgressingWithRetry'],
    'InProgress',
  ],
  'an identity that is not there yet is on its way': [
    { planned: 1, outcomes: outcome('pending') },
    ['Ready=False Progressing', 'Reconciling=True Progressing'],
    'InProgress',
  ],
  'what settles is on its way': [
    { held: held('SETTLING') },
    ['Ready=False Progressing', 'Reconciling=True Progressing'],
    'InProgress',
  ],
  'a guardrail waits for an approval': [
    { held: held('SCOPE_LIMIT') },
    ['Ready=False Held', 'Held=True ScopeLimit'],
    'InProgress',
  ],
  'removals that wait until another manifest is understood are neither made nor forgotten': [
    { held: held('INCOMPLETE_DECLARATION') },
    [
      'Ready=False IncompleteDeclaration',
      'Reconciling=True ProgressingWithRetry',
      'Incomplete=True IncompleteDeclaration',
    ],
    'InProgress',
  ],
  'drift that is only watched': [
    { held: held('OBSERVE_ONLY') },
    ['Ready=False DriftDetected', 'Drifted=True DriftDetected'],
    'InProgress',
  ],
  'what was planned and not applied yet': [{ planned: 2 }, ['Ready=False Progressing'], 'InProgress'],
  'what is suspended is neither true nor false': [{ suspended: true }, ['Ready=Unknown Suspended'], 'InProgress'],
  'a mistake goes before what is tried again': [
    { diagnostics: mistake('UNKNOWN_GROUP'), unread: [{ code: 'UNAVAILABLE', message: 'answered 503' }] },
    [
      'Ready=False UnknownGroup',
      'Reconciling=True ProgressingWithRetry',
      'Stalled=True UnknownGroup',
      'Incomplete=True Unread',
    ],
    'InProgress',
  ],
}

describe('the conditions of an object', () => {
  test.each(Object.entries(table))('%s', (_, [situation, expected, outcomeOfTools]) => {
    const judgements = judge({ ...seen, ...situation })
    expect(judgements.map(({ type, status, reason }) => `${type}=${status} ${reason}`)).toEqual(expected)
    expect(kstatus(conditionsAfter([], judgements, { generation: 3, nowMs: 0 }), 3)).toBe(outcomeOfTools)
  })

  test('are those that the CRD takes, in length and letters', () => {
    const long = { ...seen, diagnostics: [{ ...mistake('UNKNOWN_GROUP')[0]!, message: 'x'.repeat(50_000) }] }
    for (const { reason, message } of judge(long)) {
      expect(reason).toMatch(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)
      expect(message.length).toBeLessThanOrEqual(1_000)
    }
  })

  test('move in time only when their status does', () => {
    const at = (nowMs: number) => ({ generation: 1, nowMs })
    const first = conditionsAfter([], judge({ ...seen, diagnostics: mistake('UNKNOWN_GROUP') }), at(1_000))
    const second = conditionsAfter(first, judge({ ...seen, diagnostics: mistake('UNKNOWN_ROLE') }), at(60_000))
    const third = conditionsAfter(second, judge(seen), at(120_000))
    const ready = (all: readonly Condition[]) => all.find(({ type }) => type === 'Ready')?.lastTransitionTime
    expect([ready(first), ready(second), ready(third)]).toEqual([
      '1970-01-01T00:00:01Z',
      '1970-01-01T00:00:01Z',
      '1970-01-01T00:02:00Z',
    ])
  })
})
