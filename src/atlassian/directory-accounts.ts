import type { Account, AccountStatus, IdentityNeeds } from '../core/directory.ts'
import type { ApiRequest, Reader } from '../core/ports.ts'
import { normalEmail } from '../core/principal.ts'
import { IncompleteReadError } from '../core/remote-error.ts'
import type { Fields } from '../core/resource.ts'
import { filterSizes, pageSize } from './directory-plan.ts'
import { bodyCursorPages } from './paginate.ts'

/** One of `data` of users/search (specs, admin-organizations; reference 4.4). */
interface UserRow {
  readonly accountId?: string
  readonly accountType?: string
  readonly status?: string
  readonly accountStatus?: string
  readonly membershipStatus?: string
  readonly name?: string | null
  readonly nickname?: string | null
  readonly jobTitle?: string | null
  readonly department?: string | null
  readonly timeZone?: string | null
  readonly email?: string | null
  readonly claimStatus?: string
  readonly mfaEnabled?: boolean
  readonly platformRoles?: readonly string[]
  readonly groups?: readonly { readonly id: string }[]
}

const path = '/v2/orgs/{orgId}/directories/{directoryId}/users/search'
const groupAri = 'ari:cloud:identity::group/'

/**
 * Everybody: ceil(accounts / 100) calls, and where somebody who is needed is not among them, one more for each hundred
 * such people: no count of the API says that the list is whole, and whom it lacks by mistake would be invited again.
 * @throws RemoteError, IncompleteReadError
 */
export async function readEveryAccount({ emails }: Pick<IdentityNeeds, 'emails'>, reader: Reader): Promise<Account[]> {
  const accounts = await search(reader, {})
  const missing = emails.difference(new Set(accounts.map(({ email }) => email ?? '')))
  const found = await readSomeAccounts(reader, { emails: missing, accountIds: new Set() }, [])
  if (found.length === 0) return accounts
  throw new IncompleteReadError(`the list of accounts lacks ${found.length} that a search by address finds`)
}

/** The people who are needed, and the members of these groups. @throws RemoteError, IncompleteReadError */
async function readSomeAccounts(
  reader: Reader,
  { emails, accountIds }: Pick<IdentityNeeds, 'emails' | 'accountIds'>,
  groupIds: readonly string[],
): Promise<Account[]> {
  const filters: Fields[] = [
    ...chunks([...emails], filterSizes.emails).map((some) => ({ emails: some })),
    ...chunks([...accountIds], filterSizes.accountIds).map((some) => ({ accountIds: some })),
    ...chunks(groupIds, filterSizes.groupIds).map((some) => ({ groupIds: some })),
  ]
  const found = await Promise.all(filters.map((filter) => search(reader, filter)))
  return [...new Map(found.flat().map((account) => [account.accountId, account])).values()]
}

interface Pinned {
  readonly needs: IdentityNeeds
  readonly groupIds: readonly string[]
  /** Account id by e-mail. */
  readonly pins: ReadonlyMap<string, string>
}

/** The same, and of those addresses that are nobody's now, the accounts that had them before. */
export async function readPinnedAccounts(reader: Reader, { needs, groupIds, pins }: Pinned): Promise<Account[]> {
  const found = await readSomeAccounts(reader, needs, groupIds)
  const known = new Set(found.flatMap(({ accountId, email }) => (email === undefined ? accountId : [accountId, email])))
  const lost = [...needs.emails].flatMap((email) => (known.has(email) ? [] : (pins.get(email) ?? [])))
  const accountIds = new Set(lost.filter((accountId) => !known.has(accountId)))
  return [...found, ...(await readSomeAccounts(reader, { emails: new Set(), accountIds }, []))]
}

async function search(reader: Reader, filter: Fields): Promise<Account[]> {
  const body = { ...filter, expand: ['groups', 'platformRoles'], limit: pageSize }
  const request: ApiRequest = { api: 'organization', method: 'POST', path, body }
  return (await bodyCursorPages<UserRow>(reader, request)).map(accountOf)
}

export const chunks = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))

function accountOf(row: UserRow): Account {
  const { accountId, accountType, name, email, mfaEnabled, claimStatus, platformRoles, groups } = row
  if (typeof accountId !== 'string') throw new IncompleteReadError(`POST ${path} answered an account without its id`)
  return {
    accountId,
    name: name || accountId,
    type: accountType ?? 'unknown',
    status: statusOf(row),
    managed: claimStatus === 'managed',
    profile: profileOf(row),
    platformRoles: platformRoles ?? [],
    groupIds: new Set((groups ?? []).map(({ id }) => bareGroupId(id))),
    ...(email && { email: normalEmail(email) }),
    ...(mfaEnabled !== undefined && { mfaEnabled }),
  }
}

/** By the names of AtlassianUser.spec; what is empty is left out. */
function profileOf({ nickname, jobTitle, department, timeZone }: UserRow): Fields {
  const fields = { nickName: nickname, title: jobTitle, department, timeZone }
  return Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value ? [[name, value]] : [])))
}

/** users/search puts the ARI before the id that every other call takes (reference 4.4). */
const bareGroupId = (id: string): string => (id.startsWith(groupAri) ? id.slice(groupAri.length) : id)

const statuses: ReadonlySet<string> = new Set<AccountStatus>([
  'active',
  'suspended',
  'deactivated',
  'not_invited',
  'for_deletion',
])
const isStatus = (status: string | undefined): status is AccountStatus => status !== undefined && statuses.has(status)

/** `status` is made of the other two (reference 4.4); they are asked where it is missing or a word we do not know. */
function statusOf({ status, accountStatus, membershipStatus }: UserRow): AccountStatus {
  if (isStatus(status)) return status
  if (accountStatus === 'closed') return 'for_deletion'
  if (accountStatus === 'inactive') return 'deactivated'
  if (membershipStatus === 'no_membership') return 'not_invited'
  return membershipStatus === 'suspended' ? 'suspended' : 'active'
}
