import { queryCursorPages } from '../atlassian/paginate.ts'
import type { ApiRequest } from '../core/ports.ts'
import {
  attempt,
  day,
  dayMs,
  failed,
  ok,
  remedyOf,
  several,
  skipped,
  warning,
  type Check,
  type Section,
} from './check.ts'
import { specsOf, type Patient } from './patient.ts'

const keyPlace = 'make one at admin.atlassian.com, Settings, API keys, without scopes'
const noticeDays = 30

/** The key of the organization, and what it opens. `works`: whether it was accepted for the declared organization. */
export async function organizationSection(
  patient: Patient,
): Promise<{ readonly section: Section; readonly works: boolean }> {
  const title = `Organization ${patient.estate.organization.name}`
  const key = await keyCheck(patient)
  if (key.result !== 'ok') {
    const because = 'the key of the organization does not work'
    const rest = ['directory', 'key-expiry', 'domains'].map((name) => skipped(name, because))
    return { works: false, section: { title, checks: [key, ...rest] } }
  }
  const checks = [key, await directoryCheck(patient), await expiryCheck(patient), await domainCheck(patient)]
  // without one directory nothing of it can be read
  return { works: checks[1]!.result === 'ok', section: { title, checks } }
}

const get = (path: string, query?: NonNullable<ApiRequest['query']>): ApiRequest => ({
  api: 'organization',
  method: 'GET',
  path,
  ...(query && { query }),
})

async function keyCheck({ transport: { reader }, spec, connected }: Patient): Promise<Check> {
  const name = 'organization-key'
  if (!connected.connection.credentials.organization) return skipped(name, 'there is no key')
  const found = await attempt(() =>
    queryCursorPages<{ readonly id: string; readonly attributes?: { readonly name?: string } }>(
      reader,
      get('/v1/orgs'),
    ),
  )
  if ('code' in found) {
    const refused = found.status === 401 ? 'it is wrong, has expired or was revoked: ' : 'it may have scopes: '
    return failed(name, `the key is not accepted: ${found.message}`, remedyOf(found, `${refused}${keyPlace}`))
  }
  const sees = found.value.map(({ id, attributes }) => `${attributes?.name ?? 'unnamed'} (${id})`).join(', ')
  if (found.value.some(({ id }) => id === spec.organizationId)) return ok(name, `accepted; it sees ${sees}`)
  const message = `the key is of another organization than ${spec.organizationId}: it sees ${sees || 'none'}`
  return failed(name, message, 'correct organizationId, or use a key of that organization')
}

async function directoryCheck({ transport: { reader }, spec }: Patient): Promise<Check> {
  const name = 'directory'
  const found = await attempt(() =>
    queryCursorPages<{ readonly directoryId: string; readonly name: string }>(
      reader,
      get('/v2/orgs/{orgId}/directories', { limit: 100 }),
    ),
  )
  if ('code' in found) {
    return failed(name, found.message, remedyOf(found, `the key may not list directories: ${keyPlace}`))
  }
  const all = found.value.map((each) => `${each.name} (${each.directoryId})`).join(', ')
  const { directoryId } = spec
  if (directoryId === undefined && found.value.length > 1)
    return failed(name, `there are several directories: ${all}`, 'set spec.directoryId to one of them')
  const chosen = found.value.find((each) => directoryId === undefined || each.directoryId === directoryId)
  if (chosen) return ok(name, `${chosen.name} (${chosen.directoryId})`)
  return failed(
    name,
    `the directory ${directoryId ?? ''} is not there: ${all || 'the key sees none'}`,
    'correct spec.directoryId',
  )
}

interface ListedKey {
  readonly id: string
  readonly label?: string
  readonly expiresAt?: string
  readonly lastActiveAt?: string
}

/** No answer says which of the keys this one is: the one that was used last is taken for it (API Access API, reference 6). */
async function expiryCheck({ transport: { reader }, options }: Patient): Promise<Check> {
  const name = 'key-expiry'
  const path = '/admin/api-access/v1/orgs/{orgId}/api-keys'
  const found = await attempt(() =>
    reader.read<{ readonly data?: readonly ListedKey[] }>({
      api: 'control',
      method: 'GET',
      path,
      query: { pageSize: 100, sort: '-lastActiveAt' },
    }),
  )
  if ('code' in found) return skipped(name, `the list of keys was not answered: ${found.message}`)
  const nowMs = options.clock.now()
  const ends = (found.value.data ?? []).map((key) => ({ ...key, endsMs: Date.parse(key.expiresAt ?? '') }))
  // a key that is accepted has not ended
  const used = ends.find(({ endsMs }) => endsMs > nowMs)
  if (!used) return skipped(name, 'the list of keys does not say when this one ends')
  const { endsMs } = used
  const days = Math.floor((endsMs - nowMs) / dayMs)
  const message = `"${used.label ?? used.id}", the key used last, ends on ${day(endsMs)}, in ${several(days, 'day')}`
  return days < noticeDays
    ? warning(name, message, `${keyPlace}, and put it in place of the old one`)
    : ok(name, message)
}

interface Domain {
  readonly attributes?: { readonly name?: string; readonly claim?: { readonly status?: string } }
}

async function domainCheck(patient: Patient): Promise<Check> {
  const name = 'domains'
  const found = await attempt(() => queryCursorPages<Domain>(patient.transport.reader, get('/v1/orgs/{orgId}/domains')))
  if ('code' in found) return skipped(name, `the domains were not answered: ${found.message}`)
  const verified = new Set(
    found.value.flatMap(({ attributes }) =>
      attributes?.claim?.status === 'verified' ? [(attributes.name ?? '').toLowerCase()] : [],
    ),
  )
  const users = specsOf<{ readonly email: string }>(patient, 'AtlassianUser')
  const foreign = Map.groupBy(users, ({ email }) => email.slice(email.lastIndexOf('@') + 1).toLowerCase())
  const outside = [...foreign].filter(([domain]) => !verified.has(domain))
  const shown = [...verified].join(', ') || 'none'
  if (outside.length === 0) return ok(name, `verified: ${shown}; every declared user is in one of them`)
  const listed = outside.map(([domain, those]) => `${several(those.length, 'user')} of ${domain}`).join(', ')
  return warning(
    name,
    `verified: ${shown}; ${listed} will be accounts that the organization does not manage`,
    'verify the domain at admin.atlassian.com, Settings, Domains, or accept that their accounts stay their own',
  )
}
