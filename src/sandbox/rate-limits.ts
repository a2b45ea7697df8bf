/** What the sandbox enforces; what is left out is counted and told, not enforced. */
export interface RateLimits {
  /** Of the organization's APIs and SCIM: requests of one credential to one API in a window. */
  readonly requests?: { readonly count: number; readonly windowSeconds: number }
  /** Of Jira and of Confluence: points of one credential at one site in an hour of the clock. */
  readonly pointsPerHour?: number
  /** Of Jira: GET and POST in a second to one endpoint of one site, whoever calls; of PUT and DELETE half as many. */
  readonly burstPerSecond?: number
  /** How a 429 writes `Retry-After`; left out: in seconds. */
  readonly retryAfter?: 'seconds' | 'date' | 'none'
}

/**
 * `requests=100/60,points=65000,burst=10,retry-after=date`: any of the four, requests as count/seconds.
 * @throws Error with the part that is none of them
 */
export function parseRateLimits(text: string): RateLimits {
  return text.split(',').reduce<RateLimits>((limits, part) => ({ ...limits, ...limitOf(part.trim()) }), {})
}

function limitOf(part: string): RateLimits {
  const [, name, first, second] = /^(requests|points|burst)=([1-9]\d*)(?:\/([1-9]\d*))?$/.exec(part) ?? []
  if (name === 'requests' && second !== undefined) {
    return { requests: { count: Number(first), windowSeconds: Number(second) } }
  }
  if (name === 'points' && second === undefined) return { pointsPerHour: Number(first) }
  if (name === 'burst' && second === undefined) return { burstPerSecond: Number(first) }
  const retryAfter = (['seconds', 'date', 'none'] as const).find((each) => part === `retry-after=${each}`)
  if (retryAfter !== undefined) return { retryAfter }
  throw new Error(
    `"${part}" is not a limit: requests=<count>/<seconds>, points=<count>, burst=<count>, retry-after=seconds|date|none`,
  )
}
