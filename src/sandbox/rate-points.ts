import type { Answer, Route } from './exchange.ts'

/** Endpoints that answer core objects; all others that the sandbox has are about users, groups and permissions. */
const core = /\/(project|project\/search|project\/\{\w+\}|projectCategory|serverInfo|spaces|spaces\/\{\w+\})$/

/**
 * What an answer costs at Jira and Confluence: 1 for the request, and for each object that a read returns 1, or 2 where
 * it is about identity and access (Jira "Rate limiting", March 2026; a page of 8 group members costs 17).
 */
export function pointsOf({ path, write }: Pick<Route, 'path' | 'write'>, { status, body }: Answer): number {
  if (write || status >= 400) return 1
  return 1 + objectsIn(body) * (core.test(path) ? 1 : 2)
}

function objectsIn(body: unknown): number {
  if (Array.isArray(body)) return body.length
  if (typeof body !== 'object' || body === null) return 0
  const list = ['values', 'results', 'actors']
    .map((name) => (body as Record<string, unknown>)[name])
    .find(Array.isArray)
  return list?.length ?? 1
}
