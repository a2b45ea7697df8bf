import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { decodeCursor, encodeCursor, intOf, pageOf } from '../../pagination.ts'

/** A page of v2: 25 by default, 250 at most; the next one in the `Link` header and, relative, in `_links.next`. */
export function listPage<Item>(request: SandboxRequest, path: string, items: readonly Item[]): Answer {
  const { query, paging, baseUrl } = request
  const limit = intOf(query.get('limit'), 'limit', { default: 25, min: 1, max: 250 })
  const cursor = query.get('cursor')
  const offset = cursor === null ? 0 : decodeCursor(cursor).offset
  const page = pageOf(items, { offset, limit }, paging)
  const base = { base: `${baseUrl}/wiki` }
  if (page.next === undefined) return ok({ results: page.items, _links: base })
  const rest = new URLSearchParams(query)
  rest.set('cursor', encodeCursor(page.next, null))
  const next = `/wiki/api/v2${path}?${rest.toString()}`
  return ok(
    { results: page.items, _links: { next, ...base } },
    { link: `<${next}>; rel="next", <${base.base}>; rel="base"` },
  )
}

/** Values of a parameter that may be repeated or separated by commas. */
export function valuesOf(query: URLSearchParams, name: string): string[] {
  return query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .filter(Boolean)
}
