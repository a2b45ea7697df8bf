import type { Api } from './exchange.ts'
import described from './known-operations.json' with { type: 'json' }
import { pathPattern } from './router.ts'

type Row = readonly [method: string, pattern: RegExp, operation: string]

const rowsByApi = new Map<Api, readonly Row[]>()

/**
 * The operationId of a request that is not answered, where Atlassian's descriptions have it. The list of all of them is
 * `known-operations.json`, which `npm run distill` writes; its patterns are made when an API is first asked for.
 */
export function operationName(api: Api, method: string, path: string): string | undefined {
  const rows = rowsByApi.get(api) ?? compiled(api)
  rowsByApi.set(api, rows)
  return rows.find(([verb, pattern]) => verb === method && pattern.test(path))?.[2]
}

/** A fixed segment wins over a parameter, as in the router. */
function compiled(api: Api): Row[] {
  const lists: Partial<Readonly<Record<Api, readonly (readonly string[])[]>>> = described
  return (lists[api] ?? [])
    .toSorted(([, one = ''], [, other = '']) => one.split('{').length - other.split('{').length)
    .map(([method = '', path = '', operation = '']) => [method, pathPattern(path), operation])
}
