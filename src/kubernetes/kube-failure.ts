import type { KubeFailure } from './kube-error.ts'

/** HTTP headers as undici gives them, names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>

/** `metav1.Status`, which the API server answers with where it refuses. */
interface StatusBody {
  readonly code?: number
  readonly reason?: string
  readonly message?: string
  readonly details?: {
    readonly causes?: readonly { readonly reason?: string }[]
    readonly retryAfterSeconds?: number
  }
}

const detailLimit = 500

/** An answer other than 2xx. A proxy in between may answer by something else than a Status object. */
export function refusal(request: string, status: number, headers: Headers, text: string): KubeFailure {
  const asked = Number(headers['retry-after'] ?? Number.NaN)
  return {
    ...statusFailure(request, bodyOf(text)),
    status,
    ...(Number.isFinite(asked) && { retryAfterMs: asked * 1000 }),
  }
}

/** The Status object of an ERROR frame in a watch. */
export function statusFailure(request: string, { code, reason, message, details }: StatusBody): KubeFailure {
  const causes = details?.causes?.flatMap((cause) => cause.reason ?? [])
  const seconds = details?.retryAfterSeconds
  return {
    request,
    ...(code !== undefined && { status: code }),
    ...(reason && { reason }),
    ...(causes !== undefined && causes.length > 0 && { causes }),
    ...(seconds !== undefined && { retryAfterMs: seconds * 1000 }),
    ...(message && { detail: message.slice(0, detailLimit) }),
  }
}

/** A thrown network error, by its code. Anything else is a bug, and thrown on. */
export function silence(request: string, error: unknown): KubeFailure {
  const code = codeOf(error)
  if (code === undefined) throw error
  return { request, code, cause: error }
}

function bodyOf(text: string): StatusBody {
  try {
    const body = JSON.parse(text) as StatusBody | null
    return body !== null && typeof body === 'object' ? body : {}
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { message: text.trim() }
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.name === 'HTTPParserError' ? 'NOT_HTTP' : undefined
}
