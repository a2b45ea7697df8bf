import type { ApiRequest, Reader } from '../core/ports.ts'
import { IncompleteReadError } from '../core/remote-error.ts'

/** What users/search shows beside what a directory keeps (specs, admin-organizations, `MultiDirectoryUser`). */
export interface AccountUse {
  /** ISO 8601: when the account came into the organization. */
  readonly addedAt?: string
  /** Whether an identity provider made it; absent where Atlassian cannot tell. */
  readonly provisioned?: boolean
  /** What it may open. Absent where the answer does not say. */
  readonly products?: readonly ProductUse[]
}

export interface ProductUse {
  readonly key: string
  /** ARI of the product on its site. */
  readonly resourceId: string
  /**
   * ISO 8601, up to a day late (reference 4.4). Absent where the answer has none: the specs do not say whether the product
   * was never opened then, or the time is not known. Only last-active-dates tells, one call an account.
   */
  readonly lastActiveAt?: string
}

interface UserRow {
  readonly accountId?: string
  readonly addedToOrg?: string
  readonly managementSource?: string | null
  readonly productAccess?: readonly {
    readonly id?: string
    readonly key?: string
    readonly lastActiveTimestamp?: string | null
  }[]
}

/** A reader, and what it has come to know of accounts. */
export interface UseReader {
  readonly reader: Reader
  /** By account id. Grows while the reader reads. */
  readonly uses: ReadonlyMap<string, AccountUse>
}

const searchPath = '/v2/orgs/{orgId}/directories/{directoryId}/users/search'

/**
 * Asks every search of people, made by whomever, for the products of the people too: it costs no call, and a plan has no
 * use for them.
 */
export function readingUse(reader: Reader): UseReader {
  const uses = new Map<string, AccountUse>()
  const read = async <Body>(request: ApiRequest): Promise<Body> => {
    if (request.path !== searchPath) return reader.read<Body>(request)
    const page = await reader.read<Body>({ ...request, body: withProducts(request.body) })
    for (const row of rowsOf(page)) if (row.accountId !== undefined) uses.set(row.accountId, useOf(row))
    return page
  }
  return { reader: { read }, uses }
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function withProducts(body: ApiRequest['body']): NonNullable<ApiRequest['body']> {
  const fields = isFields(body) ? body : {}
  const expand = Array.isArray(fields['expand']) ? fields['expand'] : []
  return { ...fields, expand: [...expand, 'productAccess'] }
}

/** A page that is malformed is told by who reads it. */
const rowsOf = (page: unknown): readonly UserRow[] =>
  isFields(page) && Array.isArray(page['data']) ? page['data'].filter(isFields) : []

function useOf({ addedToOrg, managementSource, productAccess }: UserRow): AccountUse {
  return {
    ...(addedToOrg && { addedAt: addedToOrg }),
    ...(managementSource && { provisioned: managementSource === 'synced' }),
    ...(productAccess && {
      products: productAccess.flatMap(({ id = '', key, lastActiveTimestamp: at }) =>
        key === undefined ? [] : [{ key, resourceId: id, ...(at && { lastActiveAt: at }) }],
      ),
    }),
  }
}

/** An API token of a managed account, never its secret (specs, admin-user-management, `ApiTokenModel`). */
export interface AccountToken {
  readonly id: string
  readonly label: string
  /** ISO 8601. */
  readonly createdAt: string
  /** ISO 8601. Absent where the answer has none; the specs do not say what that means. */
  readonly lastUsedAt?: string
  /** The same. */
  readonly expiresAt?: string
}

interface TokenRow {
  readonly id?: string
  readonly label?: string
  readonly createdAt?: string
  readonly lastAccess?: string | null
  readonly expiry?: string | null
}

const tokensPath = '/users/{account_id}/manage/api-tokens'

/** One call an account; 403 for one that the organization does not manage. @throws RemoteError, IncompleteReadError */
export async function readTokens(reader: Reader, accountId: string): Promise<readonly AccountToken[]> {
  const request: ApiRequest = { api: 'user-management', method: 'GET', path: tokensPath }
  const rows = await reader.read<readonly TokenRow[]>({ ...request, params: { account_id: accountId } })
  if (!Array.isArray(rows)) throw new IncompleteReadError(`GET ${tokensPath} answered no list`)
  return (rows as readonly TokenRow[]).map(({ id = '', label = '', createdAt = '', lastAccess, expiry }) => ({
    id,
    label,
    createdAt,
    ...(lastAccess && { lastUsedAt: lastAccess }),
    ...(expiry && { expiresAt: expiry }),
  }))
}
