import type { Answer, SandboxRequest } from '../../exchange.ts'
import { derivedUuid } from '../../random.ts'
import { Refusal } from '../../refusal.ts'
import { findAccount } from '../../world-directory.ts'
import { seededAt } from '../../world-load.ts'
import type { OrganizationKeySeed } from '../../world-seed.ts'
import { recordPage, requireKnown, type ListRules } from './record-list.ts'

/** API Access 1.0.0, ApiKeyPageSize. */
const pageSizes = ['5', '10', '20', '25', '40', '50', '60', '75', '80', '100']
const yearMs = 365 * 24 * 3_600_000
const nobody = { id: 'unknown', name: 'Unknown', email: '' }

const rules: ListRules<Key> = {
  parameters: ['q', 'keyType', 'sort', 'pageSize', 'cursor'],
  sortable: {
    label: ({ label }) => label,
    'createdBy.name': ({ createdBy }) => createdBy.name,
    expiresAt: ({ expiresAt }) => expiresAt,
    lastActiveAt: ({ lastActiveAt }) => lastActiveAt,
  },
}

/** The keys of the organization, this call's among them: a client learns here when its own ends. */
export function listApiKeys(request: SandboxRequest): Answer {
  requireKnown(request, rules.parameters)
  const { state, query } = request
  const pageSize = query.get('pageSize') ?? '20'
  if (!pageSizes.includes(pageSize)) throw new Refusal('invalid', 'pageSize', `no page size ${pageSize}`)
  const term = query.get('q')?.toLowerCase() ?? ''
  const keys = (state.credentials.organizationApiKeys ?? []).map((key) => view(request, key))
  const items = keys.filter(({ label, createdBy }) =>
    `${label} ${createdBy.name} ${createdBy.email}`.toLowerCase().includes(term),
  )
  return recordPage(request, { items, rules, pageSize: Number(pageSize) })
}

type Key = ReturnType<typeof view>

/** A key ends within a year. Which key was used when is not kept, but the one of this call is in use. */
function view({ state, credential, nowMs }: SandboxRequest, { name, owner = '', scopes, ...key }: OrganizationKeySeed) {
  const { createdAt = seededAt, expiresAt = new Date(Date.parse(createdAt) + yearMs).toISOString() } = key
  const account = findAccount(state, owner)
  return {
    id: derivedUuid(`organization key ${name}`),
    label: name,
    keyType: 'CLOUD_ADMIN',
    createdAt,
    expiresAt,
    lastActiveAt: credential === name ? new Date(nowMs).toISOString() : createdAt,
    orgId: state.organization.id,
    createdBy: account ? { id: account.accountId, name: account.name, email: account.email } : nobody,
    scopes: scopes ?? [],
  }
}
