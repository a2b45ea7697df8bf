import type { Policy, PolicyContext } from '../core/policy.ts'
import { kinds } from '../kinds/index.ts'
import {
  incompleteDeclaration,
  kindObjections,
  observeOnly,
  promisedIdentity,
  readOnlyScopes,
  settling,
  suspended,
} from '../core/policy/fail-closed.ts'
import {
  defaultRemovalLimits,
  defaultRunLimits,
  defaultUpdatePercent,
  firstRun,
  leaverOf,
  runRemovalLimit,
  scopeRemovalLimit,
  updateLimit,
  type RemovalLimits,
  type RemovalsByKind,
  type RunLimits,
} from '../core/policy/limits.ts'
import { keepPeople } from '../core/policy/keep-people.ts'
import { guardedScopes, ownIdentity, protectedPrincipals } from '../core/policy/protection.ts'
import { approvePrivileged, keepOrganizationAdmins } from '../core/policy/organization-admins.ts'
import { normalEmail, normalName } from '../core/principal.ts'
import { settleMs, type State } from '../core/state.ts'

/** As declared in `AtlassianOrganization.spec.guardrails`; every part may be left out. */
export interface Guardrails {
  readonly removals?: Partial<RemovalLimits>
  readonly run?: Partial<RunLimits>
  readonly updates?: { readonly maxPercent?: number }
  readonly protected?: {
    readonly emails?: readonly string[]
    readonly accountIds?: readonly string[]
    readonly groups?: readonly string[]
  }
}

export interface PolicyInput {
  readonly guardrails: Guardrails
  /** Of the organization. */
  readonly isSuspended: boolean
  /** E-mails of the accounts whose credentials Roster uses. */
  readonly ownEmails: readonly string[]
  readonly state: State
  readonly source: string
  readonly nowMs: number
  /** By passes of this process shortly before. */
  readonly removedBefore: RemovalsByKind | undefined
}

/** Limits come last, so that they count only what nothing else holds back. */
export function policiesFor(input: PolicyInput): (context: PolicyContext) => readonly Policy[] {
  const { guardrails, isSuspended, ownEmails, state, source, nowMs, removedBefore } = input
  const run = { ...defaultRunLimits, ...guardrails.run }
  const list = guardrails.protected
  return (context) => [
    suspended(isSuspended),
    incompleteDeclaration,
    observeOnly,
    readOnlyScopes,
    kindObjections(kinds),
    protectedPrincipals({
      emails: new Set((list?.emails ?? []).map(normalEmail)),
      accountIds: new Set(list?.accountIds ?? []),
      groups: new Set((list?.groups ?? []).map(normalName)),
    }),
    ownIdentity(new Set(ownEmails.map(normalEmail))),
    guardedScopes,
    settling(state.written, nowMs, settleMs),
    promisedIdentity,
    keepPeople,
    keepOrganizationAdmins,
    approvePrivileged,
    scopeRemovalLimit({ ...defaultRemovalLimits, ...guardrails.removals }),
    updateLimit(guardrails.updates?.maxPercent ?? defaultUpdatePercent, run.maxEntries),
    runRemovalLimit(run, leaverOf(context), removedBefore),
    firstRun(filesApplied(state, source)),
  ]
}

/** None after a change of source: what was applied from there says nothing about a file of the same name here. */
function filesApplied({ source: known, applied }: State, source: string): ReadonlySet<string> | undefined {
  if (known === source) return undefined
  return new Set(known === undefined ? applied.map(({ origin }) => origin.file) : [])
}
