import type { Change, Why } from '../core/change.ts'
import type { HeldChange, Plan, PlanScope } from '../core/plan.ts'
import type { Hold } from '../core/policy.ts'
import type { Fields, Resource, Scope } from '../core/resource.ts'
import type { PlanView } from './summary.ts'

/** Plans by hand, for tests of how they are shown. */

const anywhere: Scope = { kind: 'AtlassianGroupMembership', key: 'g', ref: {}, title: 'Group g' }

export const resource = (title: string, more: Partial<Resource> = {}): Resource => ({
  scope: anywhere,
  key: `user:${title}`,
  ref: {},
  fields: {},
  title,
  ...more,
})

const at = (line?: number) => (line === undefined ? [] : [{ file: 'access/a.yaml', line, column: 7 }])

export const add = (title: string, line?: number, more: Partial<Resource> = {}): Change => ({
  action: 'create',
  after: resource(title, more),
  why: 'declared',
  origins: at(line),
})

export const remove = (title: string, why: Why = 'undeclared'): Change => ({
  action: 'delete',
  before: resource(title),
  why,
  origins: at(3),
})

export const change = (title: string, before: Fields, after: Fields, notes?: readonly [string, string]): Change => ({
  action: 'update',
  before: resource(title, { fields: before, ...(notes && { notes: [notes[0]] }) }),
  after: resource(title, { fields: after, ...(notes && { notes: [notes[1]] }) }),
  why: 'declared',
  origins: at(9),
})

export const held = (what: Change, hold: Partial<Hold> = {}): HeldChange => ({
  change: what,
  hold: { code: 'SCOPE_LIMIT', reason: 'would remove 4 of 8 entries, the limit is 3', releasable: true, ...hold },
})

export function planScope(title: string, more: Partial<PlanScope> = {}): PlanScope {
  const changes = [...(more.changes ?? []), ...(more.held ?? []).map((each) => each.change)]
  return {
    scope: { ...anywhere, key: title, title },
    authority: 'Authoritative',
    origins: at(3),
    promised: false,
    changes: [],
    held: [],
    unmanaged: [],
    observedCount: 8,
    removals: changes.filter(({ action }) => action === 'delete').length,
    digest: '0123456789ab',
    ...more,
  }
}

export function planView(scopes: readonly PlanScope[], more: Partial<PlanView> = {}): PlanView {
  const plan: Plan = { scopes, digest: 'ba9876543210' }
  return {
    organization: 'acme',
    plan,
    diagnostics: [],
    coverage: { declared: 6, observed: 8 },
    reads: { announced: { calls: 5, exact: true }, made: 5 },
    removalLimit: () => 3,
    runLimit: () => 20,
    isExternal: () => false,
    ...more,
  }
}
