import type { Outcome } from '../src/core/apply.ts'
import type { Hold, HoldCode } from '../src/core/policy.ts'
import { sortByOrganization } from '../src/controller/estates.ts'
import { waiting } from '../src/controller/situation.ts'
import { calm, conditionsAfter, judge, type Condition, type Situation } from '../src/report/conditions.ts'

/** An object, as far as its health is judged by it. */
export interface Judged {
  readonly metadata: { readonly generation: number; readonly deletionTimestamp?: string }
  readonly status: { readonly observedGeneration: number; readonly conditions?: readonly Condition[] }
}

const seen: Situation = { ...calm, entries: 2 }

const mistake: Situation['diagnostics'] = [{ code: 'UNKNOWN_GROUP', severity: 'error', message: 'no such group' }]
const unread: Situation['unread'] = [{ code: 'UNAVAILABLE', message: 'answered 503' }]
const scope = { kind: 'Box', key: 'b', ref: {}, title: 'Box b' }
const change: Outcome['change'] = {
  action: 'create',
  after: { scope, key: 'k', ref: {}, fields: {}, title: 'ana' },
  why: 'declared',
  origins: [],
}
const outcome = (result: Outcome['result']): Situation['outcomes'] => [{ change, result }]
const held = (code: Hold['code']): Situation['held'] => [
  { change, hold: { code, reason: 'because', releasable: true } },
]

/** At generation 2, after a pass that told this. */
export const after = (situation: Partial<Situation>): Judged => ({
  metadata: { generation: 2 },
  status: {
    observedGeneration: 2,
    conditions: conditionsAfter([], judge({ ...seen, ...situation }), { generation: 2, nowMs: 0 }),
  },
})

const { strays } = sortByOrganization([
  { apiVersion: 'roster.dev/v1alpha1', kind: 'AtlassianGroup', metadata: { namespace: 'payments', name: 'devs' } },
])

/** By the words of docs/kstatus.md. */
export const statuses: Readonly<Record<string, Judged>> = {
  'is as declared': after({}),
  'was not looked at yet': { metadata: { generation: 1 }, status: { observedGeneration: -1 } },
  'was changed since the last pass': { ...after({}), metadata: { generation: 3 } },
  'is being deleted': {
    ...after({}),
    metadata: { generation: 2, deletionTimestamp: '2026-11-25T00:00:00Z' },
  },
  'has a mistake that a person must mend': after({ diagnostics: mistake }),
  'belongs to no organization': after({ diagnostics: strays.map(({ diagnostic }) => diagnostic) }),
  'belongs to an organization that cannot be worked on': after(waiting('the organization has a mistake')),
  'could not be read at Atlassian': after({ unread }),
  'has a mistake, and could not be read in full': after({ diagnostics: mistake, unread }),
  'has a change that Atlassian refused': after({ planned: 1, outcomes: outcome('failed') }),
  'has a change that waits for an account or a group to be there': after({ planned: 1, outcomes: outcome('pending') }),
  'has a change that waits until the one before it shows': after({ held: held('SETTLING') }),
  'has changes that were not made yet': after({ planned: 2 }),
  'has changes that a guardrail holds': after({ held: held('SCOPE_LIMIT') }),
  'has removals that another manifest with a mistake holds': after({ held: held('INCOMPLETE_DECLARATION') }),
  'is observed only, and differs': after({ held: held('OBSERVE_ONLY') }),
  'is suspended': after({ suspended: true }),
}

/** One of each hold there is: a code that is missing here is an error of the compiler. */
const holds: Readonly<Record<HoldCode, true>> = {
  INCOMPLETE_DECLARATION: true,
  PROMISED: true,
  OBSERVE_ONLY: true,
  SETTLING: true,
  SUSPENDED: true,
  READ_ONLY: true,
  NOT_CONVERTED: true,
  PROTECTED: true,
  OWN_IDENTITY: true,
  DEFAULT_GROUP: true,
  LAST_ONE: true,
  PRIVILEGED: true,
  FIRST_RUN: true,
  SCOPE_LIMIT: true,
  RUN_LIMIT: true,
  UPDATE_LIMIT: true,
}

/** Every combination of what a pass can tell of one object: with mistakes or not, with each hold or none, and so on. */
export function everySituation(): readonly Situation[] {
  const dimensions: readonly (readonly Partial<Situation>[])[] = [
    [{}, { suspended: true }],
    [{}, { diagnostics: mistake }, { diagnostics: [{ ...mistake[0]!, code: 'IDENTITIES_UNREAD' }] }],
    [{}, { unread }],
    [{}, { planned: 1 }, ...(['done', 'failed', 'pending', 'skipped'] as const).map(planned)],
    [{}, ...(Object.keys(holds) as HoldCode[]).map((code) => ({ held: held(code) }))],
  ]
  return dimensions.reduce<readonly Situation[]>(
    (found, options) => found.flatMap((each) => options.map((option) => ({ ...each, ...option }))),
    [seen],
  )
}

const planned = (result: Outcome['result']): Partial<Situation> => ({ planned: 1, outcomes: outcome(result) })

export type Kstatus = 'Current' | 'InProgress' | 'Failed' | 'Terminating'

/** What kstatus computes, and so Flux and helm --wait (sigs.k8s.io/cli-utils, pkg/kstatus/status/generic.go and status.go). */
export function kstatusOf({ metadata, status }: Judged): Kstatus {
  if (metadata.deletionTimestamp !== undefined) return 'Terminating'
  if (status.observedGeneration !== metadata.generation) return 'InProgress'
  if (isTrue(status, 'Reconciling')) return 'InProgress'
  if (isTrue(status, 'Stalled')) return 'Failed'
  if (!status.conditions) return 'Current'
  return isTrue(status, 'Ready') ? 'Current' : 'InProgress'
}

export const isTrue = ({ conditions = [] }: Judged['status'], type: Condition['type']): boolean =>
  conditions.some((each) => each.type === type && each.status === 'True')

/** Whether `kubectl wait --for=condition=Ready` ends (k8s.io/kubectl, pkg/cmd/wait/condition.go). */
export const endsWaiting = ({ metadata, status }: Judged): boolean =>
  (status.conditions ?? []).some(
    (each) => each.type === 'Ready' && each.status === 'True' && each.observedGeneration >= metadata.generation,
  )
