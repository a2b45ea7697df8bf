import type { Unread } from '../core/directory.ts'
import type { ApiRequest, Reader } from '../core/ports.ts'
import { IncompleteReadError, RemoteError } from '../core/remote-error.ts'
import type { Json } from '../core/resource.ts'

/**
 * All items of a list, or an IncompleteReadError: there is no "some". A list that lacks items looks exactly like access
 * that somebody took away, so every helper here throws when a cursor comes twice, a page is malformed, an item comes
 * twice, or the API's own count disagrees.
 */
type Page<Item> = { readonly items: readonly Item[]; readonly next: string | undefined }

/** POST searches of the Organizations API: `{data, links: {next}}`, where `next` is a bare token that goes into the body. */
export function bodyCursorPages<Item>(reader: Reader, request: ApiRequest): Promise<Item[]> {
  const fields = (request.body ?? {}) as { readonly [name: string]: Json }
  return followCursor(request, async (cursor) =>
    adminPage<Item>(
      request,
      await reader.read({ ...request, body: cursor === undefined ? fields : { ...fields, cursor } }),
    ),
  )
}

/** The list of workspaces, where the cursor must be the only property of the body (reference 4.9). */
export function loneCursorPages<Item>(reader: Reader, request: ApiRequest): Promise<Item[]> {
  return followCursor(request, async (cursor) =>
    adminPage<Item>(request, await reader.read(cursor === undefined ? request : { ...request, body: { cursor } })),
  )
}

/** GET lists of the Organizations API v2: `?cursor=` with the bare token of `links.next`. */
export function queryCursorPages<Item>(reader: Reader, request: ApiRequest): Promise<Item[]> {
  return followCursor(request, async (cursor) =>
    adminPage<Item>(request, await reader.read(withCursor(request, cursor))),
  )
}

/** Confluence v2: `{results, _links: {next}}`. Only the cursor of `next` is used: resolved against the gateway, its path is wrong. */
export function linkPages<Item>(reader: Reader, request: ApiRequest): Promise<Item[]> {
  return followCursor(request, async (cursor) => {
    const page = await reader.read(withCursor(request, cursor))
    const items = arrayIn<Item>(request, page, 'results')
    const next = fieldOf(fieldOf(page, '_links'), 'next')
    if (next === undefined || next === null) return { items, next: undefined }
    const token = typeof next === 'string' ? new URL(next, 'https://relative.invalid').searchParams.get('cursor') : null
    if (token === null || token === '') throw incomplete(request, 'the link to the next page has no cursor')
    return { items, next: token }
  })
}

/**
 * Jira: `startAt`, `maxResults`, `{values, isLast?, total?}`. The server may clamp `maxResults`, so what came is what
 * counts. `nothingIs404`: project/search answers 404 where nothing matches (reference 8.3); on a later page it is an error.
 */
export async function offsetPages<Item>(
  reader: Reader,
  request: ApiRequest,
  { nothingIs404 = false }: { readonly nothingIs404?: boolean } = {},
): Promise<Item[]> {
  const { items, add } = createCollector<Item>(request)
  for (;;) {
    const from: ApiRequest = { ...request, query: { ...request.query, startAt: items.length } }
    const page = await orNothing(() => reader.read(from), nothingIs404 && items.length === 0)
    if (page === undefined) return items
    const values = arrayIn<Item>(request, page, 'values')
    add(values)
    if (values.length > 0 && !isLastPage(page, items.length)) continue
    const total = fieldOf(page, 'total')
    if (typeof total === 'number' && total !== items.length) throw disagrees(request, total, items.length)
    return items
  }
}

const isLastPage = (page: unknown, came: number): boolean =>
  fieldOf(page, 'isLast') === true || fieldOf(page, 'total') === came

async function orNothing(read: () => Promise<unknown>, nothingIs404: boolean): Promise<unknown> {
  try {
    return (await read()) ?? null
  } catch (error) {
    if (nothingIs404 && error instanceof RemoteError && error.status === 404) return undefined
    throw error
  }
}

