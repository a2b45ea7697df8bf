import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import type { Site, Space } from '../../world-state.ts'
import { listPage, valuesOf } from './pages.ts'

export function listSpaces(request: SandboxRequest): Answer {
  const { query } = request
  const keys = valuesOf(query, 'keys')
  const ids = valuesOf(query, 'ids')
  const type = query.get('type')
  const status = query.get('status')
  if (keys.length > 250 || ids.length > 250) throw new Refusal('invalid', 'keys', 'at most 250 keys or ids')
  const found = [...confluenceOf(request).spaces.values()].filter(
    (space) =>
      (keys.length === 0 || keys.includes(space.key)) &&
      (ids.length === 0 || ids.includes(space.id)) &&
      (type === null || space.type === type) &&
      (status === null || statusOf(space) === status),
  )
  return listPage(request, '/spaces', found.map(spaceView))
}

export function getSpace(request: SandboxRequest): Answer {
  const space = spaceById(request)
  return ok({ ...spaceView(space), _links: { webui: `/spaces/${space.key}`, base: `${request.baseUrl}/wiki` } })
}

export function confluenceOf({ site }: SandboxRequest): NonNullable<Site['confluence']> {
  if (site?.confluence) return site.confluence
  throw new Refusal('not-found', 'site', 'no Confluence on this site')
}

/** @throws Refusal (404) */
export function spaceById(request: SandboxRequest): Space {
  const space = confluenceOf(request).spaces.get(request.params['id'] ?? '')
  if (space) return space
  throw new Refusal('not-found', 'space', `No space with id ${request.params['id']}`)
}

function statusOf({ archived }: Space): 'archived' | 'current' {
  return archived ? 'archived' : 'current'
}

function spaceView(space: Space) {
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
