import { fieldsOf, ok, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { decodeCursor, encodeCursor, pageOf } from '../../pagination.ts'
import { Refusal } from '../../refusal.ts'
import { resourceAri } from '../../world-apps.ts'
import { seatHolders } from '../../world-directory.ts'
import type { Product, Site } from '../../world-state.ts'
import { requirePlace } from './organization.ts'
import { requireJson } from './user-writes.ts'

/** One workspace for each app of each site. A cursor must be the only property of its body. */
export function searchWorkspaces(request: SandboxRequest): Answer {
  requirePlace(request)
  requireJson(request)
  const { state, body, paging } = request
  const fields = fieldsOf(body)
  const cursor = textOf(fields['cursor'])
  if (cursor !== undefined && Object.keys(fields).length > 1) {
    throw new Refusal('invalid', 'cursor', 'the cursor must be the only property of the body')
  }
  const carried = cursor === undefined ? undefined : decodeCursor(cursor)
  const question = carried ? carried.question : { ...fields }
  const limit = limitOf(fieldsOf(question)['limit'])
  const wanted = wantedTypes(fieldsOf(question)['query'])
  const all = state.sites.flatMap((site) => site.products.map((product) => ({ site, product })))
  const matching = all.filter(({ product }) => wanted === undefined || wanted.includes(product.key))
  const offset = carried?.offset ?? 0
  const page = pageOf(matching, { offset, limit }, paging)
  return ok({
    data: page.items.map(({ site, product }) => workspace(request, site, product)),
    links: {
      self: encodeCursor(offset, question),
      ...(page.next === undefined ? {} : { next: encodeCursor(page.next, question) }),
    },
    meta: {
      pageSize: page.items.length,
      startIndex: offset,
      endIndex: offset + page.items.length,
      total: matching.length,
    },
  })
}

function limitOf(value: unknown): number {
  if (value === undefined) return 20
  if (typeof value === 'number' && value >= 1 && value <= 1000) return value
  throw new Refusal('invalid', 'limit', 'limit must be from 1 to 1000')
}

/** The values of a filter on `attributes.type` or `attributes.typeKey`, wherever it stands in the query. */
function wantedTypes(query: unknown): string[] | undefined {
  const { and, field } = fieldsOf(query)
  if (Array.isArray(and)) return and.map(wantedTypes).find((types) => types !== undefined)
  const { name, values } = fieldsOf(field)
  if ((name !== 'attributes.type' && name !== 'attributes.typeKey') || !Array.isArray(values)) return undefined
  return values.map(String)
}

function workspace({ state, baseUrl, siteUrl }: SandboxRequest, site: Site, product: Product) {
  const id = resourceAri(site, product.key)
  return {
    id,
    type: 'workspace',
    attributes: {
      name: site.name,
      typeKey: product.key,
      type: product.key,
      owner: null,
      status: 'online',
      statusDetails: [],
      hostUrl: siteUrl(site.name),
      realm: 'global',
      regions: [],
      labels: [],
      sandbox: { type: 'NONE' },
      usage: seatHolders(state, site.name, product.key).size,
      capacity: product.seats ?? null,
      createdAt: '2024-01-01T00:00:00.000Z',
      createdBy: null,
      updatedAt: null,
    },
    links: { self: `${baseUrl}/v2/orgs/${state.organization.id}/workspaces` },
    relationships: {},
  }
}
