import type { Change } from '../change.ts'
import type { DesiredScope, DesiredState } from '../desire.ts'
import type { Origin } from '../diagnostic.ts'
import type { Account, Directory } from '../directory.ts'
import type { Policy, PolicyContext } from '../policy.ts'
import { principalKey, type Principal } from '../principal.ts'
import { resourceId, scopeId, type Resource, type Scope } from '../resource.ts'

/** Builders for tests of policies. */
export const account = (name: string, more: Partial<Account> = {}): Account => ({
  accountId: name,
  email: `${name}@x.io`,
  name,
  type: 'atlassian',
  status: 'active',
  managed: true,
  platformRoles: [],
  groupIds: new Set(),
  ...more,
})

export function directory(
  accounts: readonly Account[],
  members: Readonly<Record<string, readonly string[]>> = {},
): Directory {
  const byId = new Map(accounts.map((each) => [each.accountId, each]))
  const groups = Object.keys(members).map((name) => ({
    groupId: name,
    name,
    managedBy: 'admins',
    deletable: true,
    defaultFor: [],
  }))
  return {
    accounts,
    groups,
    unread: {},
    counts: {},
    provisioningMethod: 'SCIM',
    groupNames: [],
    defaultGroups: new Map(),
    authenticationPolicies: new Map(),
    siteUrls: new Map(),
    changed: () => undefined,
    provisionsGroups: false,
    account: (email) => accounts.find((each) => each.email === email),
    accountById: (id) => byId.get(id),
    group: (name) => groups.find((each) => each.name === name),
    groupById: (id) => groups.find((each) => each.groupId === id),
    members: (id) => (members[id] ?? []).map((name) => byId.get(name)!),
  }
}

export const scope = (key: string, more: Partial<Scope> = {}): Scope => ({
  kind: 'Box',
  key,
  ref: {},
  title: `Box ${key}`,
  ...more,
})
export const holder = (within: Scope, principal: Principal, more: Partial<Resource> = {}): Resource => {
  const key = principalKey(principal)
  return { scope: within, key, ref: {}, fields: {}, title: key, principal, ...more }
}
export const user = (accountId: string): Principal => ({ type: 'user', account: { accountId } })
export const group = (groupId: string): Principal => ({ type: 'group', group: { groupId } })
export const removal = (before: Resource, why: 'undeclared' | 'withdrawn' = 'undeclared'): Change => ({
  action: 'delete',
  before,
  why,
  origins: [],
})
export const addition = (after: Resource): Change => ({ action: 'create', after, why: 'declared', origins: [] })
export const update = (before: Resource, after: Resource): Change => ({
  action: 'update',
  before,
  after,
  why: 'declared',
  origins: [],
})

export interface State {
  readonly scopes: readonly Scope[]
  readonly observed: readonly Resource[]
  readonly directory?: Directory
  readonly desired?: readonly Resource[]
  /** Of the manifests that claim the scopes. */
  readonly origins?: readonly Origin[]
}

export function context({
  scopes,
  observed,
  desired = [],
  origins = [],
  directory: people = directory([]),
}: State): PolicyContext {
  const claimed = scopes.map((each): [string, DesiredScope] => [
    scopeId(each),
    { scope: each, authority: 'Authoritative', origins, promised: false },
  ])
  const entries = new Map(
    desired.map((resource) => [resourceId(resource), { resource, origins: [], observeOnly: false, notes: [] }]),
  )
  const state: DesiredState = {
    scopes: new Map(claimed),
    entries,
    expired: new Map(),
    undecided: new Set(),
    unresolved: new Set(),
    diagnostics: [],
  }
  const resources = new Map(observed.map((each) => [resourceId(each), each]))
  return { desired: state, observed: { resources, unread: new Map() }, directory: people, ledger: new Map() }
}

export const verdicts = (policy: Policy, changes: readonly Change[], within: PolicyContext) => {
  const objection = policy(changes, within)
  return changes.map((change) => objection(change)?.code)
}
