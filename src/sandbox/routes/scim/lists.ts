import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { countedPage, intOf } from '../../pagination.ts'
import { Refusal } from '../../refusal.ts'

/** A page counted from 1, of 100 at most, which is the default too. */
export function listResponse<Item>(
  { query, paging }: SandboxRequest,
  items: readonly Item[],
  view: (item: Item) => unknown,
): Answer {
  const bounds = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }
  const startIndex = Math.max(1, intOf(query.get('startIndex'), 'startIndex', { default: 1, ...bounds }))
  const limit = Math.min(100, Math.max(0, intOf(query.get('count'), 'count', { default: 100, ...bounds })))
  const page = countedPage(items, { offset: startIndex - 1, limit }, paging)
  return ok({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: items.length,
    startIndex,
    itemsPerPage: page.items.length,
    Resources: page.items.map(view),
  })
}

/** A single `eq`, such as `userName eq "mia@example.com"`. @throws Refusal for any other filter */
export function filterOf(
  query: URLSearchParams,
  attributes: readonly string[],
): { attribute: string; value: string } | undefined {
  const filter = query.get('filter')
  if (filter === null) return undefined
  const [, name = '', quoted = ''] = /^\s*(\w+)\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/i.exec(filter) ?? []
  const attribute = attributes.find((candidate) => candidate.toLowerCase() === name.toLowerCase())
  if (attribute === undefined)
    throw new Refusal('invalid', 'filter', `only a single eq on ${attributes.join(' or ')} is supported`)
  return { attribute, value: String(JSON.parse(quoted)) }
}
