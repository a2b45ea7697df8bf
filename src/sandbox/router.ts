import type { Route } from './exchange.ts'

export interface RouteMatch {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

export type Router = (method: string, path: string) => RouteMatch | undefined

/** Finds the route of a path; a fixed segment wins over a parameter. */
export function createRouter(routes: readonly Route[]): Router {
  const compiled = routes.map((route) => ({ route, pattern: pathPattern(route.path) }))
  compiled.sort((a, b) => parameterCount(a.route.path) - parameterCount(b.route.path))
  return (method, path) => {
    for (const { route, pattern } of compiled) {
      if (route.method !== method) continue
      const params = pattern.exec(path)?.groups
      if (!params && !pattern.test(path)) continue
      return { route, params: decodeAll(params ?? {}) }
    }
    return undefined
  }
}

/** A pattern for a template such as `/v2/orgs/{orgId}`, with a named group for each parameter. */
export function pathPattern(template: string): RegExp {
  const source = template.replaceAll(/[.+]/g, String.raw`\$&`).replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')
  return new RegExp(`^${source}/?$`)
}

function parameterCount(path: string): number {
  return path.split('{').length
}

function decodeAll(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decoded(value)]))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    if (cause instanceof URIError) return text
    throw cause
  }
}
