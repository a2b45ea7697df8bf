import { isRemoval, restsOnSilence, subject } from '../change.ts'
import type { Hold, Policy } from '../policy.ts'
import type { Kind } from '../kind.ts'
import { resourceId, scopeId } from '../resource.ts'

/**
 * A mistake in a manifest, or in a file, holds the removals of every scope that it claims or might claim (rule 2), and the
 * updates there that take access away.
 */
export const incompleteDeclaration: Policy =
  (_, { desired }) =>
  (change) => {
    const reason = desired.scopes.get(scopeId(subject(change).scope))?.incomplete
    if (!restsOnSilence(change) || reason === undefined) return undefined
    return {
      code: 'INCOMPLETE_DECLARATION',
      reason: `nothing is taken away here until this is mended: ${reason}`,
      releasable: false,
    }
  }

/** An account with a hidden e-mail looks promised while its real grant looks surplus (rule 3). */
export const promisedIdentity: Policy =
  (_, { desired }) =>
  (change) => {
    if (!isRemoval(change) || !desired.scopes.get(scopeId(subject(change).scope))?.promised) return undefined
    return {
      code: 'PROMISED',
      reason: 'waits for the next pass: somebody here is created in this one',
      releasable: false,
    }
  }

/** `authority: Observe` reports and writes nothing. */
export const observeOnly: Policy =
  (_, { desired }) =>
  (change) => {
    const id = resourceId(subject(change))
    const entry = desired.entries.get(id) ?? desired.expired.get(id)
    const only = entry ? entry.observeOnly : desired.scopes.get(scopeId(subject(change).scope))?.authority === 'Observe'
    return only ? { code: 'OBSERVE_ONLY', reason: 'the manifest only observes', releasable: false } : undefined
  }

/** Written a moment ago and not shown by the read yet: settling, not drift (rule 8). */
export function settling(written: ReadonlyMap<string, number>, nowMs: number, settleMs: number): Policy {
  const hold: Hold = { code: 'SETTLING', reason: 'was written a moment ago and is not shown yet', releasable: false }
  return () => (change) => {
    const atMs = written.get(`${change.action} ${resourceId(subject(change))}`)
    return atMs !== undefined && nowMs - atMs < settleMs ? hold : undefined
  }
}

/** Groups of an identity provider, and others that Atlassian would refuse: said at plan time, with the place to change it. */
export const readOnlyScopes: Policy =
  (_, { desired }) =>
  (change) => {
    const { scope } = subject(change)
    const reason = desired.scopes.get(scopeId(scope))?.scope.readOnly ?? scope.readOnly
    return reason === undefined ? undefined : { code: 'READ_ONLY', reason, releasable: false }
  }

/** `spec.suspend` of the organization: everything is shown and nothing is written. */
export function suspended(isSuspended: boolean): Policy {
  const hold: Hold = { code: 'SUSPENDED', reason: 'the organization is suspended by its manifest', releasable: false }
  return () => () => (isSuspended ? hold : undefined)
}

/** What a kind itself refuses to do on the way: turning custom access into a role. */
export function kindObjections(kinds: ReadonlyMap<string, Kind>): Policy {
  return () => (change) => {
    const reason = kinds.get(subject(change).scope.kind)?.objection(change)
    return reason === undefined ? undefined : { code: 'NOT_CONVERTED', reason, releasable: false }
  }
}
