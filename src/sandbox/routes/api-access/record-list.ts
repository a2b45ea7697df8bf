import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { decodeCursor, encodeCursor, pageOf } from '../../pagination.ts'
import { Refusal } from '../../refusal.ts'

export interface Listed {
  readonly id: string
}

/** What a list takes, and the field that each value of `sort` stands for. */
export interface ListRules<Item> {
  readonly parameters: readonly string[]
  readonly sortable: Readonly<Record<string, (item: Item) => string>>
}

/** @throws Refusal where the path names another organization, or a parameter is not known */
export function requireKnown({ state, params, query }: SandboxRequest, parameters: readonly string[]): void {
  if (params['orgId'] !== state.organization.id) throw new Refusal('not-found', 'organization', 'not permitted')
  const unknown = [...query.keys()].find((name) => !parameters.includes(name) && !isDateFilter(name))
  if (unknown !== undefined) throw new Refusal('invalid', 'parameter', `unknown parameter ${unknown}`)
  const dated = [...query.keys()].find(isDateFilter)
  if (dated !== undefined) throw new Refusal('invalid', dated, `the sandbox does not filter by ${dated}`)
}

function isDateFilter(name: string): boolean {
  return /^(createdAt|lastActiveAt|expiresAt)(SearchType|Uom|Value|From|To|RangeFrom|RangeTo)$/.test(name)
}

/**
 * A page, sorted. The cursor is the place of a record alone: filters, order and page size are asked for again with each
 * page, and where they are left out, the list goes on without them.
 */
export function recordPage<Item extends Listed>(
  request: SandboxRequest,
  {
    items,
    rules,
    pageSize,
  }: { readonly items: readonly Item[]; readonly rules: ListRules<Item>; readonly pageSize: number },
): Answer {
  const sorted = items.toSorted(orderOf(request.query.get('sort') ?? '-lastActiveAt', rules))
  const cursor = request.query.get('cursor')
  const after = cursor === null ? undefined : decodeCursor(cursor).question
  const offset = sorted.findIndex(({ id }) => id === after) + 1
  const page = pageOf(sorted, { offset, limit: pageSize }, request.paging)
  const last = page.next === undefined ? undefined : sorted[page.next - 1]?.id
  const links = {
    ...(cursor === null ? {} : { self: cursor }),
    ...(page.next === undefined ? {} : { next: encodeCursor(0, last ?? after) }),
  }
  return ok({ data: page.items, links })
}

function orderOf<Item>(sort: string, { sortable }: ListRules<Item>): (one: Item, other: Item) => number {
  const [, sign, name = ''] = /^([+-]?)(.+)$/.exec(sort) ?? []
  const field = sortable[name]
  if (!field) throw new Refusal('invalid', 'sort', `no sort by ${sort}`)
  const direction = sign === '-' ? -1 : 1
  return (one, other) => direction * field(one).localeCompare(field(other))
}
