import { type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import type { Space } from '../../world-state.ts'
import { isSiteAdmin } from '../../world-space-access.ts'
import { callerOf, permissionsIn } from './callers.ts'
import { confluenceOf } from './confluence-of.ts'
import { listPage, valuesOf } from './pages.ts'

const types = ['global', 'collaboration', 'knowledge_base', 'personal', 'system', 'onboarding', 'xflow_sample_space']

/** How `sort` orders; `-` before it turns it round. */
const orders: Readonly<Record<string, (one: Space, other: Space) => number>> = {
  id: (one, other) => Number(one.id) - Number(other.id),
  key: (one, other) => one.key.localeCompare(other.key, 'en'),
  name: (one, other) => one.name.localeCompare(other.name, 'en'),
}

/** The spaces that the caller may see, in order of their ids. No space of a world has a label or is anybody's favourite. */
export function listSpaces(request: SandboxRequest): Answer {
  const { query } = request
  const keys = valuesOf(query, 'keys')
  const ids = valuesOf(query, 'ids')
  const type = oneOf(query, 'type', types)
  const status = oneOf(query, 'status', ['current', 'archived'])
  if (keys.length > 250 || ids.length > 250) throw new Refusal('invalid', 'keys', 'at most 250 keys or ids')
  const tests: ((space: Space) => boolean)[] = [
    ({ key }) => keys.length === 0 || keys.includes(key),
    ({ id }) => ids.length === 0 || ids.includes(id),
    (space) => type === null || space.type === type,
    (space) => status === null || statusOf(space) === status,
    () => !query.has('labels') && !query.has('favorited-by'),
    (space) => isVisible(request, space),
  ]
  const found = [...confluenceOf(request).spaces.values()].filter((space) => tests.every((test) => test(space)))
  return listPage(
    request,
    '/spaces',
    found.toSorted(orderOf(query)).map((space) => ({ ...spaceView(space), ...onDemand(query, space) })),
  )
}

/** @throws Refusal (404) where it is not there or the caller may not see it */
export function spaceById(request: SandboxRequest): Space {
  const space = confluenceOf(request).spaces.get(request.params['id'] ?? '')
  if (space && isVisible(request, space)) return space
  throw new Refusal('not-found', 'space', `No space with id ${request.params['id']}`)
}

/** Who administers the site sees every space; others those in which they have `read/space`. */
function isVisible(request: SandboxRequest, space: Space): boolean {
  const caller = callerOf(request)
  return isSiteAdmin(caller) || permissionsIn(request, space, caller).has('read/space')
}

export function spaceView(space: Space) {
  const { id, key, name, type } = space
  return {
    id,
    key,
    name,
    type,
    status: statusOf(space),
    authorId: 'sandbox',
    homepageId: `1${id}`,
    createdAt: '2024-01-01T00:00:00.000Z',
    currentActiveAlias: key,
    _links: { webui: `/spaces/${key}` },
  }
}

/** What a query asks for besides. */
export function onDemand(query: URLSearchParams, { key, type }: Space) {
  const format = oneOf(query, 'description-format', ['plain', 'view'])
  const path = `/wiki/aa-avatar/${key}`
  return {
    ...(format === null ? {} : { description: { [format]: { representation: format, value: '' } } }),
    ...(query.get('include-icon') === 'true'
      ? { icon: { path, ...(type === 'global' ? { apiDownloadLink: path } : {}) } }
      : {}),
  }
}

function statusOf({ archived }: Space): 'archived' | 'current' {
  return archived ? 'archived' : 'current'
}

function orderOf(query: URLSearchParams): (one: Space, other: Space) => number {
  const names = Object.keys(orders)
  const sort = oneOf(query, 'sort', [...names, ...names.map((name) => `-${name}`)]) ?? 'id'
  const order = orders[sort.replace('-', '')] ?? (() => 0)
  return sort.startsWith('-') ? (one, other) => order(other, one) : order
}

/** @throws Refusal where the value is none of these */
function oneOf(query: URLSearchParams, name: string, values: readonly string[]): string | null {
  const value = query.get(name)
  if (value === null || values.includes(value)) return value
  throw new Refusal('invalid', name, `${name} must be one of ${values.join(', ')}`)
}
