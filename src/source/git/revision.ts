import type { Diagnostic } from '../../core/diagnostic.ts'

/** Who signed a commit, as the given keys have it. */
export interface Signature {
  readonly method: 'gpg' | 'ssh'
  /** The principal or the user id. */
  readonly signer: string
  readonly fingerprint: string
}

/** A commit, and of its files what is read. */
export interface Revision {
  readonly commit: string
  /** In full, `refs/heads/main`; of a pinned commit, the commit. */
  readonly ref: string
  /** Of the committer, who may have written what they like; milliseconds since 1970. */
  readonly committedAtMs: number
  /** Present where it was asked for, and then it is good. */
  readonly signature?: Signature
  /** Below the root of the repository; empty where it is the root. */
  readonly path: string
  /** Text by path from the root of the repository. */
  readonly files: ReadonlyMap<string, string>
  /** What stands there and is not read. */
  readonly diagnostics: readonly Diagnostic[]
}

export type RefusalReason =
  'UNREACHABLE' | 'REF_GONE' | 'REF_AMBIGUOUS' | 'PATH_GONE' | 'NOT_VERIFIED' | 'NOT_PARSED' | 'TOO_LARGE'

/** Why a revision is not taken. */
export interface Refusal {
  readonly reason: RefusalReason
  readonly message: string
  /** Absent where it is not known which commit would have been taken. */
  readonly commit?: string
}

/** A revision cannot be had, or must not be taken. */
export class RevisionError extends Error {
  override readonly name = 'RevisionError'
  readonly code: `GIT_${RefusalReason}`
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.message)
    this.code = `GIT_${refusal.reason}`
    this.refusal = refusal
  }
}

/** What holds: the last good revision, and why the newest one is not it. `Good` carries at least its commit. */
export interface InForce<Good extends { readonly commit: string }> {
  readonly good?: Good
  /** Absent where the newest revision is in force. */
  readonly refused?: Refusal & { readonly sinceMs: number; readonly times: number }
  /** When the repository was last heard of. Milliseconds since 1970. */
  readonly heardAtMs?: number
}

/** What one look at the repository brought. */
export type Candidate<Good> = { readonly taken: Good } | { readonly refused: Refusal } | { readonly unchanged: string }

/**
 * `taken`: a new revision is in force. `unchanged`: nothing new. `refused`: say it loudly, the last good one stays.
 * `still-refused`: the same refusal again. `mended`: what was refused is no more, and the last good one is the newest.
 */
export type RevisionEvent = 'taken' | 'unchanged' | 'refused' | 'still-refused' | 'mended'

/** What is in force after a look. Nothing that a repository holds takes the last good revision away. Pure. */
export function nextRevision<Good extends { readonly commit: string }>(
  before: InForce<Good>,
  candidate: Candidate<Good>,
  nowMs: number,
): { readonly inForce: InForce<Good>; readonly event: RevisionEvent } {
  if ('taken' in candidate) return { inForce: { good: candidate.taken, heardAtMs: nowMs }, event: 'taken' }
  if ('refused' in candidate) return afterRefusal(before, candidate.refused, nowMs)
  const { good, refused } = before
  if (candidate.unchanged !== good?.commit) return { inForce: { ...before, heardAtMs: nowMs }, event: 'unchanged' }
  return { inForce: { good, heardAtMs: nowMs }, event: refused ? 'mended' : 'unchanged' }
}

function afterRefusal<Good extends { readonly commit: string }>(
  before: InForce<Good>,
  refusal: Refusal,
  nowMs: number,
): { readonly inForce: InForce<Good>; readonly event: RevisionEvent } {
  const { refused } = before
  const isSame = refused?.reason === refusal.reason && refused.commit === refusal.commit
  const [sinceMs, times] = isSame ? [refused.sinceMs, refused.times + 1] : [nowMs, 1]
  const heard = refusal.reason === 'UNREACHABLE' ? {} : { heardAtMs: nowMs }
  return {
    inForce: { ...before, ...heard, refused: { ...refusal, sinceMs, times } },
    event: isSame ? 'still-refused' : 'refused',
  }
}
