import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { encodeCursor } from '../../pagination.ts'
import { isSiteAdmin } from '../../world-space-access.ts'
import type { Space } from '../../world-state.ts'
import { callerOf, permissionsIn } from './callers.ts'
import { permissionKinds } from './permission-kinds.ts'
import { permissionRows } from './permissions.ts'
import { onDemand, spaceById, spaceView } from './spaces.ts'

/** How many entries of a list a space carries with it; the rest is in the list of its own. */
const included = 50

/** With `include-…`, lists of what hangs on the space. Labels and properties are none in a world. */
export function getSpace(request: SandboxRequest): Answer {
  const { query, baseUrl } = request
  const space = spaceById(request)
  const lists: Readonly<Record<string, () => readonly unknown[]>> = {
    operations: () => operationsOf(request, space),
    permissions: () => permissionRows(space),
    labels: () => [],
    properties: () => [],
  }
  const asked = Object.entries(lists).filter(([name]) => query.get(`include-${name}`) === 'true')
  return ok({
    ...spaceView(space),
    ...onDemand(query, space),
    ...Object.fromEntries(asked.map(([name, list]) => [name, includedList(space, name, list())])),
    _links: { webui: `/spaces/${space.key}`, base: `${baseUrl}/wiki` },
  })
}

/** What the caller may do. */
export function spaceOperations(request: SandboxRequest): Answer {
  return ok({ operations: operationsOf(request, spaceById(request)) })
}

function operationsOf(request: SandboxRequest, space: Space) {
  const caller = callerOf(request)
  const held = isSiteAdmin(caller) ? permissionKinds.map(({ id }) => id) : permissionsIn(request, space, caller)
  return [...held].map((permission) => {
    const [operation = '', targetType = ''] = permission.split('/')
    return { operation, targetType }
  })
}

function includedList({ id }: Space, name: string, items: readonly unknown[]) {
  const hasMore = items.length > included
  const meta = { hasMore, ...(hasMore ? { cursor: encodeCursor(included, null) } : {}) }
  return { results: items.slice(0, included), meta, _links: { self: `/wiki/api/v2/spaces/${id}/${name}` } }
}
