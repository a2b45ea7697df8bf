export interface FaultMatch {
  readonly method?: string
  /** The operationId. */
  readonly operation?: string
  /** A prefix of the path where it starts with `/`, else the source of a regular expression; both see the query. */
  readonly path?: string
  /** How often the rule strikes; left out: always. */
  readonly times?: number
  /** How many matching requests pass first. */
  readonly after?: number
  /** 0..1, drawn from the seed of the sandbox and the request, so that the order of arrival changes nothing. */
  readonly probability?: number
}

export type FaultEffect =
  | {
      readonly kind: 'rate-limited'
      /** Left out: no `Retry-After`. */
      readonly retryAfterSeconds?: number
      /** `Retry-After` as a date instead of seconds. */
      readonly asDate?: boolean
      readonly reason?: string
    }
  | {
      readonly kind: 'server-error'
      readonly status?: 500 | 502 | 503 | 504
      /** `after`: the write happens, and the answer hides it. */
      readonly commit: 'before' | 'after'
      readonly retryAfterSeconds?: number
    }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'hang' }
  /** The connection ends half way through the JSON. */
  | { readonly kind: 'cut-body'; readonly commit: 'before' | 'after' }
  /** The request is carried out, and the connection ends without an answer. */
  | { readonly kind: 'drop-connection' }
  | { readonly kind: 'repeated-cursor' }
  /** The chain of pages ends early though there is more. */
  | { readonly kind: 'lost-cursor' }
  | { readonly kind: 'clamped-page'; readonly limit: number }
  | { readonly kind: 'html-error'; readonly status?: number }
  /** Strikes on a write: reads show it only after so many ms or reads. */
  | { readonly kind: 'stale-read'; readonly delayMs?: number; readonly reads?: number }

/** `any`: for each request that it strikes, one of the effects that can strike such a request, drawn from the seed. */
export type RuleEffect = FaultEffect | { readonly kind: 'any' }

export interface FaultRule {
  readonly match: FaultMatch
  readonly effect: RuleEffect
}
