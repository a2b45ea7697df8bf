import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { decodeCursor, encodeCursor, pageOf } from '../../pagination.ts'

/** The v1 lists take no page size, and theirs is not published. */
const pageSize = 100

interface Listed {
  /** Where the list stands below the organization's own path; '' for the list of organizations. */
  readonly path: string
  readonly items: readonly unknown[]
  readonly meta?: Readonly<Record<string, unknown>>
}

/** A page of a v1 GET list: its links are whole URLs, in which a cursor stands. */
export function urlPage(request: SandboxRequest, { path, items, meta }: Listed): Answer {
  const cursor = request.query.get('cursor')
  const offset = cursor === null ? 0 : decodeCursor(cursor).offset
  const page = pageOf(items, { offset, limit: pageSize }, request.paging)
  return ok({
    data: page.items,
    links: urlLinks(request, path, { offset, next: page.next, limit: page.limit }),
    ...(meta ? { meta } : {}),
  })
}

/** Address of a v1 list or of what stands in it. */
export function addressOf({ baseUrl, state }: SandboxRequest, path: string): string {
  return path === '' ? `${baseUrl}/v1/orgs` : `${baseUrl}/v1/orgs/${state.organization.id}/${path}`
}

function urlLinks(
  request: SandboxRequest,
  path: string,
  { offset, next, limit }: { readonly offset: number; readonly next: number | undefined; readonly limit: number },
) {
  const place = (at: number) => `${addressOf(request, path)}?cursor=${encodeCursor(at, limit)}`
  return {
    self: offset === 0 ? addressOf(request, path) : place(offset),
    ...(offset > 0 ? { prev: place(Math.max(0, offset - limit)) } : {}),
    ...(next === undefined ? {} : { next: place(next) }),
  }
}