/** SCIM: `startIndex` from 1, advanced by what came; the whole must add up to `totalResults`. */
export async function scimPages<Item>(reader: Reader, request: ApiRequest): Promise<Item[]> {
  const { items, add } = createCollector<Item>(request)
  for (;;) {
    const page = await reader.read({ ...request, query: { ...request.query, startIndex: items.length + 1 } })
    const total = fieldOf(page, 'totalResults')
    if (typeof total !== 'number') throw incomplete(request, 'the page has no totalResults')
    // RFC 7644 3.4.2: `Resources` is left out where nothing matches.
    const found =
      fieldOf(page, 'Resources') === undefined && total === 0 ? [] : arrayIn<Item>(request, page, 'Resources')
    add(found)
    if (found.length > 0 && items.length < total) continue
    if (total !== items.length) throw disagrees(request, total, items.length)
    return items
  }
}

/** What a failed read means for a plan. Anything but a failed read is a bug and is thrown on. */
export function unreadOf(error: unknown): Unread {
  if (error instanceof IncompleteReadError) return { code: 'INCOMPLETE', message: error.message }
  if (!(error instanceof RemoteError)) throw error
  const { request, status } = error.failure
  return { code: unreadCode(status), message: error.message, request, ...(status !== undefined && { status }) }
}

function unreadCode(status: number | undefined): Unread['code'] {
  if (status === 401 || status === 403) return 'FORBIDDEN'
  if (status === 404) return 'NOT_FOUND'
  return status === 501 ? 'UNSUPPORTED' : 'UNAVAILABLE'
}

async function followCursor<Item>(
  request: ApiRequest,
  read: (cursor: string | undefined) => Promise<Page<Item>>,
): Promise<Item[]> {
  const { items, add } = createCollector<Item>(request)
  const cursors = new Set<string>()
  for (let cursor: string | undefined; ;) {
    const page = await read(cursor)
    add(page.items)
    if (page.next === undefined) return items
    if (cursors.has(page.next)) throw incomplete(request, 'a cursor came twice')
    cursors.add(page.next)
    cursor = page.next
  }
}

function adminPage<Item>(request: ApiRequest, page: unknown): Page<Item> {
  const items = arrayIn<Item>(request, page, 'data')
  const next = fieldOf(fieldOf(page, 'links'), 'next')
  if (next === undefined || next === null || next === '') return { items, next: undefined }
  if (typeof next !== 'string') throw incomplete(request, 'the cursor of the next page is not text')
  return { items, next }
}

const withCursor = (request: ApiRequest, cursor: string | undefined): ApiRequest =>
  cursor === undefined ? request : { ...request, query: { ...request.query, cursor } }

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined

function arrayIn<Item>(request: ApiRequest, page: unknown, name: string): readonly Item[] {
  const items = fieldOf(page, name)
  if (!Array.isArray(items)) throw incomplete(request, `the page has no list "${name}"`)
  return items as Item[]
}

/** An item that comes twice means that the list moved while it was read: another one may have slipped through. */
function createCollector<Item>(request: ApiRequest): { readonly items: Item[]; add(page: readonly Item[]): void } {
  const items: Item[] = []
  const seen = new Set<string>()
  const add = (page: readonly Item[]): void => {
    for (const item of page) {
      const id = idOf(item)
      if (id !== undefined && seen.has(id)) throw incomplete(request, `${id} came twice`)
      if (id !== undefined) seen.add(id)
      items.push(item)
    }
  }
  return { items, add }
}

function idOf(item: unknown): string | undefined {
  for (const name of ['accountId', 'id']) {
    const id = fieldOf(item, name)
    if (typeof id === 'string' || typeof id === 'number') return `${name} ${id}`
  }
  return undefined
}

const incomplete = (request: ApiRequest, why: string) =>
  new IncompleteReadError(`${request.method} ${request.path} was not read completely: ${why}`)

const disagrees = (request: ApiRequest, total: number, came: number) =>
  incomplete(request, `${total} items were announced and ${came} came`)
