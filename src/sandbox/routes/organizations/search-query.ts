import { fieldsOf, type SandboxRequest } from '../../exchange.ts'
import { decodeCursor, intOf } from '../../pagination.ts'
import type { Search } from './search-body.ts'

/** The filters of a query as those of a search's body: a list each, but for the ones that take one value. */
export function questionOf(query: URLSearchParams): Record<string, unknown> {
  const names = [...new Set(query.keys())].filter((name) => !['cursor', 'limit'].includes(name))
  return Object.fromEntries(
    names.map((name) => {
      const values = query.getAll(name)
      const single = ['searchTerm', 'claimStatus'].includes(name) ? values[0] : values
      return [name, name === 'mfaEnabled' ? values[0] === 'true' : single]
    }),
  )
}

/** The deprecated v2 GET lists: where a cursor is there, every other parameter is discarded. */
export function listedSearch({ query }: SandboxRequest): Search {
  const cursor = query.get('cursor')
  if (cursor !== null) {
    const { offset, question } = decodeCursor(cursor)
    const { limit, ...filters } = fieldsOf(question)
    return { offset, limit: Number(limit), question: filters }
  }
  const limit = intOf(query.get('limit'), 'limit', { default: 20, min: 1, max: 100 })
  return { offset: 0, limit, question: questionOf(query) }
}
