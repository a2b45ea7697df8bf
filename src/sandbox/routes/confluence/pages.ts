import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { countedPage, decodeCursor, encodeCursor, intOf, pageOf } from '../../pagination.ts'

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

/**
 * A page of v1: counted from `start`, 200 at most; a higher limit is lowered. `_links.next` is relative to
 * `_links.base`, which ends with the `context`.
 */
export function countedList<Item>(
  request: SandboxRequest,
  path: string,
  items: readonly Item[],
  usualLimit = 200,
): Answer {
  const { query, paging, baseUrl } = request
  const any = { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER }
  const limit = Math.min(intOf(query.get('limit'), 'limit', { ...any, default: usualLimit }), 200)
  const start = intOf(query.get('start'), 'start', any)
  const page = countedPage(items, { offset: start, limit }, paging)
  const isLast = page.next === undefined || limit === 0
  const rest = new URLSearchParams(query)
  rest.set('start', String(page.next))
  rest.set('limit', String(page.limit))
  return ok({
    results: page.items,
    start,
    limit: page.limit,
    size: page.items.length,
    ...(query.get('shouldReturnTotalSize') === 'true' ? { totalSize: items.length } : {}),
    _links: {
      ...(isLast ? {} : { next: `/rest/api${path}?${rest.toString()}` }),
      base: `${baseUrl}/wiki`,
      context: '/wiki',
      self: `${baseUrl}/wiki/rest/api${path}`,
    },
  })
}

/** Values of a parameter that may be repeated or separated by commas. */
export function valuesOf(query: URLSearchParams, name: string): string[] {
  return query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .filter(Boolean)
}
