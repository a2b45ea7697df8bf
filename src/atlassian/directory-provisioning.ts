import type { Account, ProvisionedRecord } from '../core/directory.ts'
import type { ApiRequest, Reader } from '../core/ports.ts'
import { normalEmail, normalName } from '../core/principal.ts'
import { IncompleteReadError } from '../core/remote-error.ts'
import type { Fields } from '../core/resource.ts'
import { pageSize } from './directory-plan.ts'
import { scimPages } from './paginate.ts'

/** A user of the SCIM directory (specs, scim-user-provisioning; reference 3.1). */
interface ScimUser {
  readonly id?: string
  readonly userName?: string
  readonly externalId?: string | null
  readonly active?: boolean
  readonly displayName?: string | null
  readonly name?: { readonly givenName?: string | null; readonly familyName?: string | null } | null
  readonly nickName?: string | null
  readonly title?: string | null
  readonly department?: string | null
  readonly timezone?: string | null
  readonly preferredLanguage?: string | null
  readonly 'urn:scim:schemas:extension:atlassian-external:1.0'?: { readonly atlassianAccountId?: string }
}

/** A record, and what joins it to an account. */
export interface JoinableRecord extends ProvisionedRecord {
  /** Missing while the account is being made. */
  readonly accountId?: string
  /** Normal form of `userName`. */
  readonly email: string
}

const request: ApiRequest = {
  api: 'scim',
  method: 'GET',
  path: '/scim/directory/{directoryId}/Users',
  query: { count: pageSize },
}

/** ceil(records / 100) calls. @throws RemoteError, IncompleteReadError */
export async function readAllRecords(reader: Reader): Promise<JoinableRecord[]> {
  return (await scimPages<ScimUser>(reader, request)).map(recordOf)
}

/** One call an e-mail: the filter takes a single `eq` (reference 3.2). @throws RemoteError, IncompleteReadError */
export async function readSomeRecords(reader: Reader, emails: ReadonlySet<string>): Promise<JoinableRecord[]> {
  const found = [...emails].map((email) => {
    const filter = `userName eq ${JSON.stringify(email)}`
    return scimPages<ScimUser>(reader, { ...request, query: { ...request.query, filter } })
  })
  return (await Promise.all(found)).flat().map(recordOf)
}

const groupRequest: ApiRequest = { ...request, path: '/scim/directory/{directoryId}/Groups' }

/** Ids of all groups of the directory by name in normal form: ceil(groups / 100) calls. @throws RemoteError, IncompleteReadError */
export async function readGroupRecords(reader: Reader): Promise<ReadonlyMap<string, string>> {
  const groups = await scimPages<{ readonly id?: string; readonly displayName?: string }>(reader, groupRequest)
  return new Map(
    groups.flatMap(({ id, displayName }) =>
      id === undefined || displayName === undefined ? [] : [[normalName(displayName), id] as const],
    ),
  )
}

function recordOf(user: ScimUser): JoinableRecord {
  const { id, userName } = user
  if (typeof id !== 'string' || typeof userName !== 'string') {
    throw new IncompleteReadError('GET /scim/directory/{directoryId}/Users answered a user without its id or userName')
  }
  const accountId = user['urn:scim:schemas:extension:atlassian-external:1.0']?.atlassianAccountId
  return {
    id,
    email: normalEmail(userName),
    active: user.active !== false,
    profile: profileOf(user),
    ...(accountId !== undefined && { accountId }),
  }
}

/** By the names of AtlassianUser.spec; what is empty is left out, so that both sides compare alike. */
function profileOf(user: ScimUser): Fields {
  const fields = {
    displayName: user.displayName,
    givenName: user.name?.givenName,
    familyName: user.name?.familyName,
    nickName: user.nickName,
    title: user.title,
    department: user.department,
    timeZone: user.timezone,
    locale: user.preferredLanguage,
    externalId: user.externalId,
  }
  return Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value ? [[name, value]] : [])))
}

/**
 * Accounts with their records. The account id joins them; a record that has none yet is joined by its userName. SCIM's
 * own ids mean nothing elsewhere (reference 3).
 */
export function joinRecords(accounts: readonly Account[], records: readonly JoinableRecord[]): readonly Account[] {
  const byAccount = new Map(
    records.flatMap((record) => (record.accountId ? [[record.accountId, record] as const] : [])),
  )
  const byEmail = new Map(records.flatMap((record) => (record.accountId ? [] : [[record.email, record] as const])))
  return accounts.map((account) => {
    const record = byAccount.get(account.accountId) ?? byEmail.get(account.email ?? '')
    if (record === undefined) return account
    const { id, active, profile } = record
    return { ...account, provisioned: { id, active, profile } }
  })
}
