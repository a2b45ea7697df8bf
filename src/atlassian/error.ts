import { RemoteError } from '../core/remote-error.ts'
import { factsOf, type Facts } from './error-body.ts'
import type { Headers } from './rate-headers.ts'

/** An HTTP answer, read to its end. */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Headers
  readonly text: string
}

/** Why no whole answer came. `sent`: the request may have reached Atlassian. */
export interface Silence {
  readonly sent: boolean
  /** Trying again can help. A certificate that does not fit stays that way. */
  readonly transient: boolean
  readonly code: string
  readonly detail?: string
  /** Status line of an answer whose body did not come whole. */
  readonly status?: number
  readonly cause?: unknown
}

const detailLimit = 300

/** An answer other than 2xx. `secrets` are cut out of what the server says, in case it quotes the request. */
export function refusal(request: string, { status, headers, text }: Answer, secrets: readonly string[]): RemoteError {
  const facts = factsOf(text)
  const traceId = facts.traceId ?? first(headers['atl-traceid'])
  return new RemoteError({
    request,
    status,
    ...shown({ ...facts, ...(status >= 300 && status < 400 && { detail: 'redirects are not followed' }) }, secrets),
    ...(traceId !== undefined && { traceId }),
    effect: mayHaveRun(status, headers) ? 'unknown' : 'refused',
  })
}

/** No answer, or one that was cut off or cannot be read. */
export function noAnswer(request: string, silence: Silence, secrets: readonly string[]): RemoteError {
  const { sent, code, detail, status, cause } = silence
  return new RemoteError({
    request,
    ...(status !== undefined && { status }),
    ...shown({ code, ...(detail !== undefined && { detail }) }, secrets),
    effect: sent ? 'unknown' : 'refused',
    ...(cause !== undefined && { cause }),
  })
}

/** A 4xx says that nothing was done, except 408; 503 with Retry-After says "not now" (reference section 10). */
function mayHaveRun(status: number, headers: Headers): boolean {
  if (status === 503) return headers['retry-after'] === undefined
  return status >= 500 || status === 408
}

function shown({ code, detail }: Facts, secrets: readonly string[]): Pick<Facts, 'code' | 'detail'> {
  const words = detail?.replaceAll(/\s+/g, ' ').trim()
  return {
    ...(code !== undefined && { code: shorten(redact(code, secrets)) }),
    ...(words && { detail: shorten(redact(words, secrets)) }),
  }
}

const shorten = (text: string): string => (text.length <= detailLimit ? text : `${text.slice(0, detailLimit - 1)}…`)

function redact(text: string, secrets: readonly string[]): string {
  const without = secrets.reduce((rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, '[secret]')), text)
  return without.replaceAll(/\b(Bearer|Basic)\s+[\w.~+/=:-]+/gi, '$1 [secret]')
}

const first = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'object' ? value[0] : value

/**
 * What a thrown network error means, by its code. The codes of the first list are raised before a byte of the request
 * is out (Node `connect` and `getaddrinfo` errors, undici's connect timeout).
 */
export function silenceOf(error: unknown, status?: number): Silence {
  const code = codeOf(error)
  const base = { code, ...(status !== undefined && { status }), cause: error }
  if (status === undefined && unconnected.has(code)) return { ...base, sent: false, transient: true }
  // A credential with a line break in it never makes a header.
  if (status === undefined && (isCertificateProblem(code) || code === 'UND_ERR_INVALID_ARG'))
    return { ...base, sent: false, transient: false }
  return { ...base, sent: true, transient: true }
}

const unconnected: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** OpenSSL verification codes as Node gives them (Node, `tls`, "X509 certificate error codes"). */
const isCertificateProblem = (code: string): boolean =>
  code.startsWith('CERT_') ||
  code.startsWith('ERR_TLS_') ||
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'HOSTNAME_MISMATCH'].includes(code) ||
  code.startsWith('UNABLE_TO_')

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) throw error
  if ('code' in error && typeof error.code === 'string') return error.code
  // AbortSignal.timeout raises a DOMException without a code of its own.
  if (error.name === 'TimeoutError') return 'TIMEOUT'
  throw error
}
