import { resumeAtMs, retryAtMs, type Headers } from './rate-headers.ts'

/** How one attempt failed: with an answer, or without one. */
export type Failure =
  { readonly status: number; readonly headers: Headers } | { readonly sent: boolean; readonly transient: boolean }

export interface Attempt {
  /** A write is only ever repeated when it surely was not carried out. */
  readonly write: boolean
  /** How many tries there were, this one included. */
  readonly tries: number
  /** When the first one began, in milliseconds since 1970. */
  readonly startedMs: number
  readonly nowMs: number
  /** In [0, 1). */
  readonly random: () => number
}

const maxTries = 5
export const patienceMs = 120_000
const firstDelayMs = 1_000
const longestDelayMs = 30_000

/**
 * How long to wait before the next try; undefined when there must be none. What the server asks for counts first
 * (reference section 10); without it, exponential backoff with full jitter, so that clients do not come back in step.
 */
export function retryDelayMs(
  failure: Failure,
  { write, tries, startedMs, nowMs, random }: Attempt,
): number | undefined {
  const repeatable = write ? isUntouched(failure) : isTransient(failure)
  if (!repeatable || tries >= maxTries) return undefined
  const asked = askedAtMs(failure, nowMs)
  const backoffMs = Math.round(random() * Math.min(longestDelayMs, firstDelayMs * 2 ** (tries - 1)))
  const delayMs = asked === undefined ? backoffMs : asked - nowMs
  return nowMs + delayMs - startedMs > patienceMs ? undefined : delayMs
}

/** Every answer tells when its window ends; only a 429 means that one must wait for it. */
function askedAtMs(failure: Failure, nowMs: number): number | undefined {
  if (!('status' in failure)) return undefined
  return failure.status === 429 ? resumeAtMs(failure.headers, nowMs) : retryAtMs(failure.headers, nowMs)
}

function isUntouched(failure: Failure): boolean {
  if (!('status' in failure)) return !failure.sent && failure.transient
  return failure.status === 429 || (failure.status === 503 && failure.headers['retry-after'] !== undefined)
}

/** 501 says that there is no such operation, which will be so the next time too. */
function isTransient(failure: Failure): boolean {
  if (!('status' in failure)) return failure.transient
  const { status } = failure
  return status === 429 || status === 408 || (status >= 500 && status !== 501)
}
