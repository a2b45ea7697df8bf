import type { PagingFaults } from './exchange.ts'
import { Refusal } from './refusal.ts'

export interface Page<Item> {
  readonly items: readonly Item[]
  /** As the server applied it: it may be lower than what was asked. */
  readonly limit: number
  /** Where the next page starts; undefined on the last one. */
  readonly next?: number
}

/**
 * One page. Faults: a clamp lowers the limit, a lost chain ends after the first page, a repeated one leads back to the
 * page that was just read.
 */
export function pageOf<Item>(
  items: readonly Item[],
  { offset, limit: asked }: { readonly offset: number; readonly limit: number },
  faults: PagingFaults,
): Page<Item> {
  const limit = Math.min(asked, faults.clampTo ?? asked)
  if (faults.lose && offset > 0) return { items: [], limit }
  const page = items.slice(offset, offset + limit)
  const next = nextOffset(items.length, { offset, end: offset + page.length }, faults)
  return { items: page, limit, ...(next === undefined ? {} : { next }) }
}

function nextOffset(total: number, { offset, end }: { offset: number; end: number }, faults: PagingFaults) {
  const isLast = end >= total
  if (faults.lose || (isLast && offset === 0)) return undefined
  if (faults.repeat) return offset
  return isLast ? undefined : end
}

/** As `pageOf` for APIs that count instead of handing out cursors: a repeated chain answers the first page again. */
export function countedPage<Item>(
  items: readonly Item[],
  { offset, limit }: { readonly offset: number; readonly limit: number },
  { repeat = false, ...faults }: PagingFaults,
): Page<Item> {
  return pageOf(items, { offset: repeat ? 0 : offset, limit }, faults)
}

/** An opaque token that carries the place and the question, so that the next call may repeat the question or not. */
export function encodeCursor(offset: number, question: unknown): string {
  return Buffer.from(JSON.stringify({ offset, question })).toString('base64url')
}

/** @throws Refusal where the token is none of ours */
export function decodeCursor(token: string): { readonly offset: number; readonly question: unknown } {
  try {
    const { offset, question } = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (Number.isInteger(offset)) return { offset, question }
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
  }
  throw new Refusal('invalid', 'cursor', 'Invalid page cursor')
}

/** A whole number from the query. @throws Refusal where it is not one or lies outside the bounds */
export function intOf(
  text: string | null | undefined,
  name: string,
  bounds: { default: number; min: number; max: number },
): number {
  if (text === null || text === undefined || text === '') return bounds.default
  const value = Number(text)
  if (Number.isInteger(value) && value >= bounds.min && value <= bounds.max) return value
  throw new Refusal('invalid', name, `${name} must be a whole number from ${bounds.min} to ${bounds.max}`)
}
