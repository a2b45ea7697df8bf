import { describe, expect, test } from 'vitest'
import type { ApiRequest, Reader } from '../core/ports.ts'
import { IncompleteReadError, RemoteError } from '../core/remote-error.ts'
import { bodyCursorPages, linkPages, offsetPages, queryCursorPages, scimPages, unreadOf } from './paginate.ts'

/** Answers one page after the other and keeps what was asked. */
function pagesOf(...pages: unknown[]): Reader & { readonly asked: ApiRequest[] } {
  const asked: ApiRequest[] = []
  return {
    asked,
    read: async <Body>(request: ApiRequest) => {
      const page = pages[asked.length]
      asked.push(request)
      if (page instanceof Error) throw page
      if (page === undefined) throw new Error('a page too many was asked for')
      return page as Body
    },
  }
}

const post: ApiRequest = { api: 'organization', method: 'POST', path: '/search', body: { limit: 2 } }
const get: ApiRequest = { api: 'jira', method: 'GET', path: '/list', query: { maxResults: 2 } }
const a = { id: 'a' }
const b = { id: 'b' }
const c = { id: 'c' }
const refused = new RemoteError({ request: 'GET /list', status: 404, effect: 'refused' })

type Read = (reader: Reader) => Promise<unknown[]>
const bodyCursor: Read = (reader) => bodyCursorPages(reader, post)
const queryCursor: Read = (reader) => queryCursorPages(reader, get)
const offset: Read = (reader) => offsetPages(reader, get)
const link: Read = (reader) => linkPages(reader, get)
const scim: Read = (reader) => scimPages(reader, get)

const complete: Record<string, { read: Read; pages: unknown[]; items: unknown[]; asked?: unknown[] }> = {
  'a body cursor goes into the body beside the other fields': {
    read: bodyCursor,
    pages: [
      { data: [a, b], links: { next: 'two' } },
      { data: [c], links: {} },
    ],
    items: [a, b, c],
    asked: [post, { ...post, body: { limit: 2, cursor: 'two' } }],
  },
  'an empty cursor ends a list': { read: bodyCursor, pages: [{ data: [a], links: { next: '' } }], items: [a] },
  'a page without links ends a list': { read: queryCursor, pages: [{ data: [a] }], items: [a] },
  'a query cursor goes into the query': {
    read: queryCursor,
    pages: [
      { data: [a], links: { next: 'two' } },
      { data: [], links: { next: null } },
    ],
    items: [a],
    asked: [get, { ...get, query: { maxResults: 2, cursor: 'two' } }],
  },
  'an offset advances by what came, not by what was asked for': {
    read: offset,
    pages: [
      { values: [a], isLast: false },
      { values: [b, c], isLast: true, total: 3 },
    ],
    items: [a, b, c],
    asked: [
      { ...get, query: { maxResults: 2, startAt: 0 } },
      { ...get, query: { maxResults: 2, startAt: 1 } },
    ],
  },
  'a list without isLast and total ends with an empty page': {
    read: offset,
    pages: [{ values: [a] }, { values: [] }],
    items: [a],
  },
  'a list that has its total needs no further page': { read: offset, pages: [{ values: [a], total: 1 }], items: [a] },
  'a 404 on the first page can mean that nothing matches': {
    read: (reader) => offsetPages(reader, get, { nothingIs404: true }),
    pages: [refused],
    items: [],
  },
  'of a Confluence link only the cursor is used': {
    read: link,
    pages: [
      { results: [a], _links: { next: '/wiki/api/v2/list?limit=1&cursor=tw%3Do', base: 'https://elsewhere.test' } },
      { results: [b], _links: {} },
    ],
    items: [a, b],
    asked: [get, { ...get, query: { maxResults: 2, cursor: 'tw=o' } }],
  },
  'rows without an id may look alike': {
    read: link,
    pages: [{ results: [{ roleId: '1' }, { roleId: '1' }], _links: {} }],
    items: [{ roleId: '1' }, { roleId: '1' }],
  },
  'a SCIM list counts from one and advances by what came': {
    read: scim,
    pages: [
      { Resources: [a, b], totalResults: 3, itemsPerPage: 2, startIndex: 1 },
      { Resources: [c], totalResults: 3, itemsPerPage: 1, startIndex: 3 },
    ],
    items: [a, b, c],
    asked: [
      { ...get, query: { maxResults: 2, startIndex: 1 } },
      { ...get, query: { maxResults: 2, startIndex: 3 } },
    ],
  },
  'a SCIM list of nothing may have no Resources': { read: scim, pages: [{ totalResults: 0 }], items: [] },
}

