import { ok, type Answer, type ApiDefinition, type SandboxRequest } from '../../exchange.ts'
import { decodeCursor, encodeCursor, intOf, pageOf } from '../../pagination.ts'
import { Refusal } from '../../refusal.ts'
import { actionsOf } from '../../world-events.ts'
import type { WorldEvent } from '../../world-state.ts'
import { requirePlace } from './organization.ts'
import { addressOf } from './url-pages.ts'

/** Newest first. The cursor carries the filters and the limit. */
export function listEvents(request: SandboxRequest): Answer {
  requirePlace(request)
  const { query, state, paging } = request
  const { end, asked } = askedOf(query, state.events.length)
  const matches = matcher(asked)
  const limit = intOf(asked.get('limit'), 'limit', { default: 30, min: 1, max: 500 })
  const found = placed(state.events)
    .filter(({ place, event }) => place < end && matches(event))
    .toReversed()
  const page = pageOf(found, { offset: 0, limit }, paging)
  const next = page.next === undefined ? undefined : encodeCursor(nextEnd(page, end), asked.toString())
  return answer(request, 'events', { events: page.items.map(({ event }) => view(request, event)), next, isLast: !next })
}

/** The question, as a query, and the place in the log that the answer ends before. */
function askedOf(query: URLSearchParams, count: number): { readonly end: number; readonly asked: URLSearchParams } {
  const cursor = query.get('cursor')
  if (cursor === null) return { end: count, asked: query }
  const { offset, question } = decodeCursor(cursor)
  return { end: offset, asked: new URLSearchParams(typeof question === 'string' ? question : '') }
}

/**
 * In the order in which they were processed, or the other way round. The cursor of the last page is there as well: with
 * it, what happens later is polled for.
 */
export function pollEvents(request: SandboxRequest): Answer {
  requirePlace(request)
  const { query, state, paging } = request
  const asked = windowOf(query, state.events.length)
  const filters = new URLSearchParams(asked.filters)
  const matches = matcher(filters)
  const limit = intOf(query.get('limit') ?? filters.get('limit'), 'limit', { default: 200, min: 1, max: 500 })
  const inside = placed(state.events).filter(
    ({ place, event }) => place >= asked.from && (asked.isAscending || place < asked.to) && matches(event),
  )
  const page = pageOf(asked.isAscending ? inside : inside.toReversed(), { offset: 0, limit }, paging)
  const isLast = page.next === undefined
  const events = page.items.map(({ event }) => ({ ...view(request, event, { processedAt: event.time }) }))
  return answer(request, 'events-stream', { events, next: nextWindow(asked, page, state.events.length), isLast })
}

export function getEvent(request: SandboxRequest): Answer {
  requirePlace(request)
  const event = request.state.events.find(({ id }) => id === request.params['eventId'])
  if (event) return ok({ data: view(request, event) })
  throw new Refusal('not-found', 'event', `no event ${request.params['eventId']}`)
}

/** @param apis whose writes the log has */
export function listEventActions(
  request: SandboxRequest,
  apis: readonly Pick<ApiDefinition, 'api' | 'routes'>[],
): Answer {
  requirePlace(request)
  return ok({ data: actionsOf(apis) })
}

interface Placed {
  readonly place: number
  readonly event: WorldEvent
}

function placed(events: readonly WorldEvent[]): Placed[] {
  return events.map((event, place) => ({ place, event }))
}

interface PlacedPage {
  readonly items: readonly Placed[]
  readonly next?: number
}

/** A chain that leads back (a fault) ends where it ended before. */
function nextEnd({ items, next }: PlacedPage, end: number): number {
  return next === 0 ? end : (items.at(-1)?.place ?? end)
}

/** Which events of the stream: from a place on, and in descending order up to another. */
interface Window {
  readonly isAscending: boolean
  readonly from: number
  readonly to: number
  /** In descending order: where the chain began, and where polling goes on when it is read to its end. */
  readonly top: number
  /** `from`, `to` and `limit` of the query. */
  readonly filters: string
}

function windowOf(query: URLSearchParams, count: number): Window {
  const cursor = query.get('cursor')
  if (cursor !== null) {
    const carried = decodeCursor(cursor).question as Window
    // polled after the last page: what came since then
    return carried.to < 0 ? { ...carried, to: count, top: count } : carried
  }
  const filters = new URLSearchParams([...query].filter(([name]) => ['from', 'to', 'limit'].includes(name))).toString()
  return { isAscending: query.get('sortOrder') !== 'desc', from: 0, to: count, top: count, filters }
}

function nextWindow(asked: Window, { items, next }: PlacedPage, count: number): string {
  const last = items.at(-1)?.place
  if (next === 0) return encodeCursor(0, asked)
  if (asked.isAscending) {
    const from = next === undefined ? count : (last ?? 0) + 1
    return encodeCursor(0, { ...asked, from })
  }
  return encodeCursor(0, next === undefined ? { ...asked, from: asked.top, to: -1 } : { ...asked, to: last })
}

/** Where somebody was is not known here: a filter on addresses or places finds nothing. @throws Refusal */
function matcher(query: URLSearchParams): (event: WorldEvent) => boolean {
  const [from, to] = [timeIn(query, 'from') ?? -Infinity, timeIn(query, 'to') ?? Infinity]
  const listed = (name: string) => query.get(name)?.split(',')
  const [actors, products] = [listed('actor'), listed('product')]
  const [action, term] = [query.get('action'), query.get('q')?.toLowerCase()]
  const tests: ((event: WorldEvent) => boolean)[] = [
    ({ time }) => Date.parse(time) >= from && Date.parse(time) <= to,
    (event) => action === null || event.action === action,
    ({ actor }) => actors?.includes(actor.id) ?? true,
    ({ product }) => products?.includes(product) ?? true,
    (event) => term === undefined || JSON.stringify(event).toLowerCase().includes(term),
    () => !query.has('ip') && !query.has('location'),
  ]
  return (event) => tests.every((test) => test(event))
}

/** Milliseconds since 1970. */
function timeIn(query: URLSearchParams, name: 'from' | 'to'): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (/^\d+$/.test(text)) return Number(text)
  throw new Refusal('invalid', 'time', `${name} must be in milliseconds since 1970`)
}

function view(request: SandboxRequest, event: WorldEvent, more: { readonly processedAt?: string } = {}) {
  const { id, time, action, actor, auth, context } = event
  return {
    id,
    type: 'events',
    attributes: { time, action, actor: { ...actor, auth }, context, container: [], ...more },
    message: { content: `${actor.name}: ${action}`, format: 'simple' },
    links: { self: addressOf(request, `events/${id}`) },
  }
}

function answer(
  request: SandboxRequest,
  path: string,
  {
    events,
    next,
    isLast,
  }: { readonly events: readonly unknown[]; readonly next: string | undefined; readonly isLast: boolean },
): Answer {
  const address = addressOf(request, path)
  return ok({
    data: events,
    links: { self: address, ...(isLast || next === undefined ? {} : { next: `${address}?cursor=${next}` }) },
    meta: { page_size: events.length, ...(next === undefined ? {} : { next }) },
  })
}
