export interface KubeFailure {
  /** `PATCH leases`: method and plural, with the subresource where there is one. */
  readonly request: string
  /** HTTP status, or the `code` of an ERROR frame of a watch; absent where no answer came. */
  readonly status?: number
  /** `reason` of the Status object: `Conflict`, `NotFound`, `Expired`. */
  readonly reason?: string
  /** `reason` of each of its causes: `ResourceVersionTooLarge`, `FieldManagerConflict`. */
  readonly causes?: readonly string[]
  /** Of Node, undici or this client, where no whole answer came: `ECONNREFUSED`, `INACTIVE`, `DEADLINE`, `CUT`. */
  readonly code?: string
  /** How long the server asks to wait. */
  readonly retryAfterMs?: number
  /** The server's words, shortened. For people; never decided upon. */
  readonly detail?: string
  readonly cause?: unknown
}

/** A call to the Kubernetes API that did not succeed. Retries are already spent. */
export class KubeError extends Error {
  override readonly name = 'KubeError'
  readonly failure: KubeFailure

  constructor(failure: KubeFailure) {
    const what = failure.status === undefined ? 'got no answer' : `answered ${failure.status}`
    const why = [failure.reason ?? failure.code, failure.detail].filter((part) => part !== undefined).join(': ')
    super(`${failure.request} ${what}${why === '' ? '' : ` ${why}`}`, { cause: failure.cause })
    this.failure = failure
  }

  get status(): number | undefined {
    return this.failure.status
  }

  get reason(): string | undefined {
    return this.failure.reason
  }

  get retryAfterMs(): number | undefined {
    return this.failure.retryAfterMs
  }
}

/** Whether `error` is an answer of the API server with this HTTP status. */
export const isKubeStatus = (error: unknown, status: number): boolean =>
  error instanceof KubeError && error.status === status
