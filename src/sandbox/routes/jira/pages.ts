import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { countedPage, intOf } from '../../pagination.ts'

interface Limits {
  readonly default: number
  readonly max: number
}

interface Shape<Item> extends Limits {
  /** Asked for the items of the page alone. */
  readonly view: (item: Item) => unknown
}

interface Bounds {
  readonly startAt: number
  readonly maxResults: number
}

/** Jira lowers a `maxResults` that is too high instead of refusing it. */
function boundsOf(query: URLSearchParams, limits: Limits): Bounds {
  const most = Number.MAX_SAFE_INTEGER
  const startAt = intOf(query.get('startAt'), 'startAt', { default: 0, min: 0, max: most })
  const maxResults = intOf(query.get('maxResults'), 'maxResults', { default: limits.default, min: 0, max: most })
  return { startAt, maxResults: Math.min(maxResults, limits.max) }
}

/** `{self, maxResults, startAt, total, isLast, values}`, with `nextPage` where there is one. */
export function pageBean<Item>(
  request: SandboxRequest,
  path: string,
  items: readonly Item[],
  shape: Shape<Item>,
): Answer {
  const { query, paging, baseUrl } = request
  const { startAt, maxResults } = boundsOf(query, shape)
  const page = countedPage(items, { offset: startAt, limit: maxResults }, paging)
  const link = (at: number) => {
    const next = new URLSearchParams(query)
    next.set('startAt', String(at))
    next.set('maxResults', String(page.limit))
    return `${baseUrl}${path}?${next.toString()}`
  }
  return ok({
    self: link(startAt),
    ...(page.next === undefined ? {} : { nextPage: link(startAt + page.items.length) }),
    maxResults: page.limit,
    startAt,
    total: items.length,
    isLast: page.next === undefined,
    values: page.items.map(shape.view),
  })
}

/** A bare array: only its emptiness tells the end. */
export function bareArray<Item>({ query, paging }: SandboxRequest, items: readonly Item[], shape: Shape<Item>): Answer {
  const { startAt, maxResults } = boundsOf(query, shape)
  return ok(countedPage(items, { offset: startAt, limit: maxResults }, paging).items.map(shape.view))
}