const broken: Record<string, { read: Read; pages: unknown[]; says: RegExp }> = {
  'a cursor that comes twice': {
    read: bodyCursor,
    pages: [
      { data: [a], links: { next: 'two' } },
      { data: [b], links: { next: 'two' } },
    ],
    says: /a cursor came twice/,
  },
  'an item that comes twice': {
    read: queryCursor,
    pages: [{ data: [a], links: { next: 'two' } }, { data: [a] }],
    says: /id a came twice/,
  },
  'an account that comes twice': {
    read: bodyCursor,
    pages: [{ data: [{ accountId: '1' }, { accountId: '1' }] }],
    says: /accountId 1 came twice/,
  },
  'a page that is no list': { read: bodyCursor, pages: [{ errors: [] }], says: /no list "data"/ },
  'an empty answer': { read: link, pages: [null], says: /no list "results"/ },
  'a cursor that is not text': { read: bodyCursor, pages: [{ data: [], links: { next: 7 } }], says: /not text/ },
  'a link without a cursor': {
    read: link,
    pages: [{ results: [a], _links: { next: '/wiki/api/v2/list' } }],
    says: /has no cursor/,
  },
  'a Jira list that ends before its total': {
    read: offset,
    pages: [{ values: [a], isLast: true, total: 2 }],
    says: /2 items were announced and 1 came/,
  },
  'a Jira server that ignores startAt': {
    read: offset,
    pages: [{ values: [a] }, { values: [a] }],
    says: /id a came twice/,
  },
  'a SCIM list that ends before its total': {
    read: scim,
    pages: [
      { Resources: [a], totalResults: 3 },
      { Resources: [], totalResults: 3 },
    ],
    says: /3 items were announced and 1 came/,
  },
  'a SCIM list longer than its total': {
    read: scim,
    pages: [{ Resources: [a, b], totalResults: 1 }],
    says: /1 items were announced and 2 came/,
  },
  'a SCIM page without a total': { read: scim, pages: [{ Resources: [a] }], says: /no totalResults/ },
}

describe('a list', () => {
  test.each(Object.entries(complete))('is read whole: %s', async (_, { read, pages, items, ...also }) => {
    const reader = pagesOf(...pages)
    expect(await read(reader)).toEqual(items)
    expect({ asked: reader.asked }).toMatchObject(also)
    expect(reader.asked).toHaveLength(pages.length)
  })

  test.each(Object.entries(broken))('is refused with %s', async (_, { read, pages, says }) => {
    const reading = read(pagesOf(...pages))
    await expect(reading).rejects.toBeInstanceOf(IncompleteReadError)
    await expect(reading).rejects.toThrow(says)
  })

  test('a failed page fails the list, also a 404 after the first page', async () => {
    const reader = pagesOf({ values: [a] }, refused)
    await expect(offsetPages(reader, get, { nothingIs404: true })).rejects.toBe(refused)
  })
})

describe('unreadOf', () => {
  const failed = (status?: number) =>
    new RemoteError({ request: 'GET /list', effect: 'refused', ...(status !== undefined && { status }) })
  const cases: Record<string, { error: Error; code: string }> = {
    'a list that is not whole is INCOMPLETE': { error: new IncompleteReadError('half'), code: 'INCOMPLETE' },
    'a 401 is FORBIDDEN': { error: failed(401), code: 'FORBIDDEN' },
    'a 403 is FORBIDDEN': { error: failed(403), code: 'FORBIDDEN' },
    'a 404 is NOT_FOUND': { error: failed(404), code: 'NOT_FOUND' },
    'a 501 is UNSUPPORTED': { error: failed(501), code: 'UNSUPPORTED' },
    'a 500 is UNAVAILABLE': { error: failed(500), code: 'UNAVAILABLE' },
    'no answer is UNAVAILABLE': { error: failed(), code: 'UNAVAILABLE' },
  }
  test.each(Object.entries(cases))('%s', (_, { error, code }) => {
    expect(unreadOf(error)).toMatchObject({ code, message: error.message })
  })

  test('a bug stays a bug', () => {
    expect(() => unreadOf(new TypeError('undefined is not a function'))).toThrow(TypeError)
  })
})
