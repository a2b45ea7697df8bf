import type { KubeFailure } from './kube-error.ts'

export interface Tried {
  /** The call may be carried out twice without harm. */
  readonly repeatable: boolean
  readonly tries: number
  readonly maxTries: number
  /** In [0, 1). */
  readonly random: () => number
}

const firstDelayMs = 250
const longestDelayMs = 10_000
/** Whoever is asked to wait longer gives the failure to its caller, who knows what to do meanwhile. */
const longestAskedMs = 60_000

/** How long to wait before the next try; undefined where there must be none. */
export function kubeRetryDelayMs(
  failure: KubeFailure,
  { repeatable, tries, maxTries, random }: Tried,
): number | undefined {
  if (tries >= maxTries) return undefined
  const backoffMs = Math.round(random() * Math.min(longestDelayMs, firstDelayMs * 2 ** (tries - 1)))
  if (isTurnedAway(failure)) {
    const { retryAfterMs = 0 } = failure
    return retryAfterMs > longestAskedMs ? undefined : retryAfterMs + backoffMs
  }
  return repeatable && isTransient(failure) ? backoffMs : undefined
}

/** Priority and fairness, or a server that starts or stops: nothing was done. */
const isTurnedAway = ({ status, retryAfterMs }: KubeFailure): boolean =>
  status === 429 || (status === 503 && retryAfterMs !== undefined)

function isTransient({ status, code = '' }: KubeFailure): boolean {
  if (status !== undefined) return status >= 500 && status !== 501
  return !isCertificateProblem(code)
}

/** Codes of OpenSSL as Node gives them (Node, `tls`, "X509 certificate error codes"): the next try ends the same way. */
const isCertificateProblem = (code: string): boolean =>
  /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_)/.test(code)
