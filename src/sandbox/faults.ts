import { Ajv } from 'ajv'
import { faultRuleSchema } from './fault-schema.ts'
import { nextRandom } from './random.ts'

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
  /** 0..1, drawn from the seed of the sandbox. */
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

export interface FaultRule {
  readonly match: FaultMatch
  readonly effect: FaultEffect
}

export interface Faults {
  readonly rules: readonly FaultRule[]
  add(rule: FaultRule): void
  clear(): void
}

export interface FaultedRequest {
  readonly method: string
  readonly path: string
  readonly operation: string
}

export interface FaultPicker extends Faults {
  /** The effects that strike this request; counts it. */
  pick(request: FaultedRequest): FaultEffect[]
}

const isFaultRule = new Ajv().compile<FaultRule>(faultRuleSchema)

/** @throws Error where the value is not a rule */
export function parseFaultRule(value: unknown): FaultRule {
  if (isFaultRule(value)) return value
  const [mistake] = isFaultRule.errors ?? []
  throw new Error(`not a fault rule: ${mistake?.instancePath || '/'} ${mistake?.message}`)
}

export function createFaults(seed: number): FaultPicker {
  const random = { randomState: seed }
  const rules: { rule: FaultRule; seen: number; struck: number }[] = []
  return {
    get rules() {
      return rules.map(({ rule }) => rule)
    },
    add: (rule) => void rules.push({ rule: parseFaultRule(rule), seen: 0, struck: 0 }),
    clear: () => void rules.splice(0),
    pick(request) {
      const matching = rules.filter(({ rule }) => matches(rule.match, request))
      const striking = matching.filter((entry) => {
        const { times = Infinity, after = 0, probability = 1 } = entry.rule.match
        entry.seen += 1
        return entry.seen > after && entry.struck < times && (probability >= 1 || nextRandom(random) < probability)
      })
      for (const entry of striking) entry.struck += 1
      return striking.map(({ rule }) => rule.effect)
    },
  }
}

function matches({ method, operation, path }: FaultMatch, request: FaultedRequest): boolean {
  if (method !== undefined && method.toUpperCase() !== request.method) return false
  if (operation !== undefined && operation !== request.operation) return false
  if (path === undefined) return true
  return path.startsWith('/') ? request.path.startsWith(path) : new RegExp(path).test(request.path)
}
