import type { Api } from './exchange.ts'

const windowMs = 3_600_000
const quota = 100_000

/** The headers that tell a caller how much of its hour is left; they are told, not enforced. */
export interface RateBudget {
  headers(api: Api, credential: string, nowMs: number): Record<string, string>
}

/**
 * Both families: `X-RateLimit-*` with the reset as an ISO 8601 time on every API, and `RateLimit`, `RateLimit-Policy` in
 * the IETF form on Jira and Confluence (Atlassian, Jira Cloud platform "Rate limiting", March 2026).
 */
export function createRateBudget(): RateBudget {
  const used = new Map<string, { window: number; count: number }>()
  return {
    headers(api, credential, nowMs) {
      const window = Math.floor(nowMs / windowMs)
      const key = `${api}/${credential}`
      const previous = used.get(key)
      const count = previous?.window === window ? previous.count + 1 : 1
      used.set(key, { window, count })
      return rateHeaders(api, Math.max(0, quota - count), (window + 1) * windowMs, nowMs)
    },
  }
}

function rateHeaders(api: Api, remaining: number, resetMs: number, nowMs: number): Record<string, string> {
  const common = {
    'x-ratelimit-limit': String(quota),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': new Date(resetMs).toISOString(),
    'x-ratelimit-nearlimit': String(remaining < quota / 5),
  }
  if (api !== 'jira' && api !== 'confluence') return common
  const seconds = Math.ceil((resetMs - nowMs) / 1000)
  return {
    ...common,
    'ratelimit-policy': `"tenant-app-quota";q=${quota};w=${windowMs / 1000}`,
    ratelimit: `"tenant-app-quota";r=${remaining};t=${seconds}`,
  }
}
