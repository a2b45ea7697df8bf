import type { Api } from './exchange.ts'

export interface JournalEntry {
  /** ISO 8601. */
  readonly at: string
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly operation: string
  readonly api: Api
  /** 0 where the connection was cut before an answer. */
  readonly status: number
  readonly write: boolean
  /** Name of the credential in the seed, never its secret; `anonymous` or `unknown` where it is none of ours. */
  readonly credential: string
  /** Only where the sandbox records, and for requests that a route answered; never for OAuth, whose bodies are secrets. */
  readonly recorded?: Recorded
}

export interface Recorded {
  /** Path template of the route, as in Atlassian's OpenAPI file. */
  readonly template: string
  /** Values of the template, decoded. */
  readonly params: Readonly<Record<string, string>>
  /**
   * By name in lower case. Of `authorization` the scheme is kept, of the others the value where it can hold no secret,
   * else ''.
   */
  readonly headers: Readonly<Record<string, string>>
  /** The request's body as it came, '' for none. */
  readonly sent: string
  /** The body of the answer before it is written as JSON; undefined where it is empty or none was sent. */
  readonly answered: unknown
  /** The answer is a fault's or a rate limit's, not the route's. */
  readonly faulted: boolean
}

/** Every request in order of arrival, the sandbox's own `/_sandbox/…` left out. */
export interface Journal {
  readonly entries: readonly JournalEntry[]
  reads(): JournalEntry[]
  writes(): JournalEntry[]
  clear(): void
}

export interface JournalWriter extends Journal {
  add(entry: JournalEntry): void
}

export function createJournal(): JournalWriter {
  const entries: JournalEntry[] = []
  return {
    entries,
    reads: () => entries.filter(({ write }) => !write),
    writes: () => entries.filter(({ write }) => write),
    clear: () => void entries.splice(0),
    add: (entry) => void entries.push(entry),
  }
}
