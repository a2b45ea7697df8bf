import type { Answer, Api } from './exchange.ts'
import type { RateLimits } from './rate-limits.ts'

const hourMs = 3_600_000
const toldQuota = 100_000

/** Whose request it is, and where it goes. */
export interface Rated {
  readonly api: Api
  readonly cloudId?: string
  /** Name of the credential. */
  readonly credential: string
  readonly method: string
  /** Path template of the route. */
  readonly template: string
}

export interface RateBudget {
  /** Counts a request. Answers 429 where a limit is used up, which costs nothing. */
  admit(rated: Rated, nowMs: number): Answer | undefined
  /** Counts what the answer costs on top of the request; only where points are enforced. */
  charge(rated: Rated, points: number, nowMs: number): void
  /** What a caller is told of its window with every answer. */
  headers(rated: Rated, nowMs: number): Record<string, string>
}

/** So many in each stretch of the clock of this length. */
interface Gauge {
  readonly key: string
  readonly quota: number
  readonly lengthMs: number
  readonly enforced: boolean
  /** The published value of `RateLimit-Reason`; the organization's APIs have none. */
  readonly reason?: string
}

/**
 * Both families of headers: `X-RateLimit-*` with the reset as an ISO 8601 time on every API, and `RateLimit`,
 * `RateLimit-Policy` in the IETF form on Jira and Confluence (Atlassian, Jira Cloud platform "Rate limiting", March
 * 2026). Windows of the organization's APIs are counted in requests, those of the sites in points by the UTC hour.
 */
export function createRateBudget(limits: RateLimits = {}): RateBudget {
  const { used, add } = createCounts()
  return {
    admit(rated, nowMs) {
      const gauges = [windowOf(rated, limits), ...burstOf(rated, limits)]
      const full = gauges.find((gauge) => gauge.enforced && used(gauge, nowMs) >= gauge.quota)
      if (full) return refused(full, nowMs, limits.retryAfter ?? 'seconds')
      for (const gauge of gauges) add(gauge, nowMs, 1)
      return undefined
    },
    charge(rated, points, nowMs) {
      const { pointsPerHour } = limits
      if (isSite(rated) && pointsPerHour !== undefined) add(windowOf(rated, limits), nowMs, points - 1)
    },
    headers(rated, nowMs) {
      const gauge = windowOf(rated, limits)
      return { ...windowHeaders(gauge, used(gauge, nowMs), nowMs), ...quotaHeaders(rated, gauge, used, nowMs) }
    },
  }
}

type Used = (gauge: Gauge, nowMs: number) => number

function createCounts(): { used: Used; add: (gauge: Gauge, nowMs: number, count: number) => void } {
  const counts = new Map<string, { stretch: number; count: number }>()
  const stretchOf = ({ lengthMs }: Gauge, nowMs: number) => Math.floor(nowMs / lengthMs)
  const used: Used = (gauge, nowMs) => {
    const counted = counts.get(gauge.key)
    return counted?.stretch === stretchOf(gauge, nowMs) ? counted.count : 0
  }
  return {
    used,
    add: (gauge, nowMs, count) =>
      void counts.set(gauge.key, { stretch: stretchOf(gauge, nowMs), count: used(gauge, nowMs) + count }),
  }
}

function isSite({ api }: Rated): boolean {
  return api === 'jira' || api === 'confluence'
}

function windowOf(rated: Rated, { requests, pointsPerHour }: RateLimits): Gauge {
  const { api, cloudId = '', credential } = rated
  const key = `${api}/${cloudId}/${credential}`
  if (isSite(rated)) {
    const reason = `${api}-quota-tenant-based`
    return { key, quota: pointsPerHour ?? toldQuota, lengthMs: hourMs, enforced: pointsPerHour !== undefined, reason }
  }
  const { count = toldQuota, windowSeconds = hourMs / 1000 } = requests ?? {}
  return { key, quota: count, lengthMs: windowSeconds * 1000, enforced: requests !== undefined }
}

function burstOf({ api, cloudId, method, template }: Rated, { burstPerSecond }: RateLimits): Gauge[] {
  if (api !== 'jira' || burstPerSecond === undefined) return []
  const quota = method === 'PUT' || method === 'DELETE' ? Math.ceil(burstPerSecond / 2) : burstPerSecond
  const key = `burst/${cloudId}/${method} ${template}`
  return [{ key, quota, lengthMs: 1000, enforced: true, reason: 'jira-burst-based' }]
}

function windowHeaders(gauge: Gauge, used: number, nowMs: number): Record<string, string> {
  const { quota } = gauge
  const remaining = Math.max(0, quota - used)
  return {
    'x-ratelimit-limit': String(quota),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': new Date(endOf(gauge, nowMs)).toISOString(),
    'x-ratelimit-nearlimit': String(remaining < quota / 5),
  }
}

function quotaHeaders(rated: Rated, gauge: Gauge, used: Used, nowMs: number): Record<string, string> {
  if (!isSite(rated)) return {}
  const { quota, lengthMs } = gauge
  const seconds = Math.ceil((endOf(gauge, nowMs) - nowMs) / 1000)
  return {
    'ratelimit-policy': `"tenant-app-quota";q=${quota};w=${lengthMs / 1000}`,
    ratelimit: `"tenant-app-quota";r=${Math.max(0, quota - used(gauge, nowMs))};t=${seconds}`,
  }
}

function refused(gauge: Gauge, nowMs: number, retryAfter: 'seconds' | 'date' | 'none'): Answer {
  const seconds = Math.ceil((endOf(gauge, nowMs) - nowMs) / 1000)
  // a date has whole seconds, so it is rounded up, or the caller comes back too soon
  const date = new Date(Math.ceil(endOf(gauge, nowMs) / 1000) * 1000).toUTCString()
  return {
    status: 429,
    body: { code: 429, message: 'Rate limit exceeded' },
    headers: {
      ...windowHeaders(gauge, gauge.quota, nowMs),
      ...(gauge.reason !== undefined && { 'ratelimit-reason': gauge.reason }),
      ...(retryAfter !== 'none' && { 'retry-after': retryAfter === 'date' ? date : String(seconds) }),
    },
  }
}

function endOf({ lengthMs }: Gauge, nowMs: number): number {
  return (Math.floor(nowMs / lengthMs) + 1) * lengthMs
}
