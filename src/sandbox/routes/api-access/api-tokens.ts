import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { intOf } from '../../pagination.ts'
import { tokensOf } from '../../world-tokens.ts'
import { recordPage, requireKnown, type ListRules } from './record-list.ts'

const filters = ['q', 'status']
const rules: ListRules<Token> = {
  parameters: [...filters, 'sort', 'pageSize', 'cursor'],
  sortable: {
    label: ({ label }) => label,
    'user.name': ({ user }) => user.name,
    createdAt: ({ createdAt }) => createdAt,
    expiresAt: ({ expiresAt = '' }) => expiresAt,
    lastActiveAt: ({ lastActiveAt = '' }) => lastActiveAt,
  },
}

export function listApiTokens(request: SandboxRequest): Answer {
  requireKnown(request, rules.parameters)
  const pageSize = intOf(request.query.get('pageSize'), 'pageSize', { default: 20, min: 1, max: 1000 })
  return recordPage(request, { items: matching(request), rules, pageSize })
}

/** A bare number. */
export function countApiTokens(request: SandboxRequest): Answer {
  requireKnown(request, filters)
  return ok(matching(request).length)
}

interface Token {
  readonly id: string
  readonly label: string
  readonly status: 'ALLOWED'
  readonly createdAt: string
  readonly expiresAt?: string
  readonly lastActiveAt?: string
  readonly user: { readonly id: string; readonly orgId: string; readonly name: string; readonly email: string }
  readonly scopes: readonly string[]
}

/** Tokens of people whom the organization manages; none of them is blocked. */
function matching({ state, query }: SandboxRequest): Token[] {
  if (query.get('status') === 'blocked') return []
  const term = query.get('q')?.toLowerCase() ?? ''
  const people = [...state.accounts.values()].filter(({ managed, type }) => managed && type === 'atlassian')
  const tokens = people.flatMap((account) =>
    tokensOf(state, account).map(({ id, label, createdAt, lastAccess, expiry, scopes }): Token => {
      const { accountId, name, email } = account
      return {
        id,
        label,
        status: 'ALLOWED',
        createdAt,
        ...(expiry === undefined ? {} : { expiresAt: expiry }),
        ...(lastAccess === undefined ? {} : { lastActiveAt: lastAccess }),
        user: { id: accountId, orgId: state.organization.id, name, email },
        scopes,
      }
    }),
  )
  return tokens.filter(({ label, user }) => `${label} ${user.name} ${user.email}`.toLowerCase().includes(term))
}
