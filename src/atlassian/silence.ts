import { ProxyRefusedError } from './dispatcher.ts'

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

export interface Circumstances {
  /** Where the request was to go; a proxy has a name of its own. */
  readonly host: string
  /** Of an answer that had begun. */
  readonly status?: number
}

/** What a thrown network error means, by its code. */
export function silenceOf(error: unknown, { host, status }: Circumstances): Silence {
  const code = codeOf(error)
  const began = status !== undefined
  const detail = began ? undefined : detailOf(error, code, host)
  const base = { code, ...(detail !== undefined && { detail }), ...(began && { status }), cause: error }
  if (began) return { ...base, sent: true, transient: true }
  if (error instanceof ProxyRefusedError) return { ...base, sent: false, transient: error.status >= 500 }
  if (unconnected.has(code)) return { ...base, sent: false, transient: true }
  // A credential with a line break in it never makes a header.
  if (isTlsProblem(code) || code === 'UND_ERR_INVALID_ARG') return { ...base, sent: false, transient: false }
  return { ...base, sent: true, transient: true }
}

/** Raised before a byte of the request is out: Node's `connect` and `getaddrinfo`, undici's timeout and its proxy's. */
const unconnected: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_PRX_CONN',
])

/** OpenSSL verification codes as Node gives them (Node, `tls`, "X509 certificate error codes"). */
const isCertificateProblem = (code: string): boolean =>
  code.startsWith('CERT_') ||
  code.startsWith('ERR_TLS_') ||
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'HOSTNAME_MISMATCH', 'UND_ERR_PRX_TLS'].includes(code) ||
  code.startsWith('UNABLE_TO_')

/** What OpenSSL says in a handshake to somebody who speaks no TLS, or none that both know. */
const notTls: ReadonlySet<string> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_HTTP_REQUEST',
])

const isTlsProblem = (code: string): boolean => isCertificateProblem(code) || notTls.has(code)

/** What a person can do about it. Undefined where the code says it all. */
function detailOf(error: unknown, code: string, host: string): string | undefined {
  if (error instanceof ProxyRefusedError) return `${error.message}${error.status === 407 ? passwordRemedy : ''}`
  const words = details.get(code)
  if (words) return words(host, error)
  if (notTls.has(code)) return `${host} speaks no TLS that is known here`
  return isCertificateProblem(code) ? `the certificate of ${host} is not trusted${authorityRemedy}` : undefined
}

type Words = (host: string, error: unknown) => string

const noAddress: Words = (host, error) => `no address is known for ${at(error, 'hostname') ?? host}`
const nobody: Words = (host, error) => `nobody can be reached at ${at(error, 'address') ?? host}`
const notToday: Words = (host) => `the certificate of ${host} is not valid today; is the clock right?`

const details: ReadonlyMap<string, Words> = new Map([
  ['ENOTFOUND', noAddress],
  ['EAI_AGAIN', noAddress],
  ['ECONNREFUSED', nobody],
  ['EHOSTUNREACH', nobody],
  ['ENETUNREACH', nobody],
  ['UND_ERR_CONNECT_TIMEOUT', (host) => `${host} did not take the connection in time`],
  ['ERR_TLS_CERT_ALTNAME_INVALID', (host) => `the certificate is not for ${host}`],
  ['CERT_HAS_EXPIRED', notToday],
  ['CERT_NOT_YET_VALID', notToday],
  ['TIMEOUT', (host) => `${host} did not answer in time`],
])

const passwordRemedy = ': it wants a user and a password in its address'
const authorityRemedy = '; where a proxy looks into TLS, name the file of its authority by ROSTER_CA_FILE'

/** Node names the machine that was tried, which may be a proxy. Neither has a port or a password in it. */
function at(error: unknown, field: 'hostname' | 'address'): string | undefined {
  const value = (error as Readonly<Record<string, unknown>>)[field]
  if (typeof value !== 'string') return undefined
  const { port } = error as { readonly port?: number }
  return port === undefined ? value : `${value}, port ${port}`
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) throw error
  if ('code' in error && typeof error.code === 'string') return error.code
  // undici's parser has a code for most of what is no HTTP, and none for the rest
  if (error.name === 'HTTPParserError') return 'NOT_HTTP'
  // AbortSignal.timeout raises a DOMException without a code of its own.
  if (error.name === 'TimeoutError') return 'TIMEOUT'
  throw error
}
