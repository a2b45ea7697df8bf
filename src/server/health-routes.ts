import type { Reply, Route, ServerRequest } from './serve.ts'

/** One thing that is looked at when a probe comes. */
export interface Check {
  readonly name: string
  /** Undefined where all is well, else what is wrong, without names of people and without secrets. */
  readonly problem: () => string | undefined
}

export interface Health {
  /**
   * Of the process alone, never of what it talks to: where one of these fails, restarting helps. An outage of Atlassian must
   * restart nothing.
   */
  readonly live: readonly Check[]
  /** Whether it does its work, or could take it over. */
  readonly ready: readonly Check[]
}

/**
 * `/healthz` and `/readyz` as Kubernetes components have them: 200 `ok`, or 500 with a line for each check. `?verbose` lists
 * them in any case, `?exclude=name` leaves one out.
 */
export function healthRoutes({ live, ready }: Health): readonly Route[] {
  return [
    { method: 'GET', path: '/healthz', handle: (request) => probe('healthz', live, request) },
    { method: 'GET', path: '/readyz', handle: (request) => probe('readyz', ready, request) },
  ]
}

function probe(name: string, checks: readonly Check[], { query }: ServerRequest): Reply {
  const excluded = new Set(query.getAll('exclude'))
  const found = checks.map((check) => ({
    name: check.name,
    problem: excluded.has(check.name) ? undefined : check.problem(),
    isExcluded: excluded.has(check.name),
  }))
  const isGood = found.every(({ problem }) => problem === undefined)
  if (isGood && !query.has('verbose')) return { status: 200, body: 'ok' }
  const lines = found.map(({ name: each, problem, isExcluded }) => {
    if (problem !== undefined) return `[-]${each} failed: ${problem}`
    return `[+]${each} ${isExcluded ? 'excluded: ok' : 'ok'}`
  })
  return { status: isGood ? 200 : 500, body: `${lines.join('\n')}\n${name} check ${isGood ? 'passed' : 'failed'}\n` }
}
