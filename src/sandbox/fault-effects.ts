import type { Answer, PagingFaults } from './exchange.ts'
import type { FaultEffect } from './fault-rule.ts'

type Ending = 'hang' | 'cut' | 'drop'

/** What the effects that strike one request come to. */
export interface FaultPlan {
  readonly delayMs: number
  readonly paging: PagingFaults
  /** Answered instead of carrying the request out. */
  readonly before?: Answer | Ending
  /** Answered instead of the true answer, after the request was carried out. */
  readonly after?: Answer | Ending
  readonly stale?: { readonly delayMs?: number; readonly reads?: number }
}

/** Later effects win over earlier ones of the same sort. */
export function planFaults(effects: readonly FaultEffect[], nowMs: number): FaultPlan {
  return effects.reduce<FaultPlan>((plan, effect) => ({ ...plan, ...partOf(effect, plan, nowMs) }), {
    delayMs: 0,
    paging: {},
  })
}

function partOf(effect: FaultEffect, plan: FaultPlan, nowMs: number): Partial<FaultPlan> {
  switch (effect.kind) {
    case 'rate-limited':
      return { before: rateLimited(effect, nowMs) }
    case 'server-error':
      return { [effect.commit]: serverError(effect) }
    case 'html-error':
      return { before: htmlError(effect.status ?? 502) }
    case 'slow':
      return { delayMs: plan.delayMs + effect.delayMs }
    case 'hang':
      return { before: 'hang' }
    case 'cut-body':
      return { [effect.commit]: 'cut' }
    case 'drop-connection':
      return { after: 'drop' }
    case 'stale-read':
      return { stale: effect }
    default:
      return { paging: { ...plan.paging, ...pagingOf(effect) } }
  }
}

function pagingOf(
  effect: Extract<FaultEffect, { kind: 'repeated-cursor' | 'lost-cursor' | 'clamped-page' }>,
): PagingFaults {
  if (effect.kind === 'clamped-page') return { clampTo: effect.limit }
  return effect.kind === 'lost-cursor' ? { lose: true } : { repeat: true }
}

function rateLimited(effect: Extract<FaultEffect, { kind: 'rate-limited' }>, nowMs: number): Answer {
  const { retryAfterSeconds, asDate = false, reason } = effect
  const at = asDate ? new Date(nowMs + (retryAfterSeconds ?? 0) * 1000).toUTCString() : String(retryAfterSeconds)
  return {
    status: 429,
    body: { code: 429, message: 'Rate limit exceeded' },
    headers: {
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': at }),
      ...(reason === undefined ? {} : { 'ratelimit-reason': reason }),
      'x-ratelimit-remaining': '0',
    },
  }
}

function serverError({ status = 503, retryAfterSeconds }: Extract<FaultEffect, { kind: 'server-error' }>): Answer {
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  return {
    status,
    body: { code: status, message: 'upstream connect error or disconnect/reset before headers' },
    headers,
  }
}

function htmlError(status: number): Answer {
  const page = `<!DOCTYPE html><html><head><title>${status}</title></head><body><h1>Something went wrong</h1></body></html>`
  return { status, body: page, headers: { 'content-type': 'text/html; charset=utf-8' } }
}
