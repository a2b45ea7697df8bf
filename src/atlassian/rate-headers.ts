/** Answer headers, names in lower case. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** When a parked credential may go on, in milliseconds since 1970; undefined where no header says so. */
export function resumeAtMs(headers: Headers, nowMs: number): number | undefined {
  return retryAtMs(headers, nowMs) ?? resetAtMs(headers, nowMs) ?? windowAtMs(headers, nowMs)
}

/** When the server asks to be called again. */
export const retryAtMs = (headers: Headers, nowMs: number): number | undefined =>
  retryAfter(text(headers, 'retry-after'), nowMs)

/** The server's clock (`Date`, RFC 9110 6.6.1), in milliseconds since 1970. */
export function dateMs(headers: Headers): number | undefined {
  const at = Date.parse(text(headers, 'date') ?? '')
  return Number.isNaN(at) ? undefined : at
}

/** What is left of the window that the headers describe. */
export interface Allowance {
  readonly remaining: number
  readonly resetAtMs: number
  /** Less than a fifth is left (Jira rate limiting page, `X-RateLimit-NearLimit`). */
  readonly nearLimit: boolean
}

/** Where both families are there, the one that lets less through counts. */
export function allowanceOf(headers: Headers, nowMs: number): Allowance | undefined {
  const nearLimit = text(headers, 'x-ratelimit-nearlimit') === 'true'
  const remaining = Number.parseInt(text(headers, 'x-ratelimit-remaining') ?? '', 10)
  const reset = resetAtMs(headers, nowMs)
  const counted = reset !== undefined && remaining >= 0 ? [{ remaining, resetAtMs: reset, nearLimit }] : []
  const windows = quotas(headers).map(({ remaining: left, seconds }) => ({
    remaining: left,
    resetAtMs: nowMs + seconds * 1000,
    nearLimit,
  }))
  return tightest([...counted, ...windows], nowMs)
}

function tightest(allowances: readonly Allowance[], nowMs: number): Allowance | undefined {
  const gapMs = ({ remaining, resetAtMs }: Allowance) => (resetAtMs - nowMs) / (remaining + 1)
  return allowances.toSorted((one, other) => gapMs(other) - gapMs(one))[0]
}

/** Seconds, or an HTTP date (RFC 9110 10.2.3). */
function retryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d+(\.\d+)?$/.test(value)) return nowMs + Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(at, nowMs)
}

/** ISO 8601, also without seconds: `2026-06-05T06:00Z` (reference 10.1). An epoch number would be no date here. */
function resetAtMs(headers: Headers, nowMs: number): number | undefined {
  const value = text(headers, 'x-ratelimit-reset')
  if (value === undefined || !/^\d{4}-\d\d-\d\dT/.test(value)) return undefined
  const at = Date.parse(value)
  return Number.isNaN(at) || at <= nowMs ? undefined : at
}

function windowAtMs(headers: Headers, nowMs: number): number | undefined {
  const empty = quotas(headers).filter(({ remaining }) => remaining === 0)
  return empty.length === 0 ? undefined : nowMs + Math.max(...empty.map(({ seconds }) => seconds)) * 1000
}

/** The last two were sent before the limits were enforced, and may still be (reference 10.1). */
const quotaHeaders = ['ratelimit', 'beta-ratelimit', 'x-beta-ratelimit']

/**
 * The IETF form, `"tenant-app-quota";r=9000;t=600`: `r` requests or points left, `t` seconds to the reset; several are
 * parted by commas or in headers of their own. What is enforced goes before what is only told.
 */
function quotas(headers: Headers): readonly { remaining: number; seconds: number }[] {
  const name = quotaHeaders.find((each) => headers[each] !== undefined)
  const value = name === undefined ? undefined : headers[name]
  const items = (typeof value === 'string' ? [value] : (value ?? [])).flatMap((line) => line.split(','))
  return items.flatMap((item) => {
    const remaining = /;\s*r=(\d+)/.exec(item)?.[1]
    const seconds = /;\s*t=(\d+)/.exec(item)?.[1]
    if (remaining === undefined || seconds === undefined) return []
    return { remaining: Number(remaining), seconds: Number(seconds) }
  })
}

function text(headers: Headers, name: string): string | undefined {
  const value = headers[name]
  return (typeof value === 'string' ? value : value?.[0])?.trim()
}
