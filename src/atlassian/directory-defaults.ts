import type { Unread } from '../core/directory.ts'
import type { ApiRequest, Reader } from '../core/ports.ts'
import { searchGroups } from './directory-groups.ts'
import { isJira } from './directory-plan.ts'
import { queryCursorPages, unreadOf } from './paginate.ts'

/** Ids of the groups that give a product's access by default, or why that is not known. */
export type DefaultGroupIds = ReadonlyMap<string, readonly string[] | Unread>

/** Finds default groups rather than guessing their names (reference section 11). Failures are values. */
export async function discoverDefaultGroups(
  reader: Reader,
  products: readonly string[],
  sites: readonly string[],
): Promise<DefaultGroupIds> {
  const others = products.filter((product) => !isJira(product))
  const [jira, rest] = await Promise.all([
    jiraDefaults(reader, products.filter(isJira), sites),
    Promise.all(
      others.map(async (product) => [product, await orUnread(() => grantedDefaults(reader, product))] as const),
    ),
  ])
  return new Map([...jira, ...rest])
}

/** Of `GET /rest/api/3/applicationrole` (specs, jira-v3). */
interface ApplicationRole {
  readonly key: string
  readonly defaultGroupsDetails?: readonly { readonly groupId?: string | null }[]
}

/** One call a site tells the default groups of all Jira products. */
async function jiraDefaults(
  reader: Reader,
  products: readonly string[],
  sites: readonly string[],
): Promise<DefaultGroupIds> {
  if (products.length === 0) return new Map()
  const roles = await orUnread(async () => {
    const request = { api: 'jira', method: 'GET', path: '/rest/api/3/applicationrole' } as const
    return (await Promise.all(sites.map((site) => reader.read<ApplicationRole[]>({ ...request, site })))).flat()
  })
  return new Map(products.map((product) => [product, 'code' in roles ? roles : defaultsOf(product, roles)]))
}

function defaultsOf(product: string, roles: readonly ApplicationRole[]): readonly string[] {
  const details = roles.filter(({ key }) => key === product).flatMap((role) => role.defaultGroupsDetails ?? [])
  return [...new Set(details.flatMap(({ groupId }) => groupId ?? []))]
}

/** Of `…/groups/{groupId}/role-assignments` (specs, admin-organizations). */
interface RoleAssignment {
  readonly resourceOwner?: string
  readonly defaultRole?: string | null
}

const userRole = 'atlassian/user'

/** The groups that grant the product's use are few; of each, its role assignments say whether it does so by default. */
async function grantedDefaults(reader: Reader, product: string): Promise<readonly string[]> {
  const candidates = await searchGroups(reader, { resourceOwners: [product], roleIds: [userRole] })
  const found = candidates.map(async ({ groupId }) => {
    const rows = await queryCursorPages<RoleAssignment>(reader, roleAssignmentsOf(groupId))
    const isDefault = rows.some(
      ({ resourceOwner, defaultRole }) => resourceOwner === product && defaultRole === userRole,
    )
    return isDefault ? [groupId] : []
  })
  return (await Promise.all(found)).flat()
}

const roleAssignmentsOf = (groupId: string): ApiRequest => ({
  api: 'organization',
  method: 'GET',
  path: '/v2/orgs/{orgId}/directories/{directoryId}/groups/{groupId}/role-assignments',
  params: { groupId },
  query: { limit: 100 },
})

export async function orUnread<Value>(read: () => Promise<Value>): Promise<Value | Unread> {
  try {
    return await read()
  } catch (error) {
    return unreadOf(error)
  }
}
