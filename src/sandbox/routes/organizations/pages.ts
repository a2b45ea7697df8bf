import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { decodeCursor, encodeCursor, intOf, pageOf } from '../../pagination.ts'

/** A page of a v2 GET list: `limit` 1 to 100, 20 by default; the links are bare cursors, and a cursor stands for all. */
export function listPage<Item>({ query, paging }: SandboxRequest, items: readonly Item[]): Answer {
  const cursor = query.get('cursor')
  const carried = cursor === null ? undefined : decodeCursor(cursor)
  const limit = carried
    ? Number(carried.question)
    : intOf(query.get('limit'), 'limit', { default: 20, min: 1, max: 100 })
  const offset = carried?.offset ?? 0
  const page = pageOf(items, { offset, limit }, paging)
  return ok({ data: page.items, links: linksOf({ offset, next: page.next, question: page.limit }) })
}

/** `self`, and `next` where there is a next page, as bare cursors. */
export function linksOf({ offset, next, question }: { offset: number; next: number | undefined; question: unknown }) {
  return {
    self: encodeCursor(offset, question),
    ...(offset > 0 ? { prev: encodeCursor(0, question) } : {}),
    ...(next === undefined ? {} : { next: encodeCursor(next, question) }),
  }
}
