import { fieldsOf, stringsOf, type SandboxRequest } from '../../exchange.ts'
import { decodeCursor } from '../../pagination.ts'
import { Refusal } from '../../refusal.ts'

export interface Search {
  readonly offset: number
  readonly limit: number
  /** The body that asked first: a cursor carries it. */
  readonly question: Readonly<Record<string, unknown>>
}

/** @param maxItems of each list that the body may have; a field that is in neither list nor scalars is refused */
export interface SearchRules {
  readonly maxItems: Readonly<Record<string, number>>
  readonly scalars: readonly string[]
  readonly defaultLimit: number
}

/** @throws Refusal where the body is not JSON, has an unknown field, or a list or limit out of bounds */
export function searchOf({ body, contentType }: SandboxRequest, rules: SearchRules): Search {
  if (!contentType.startsWith('application/json'))
    throw new Refusal('invalid', 'content type', 'Content-Type must be application/json')
  const fields = fieldsOf(body)
  checkFields(fields, rules)
  const { cursor, limit: asked, ...question } = fields
  const carried = typeof cursor === 'string' && cursor !== '' ? decodeCursor(cursor) : undefined
  const { limit: carriedLimit, ...carriedQuestion } = fieldsOf(carried?.question)
  const limit = limitOf(asked ?? carriedLimit ?? rules.defaultLimit)
  return { offset: carried?.offset ?? 0, limit, question: carried ? carriedQuestion : question }
}

function checkFields(fields: Readonly<Record<string, unknown>>, { maxItems, scalars }: SearchRules): void {
  for (const [name, value] of Object.entries(fields)) {
    const most = maxItems[name]
    if (most === undefined) {
      if (!['cursor', 'limit', 'sortBy', ...scalars].includes(name))
        throw new Refusal('invalid', name, `unknown field ${name}`)
      continue
    }
    if (!Array.isArray(value) || value.length < 1 || value.length > most || stringsOf(value).length !== value.length) {
      throw new Refusal('invalid', name, `${name} must be a list of 1 to ${most} strings`)
    }
  }
}

/** In the order that `sortBy` asks for; as they come where it asks for none. @throws Refusal */
export function sortedBy<Item>(
  items: readonly Item[],
  sortBy: unknown,
  { field: only, valueOf }: { readonly field: string; readonly valueOf: (item: Item) => string },
): readonly Item[] {
  if (sortBy === undefined) return items
  const { field, direction } = fieldsOf(Array.isArray(sortBy) && sortBy.length === 1 ? sortBy[0] : undefined)
  if (field !== only || (direction !== 'asc' && direction !== 'desc'))
    throw new Refusal('invalid', 'sortBy', `sortBy must be one object with the field ${only} and a direction`)
  const sign = direction === 'asc' ? 1 : -1
  return items.toSorted((one, other) => sign * valueOf(one).localeCompare(valueOf(other)))
}

function limitOf(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 100) return value
  throw new Refusal('invalid', 'limit', 'limit must be a whole number from 1 to 100')
}
