import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** One try of a call to Atlassian, as the transport tells of it. */
export interface ApiCall {
  /** `GET /rest/api/3/project/search`: the path template, which names nobody. */
  readonly request: string
  readonly status?: number
  readonly durationMs: number
  /** It is tried again after so long. */
  readonly retryInMs?: number
  readonly allowance?: { readonly remaining: number }
}

/** Told of every call to Atlassian. */
export interface CallMetrics {
  called(organization: string, call: ApiCall): void
  /** All declared ends, by `organization`, `scim`, or the name of a site; milliseconds since 1970. */
  credentialsEnd(organization: string, ends: ReadonlyMap<string, number>): void
}

export function createCallMetrics(registry: Registry): CallMetrics {
  const { requests, seconds, parked, remaining, ends } = series(registry)
  const shown = new Map<string, ReadonlyMap<string, number>>()
  return {
    called: (organization, { request, status, durationMs, retryInMs, allowance }) => {
      const api = apiOf(request)
      const method = request.slice(0, request.indexOf(' '))
      requests.inc({ organization, api, method, status: status === undefined ? 'none' : String(status) })
      seconds.observe({ organization, api }, durationMs / 1000)
      if (status === 429 && retryInMs !== undefined) parked.inc({ organization, api }, retryInMs / 1000)
      if (allowance) remaining.set({ organization, api }, allowance.remaining)
    },
    credentialsEnd: (organization, declared) => {
      for (const credential of shown.get(organization)?.keys() ?? []) ends.remove({ organization, credential })
      for (const [credential, atMs] of declared) ends.set({ organization, credential }, atMs / 1000)
      shown.set(organization, declared)
    },
  }
}

function series(registry: Registry) {
  const registers = [registry]
  const labelNames = ['organization', 'api'] as const
  return {
    requests: new Counter({
      name: 'roster_api_requests_total',
      help: 'Calls to Atlassian, each try by itself; status none: no answer came',
      labelNames: ['organization', 'api', 'method', 'status'] as const,
      registers,
    }),
    seconds: new Histogram({
      name: 'roster_api_request_seconds',
      help: 'How long a call to Atlassian takes',
      labelNames,
      buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    parked: new Counter({
      name: 'roster_parked_seconds_total',
      help: 'How long calls waited because Atlassian asked for it',
      labelNames,
      registers,
    }),
    remaining: new Gauge({
      name: 'roster_api_allowance_remaining',
      help: 'What Atlassian last said is left of the current window',
      labelNames,
      registers,
    }),
    ends: new Gauge({
      name: 'roster_credential_expiry_timestamp_seconds',
      help: 'When a credential ends, as declared',
      labelNames: ['organization', 'credential'] as const,
      registers,
    }),
  }
}

/** First parts of path templates, as in Atlassian's OpenAPI files. */
const apis: readonly (readonly [string, string])[] = [
  ['/rest/api/', 'jira'],
  ['/wiki/', 'confluence'],
  ['/scim/', 'scim'],
  ['/users/', 'user-management'],
  ['/admin/control/', 'control'],
  ['/v1/orgs', 'organization'],
  ['/v2/orgs', 'organization'],
]

function apiOf(request: string): string {
  const path = request.slice(request.indexOf(' ') + 1)
  return apis.find(([start]) => path.startsWith(start))?.[1] ?? 'other'
}
