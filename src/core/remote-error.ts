export interface RemoteFailure {
  /** `GET /rest/api/3/project/{projectIdOrKey}/role/{id}`: the template, so no identity and no secret. */
  readonly request: string
  /** HTTP status; absent where no answer came. */
  readonly status?: number
  /** The API's own code, e.g. `ADMIN-403-6` or a SCIM `scimType`. */
  readonly code?: string
  /** The API's own words, shortened, without secrets. For people; never decided upon. */
  readonly detail?: string
  /**
   * `refused`: nothing was changed. `unknown`: it may have been carried out (a timeout, a cut answer, a 5xx): read back
   * before deciding.
   */
  readonly effect: 'refused' | 'unknown'
  /** For the support of Atlassian. */
  readonly traceId?: string
  readonly cause?: unknown
}

/** A call to Atlassian that did not succeed. Retries are already spent. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError'
  readonly failure: RemoteFailure

  constructor(failure: RemoteFailure) {
    const what = failure.status === undefined ? 'got no answer' : `answered ${failure.status}`
    const code = failure.code === undefined ? '' : ` ${failure.code}`
    super(`${failure.request} ${what}${code}${failure.detail === undefined ? '' : `: ${failure.detail}`}`, {
      cause: failure.cause,
    })
    this.failure = failure
  }

  get status(): number | undefined {
    return this.failure.status
  }
}

/** A list that did not close, repeated a cursor or disagrees with its own count: never a base for removals. */
export class IncompleteReadError extends Error {
  override readonly name = 'IncompleteReadError'
}
