import type { Group } from '../core/directory.ts'
import type { ApiRequest, Reader } from '../core/ports.ts'
import { normalName } from '../core/principal.ts'
import { IncompleteReadError } from '../core/remote-error.ts'
import type { Fields } from '../core/resource.ts'
import { chunks } from './directory-accounts.ts'
import { filterSizes, pageSize } from './directory-plan.ts'
import { bodyCursorPages } from './paginate.ts'

/** One of `data` of groups/search (specs, admin-organizations; reference 4.5). */
interface GroupRow {
  readonly id?: string
  readonly name?: string
  readonly description?: string | null
  readonly externalSynced?: boolean
  readonly managedBy?: string
  readonly managementAccess?: { readonly deletable?: boolean; readonly modifiable?: boolean }
  readonly counts?: { readonly users?: number }
}

const path = '/v2/orgs/{orgId}/directories/{directoryId}/groups/search'

/** Every group with its size: ceil(groups / 100) calls. @throws RemoteError, IncompleteReadError */
export const readAllGroups = (reader: Reader): Promise<Group[]> => searchGroups(reader, {})

/**
 * The groups of these names (normal form), and of those names that are nobody's now, the groups that had them before: ten
 * such a call. @throws RemoteError, IncompleteReadError
 */
export async function readSomeGroups(
  reader: Reader,
  names: readonly string[],
  pins: ReadonlyMap<string, string>,
): Promise<Group[]> {
  const some = chunks(names, filterSizes.groupNames)
  const found = (await Promise.all(some.map((groupNames) => searchGroups(reader, { groupNames })))).flat()
  const known = new Set(found.map(({ name }) => normalName(name)))
  const ids = names.flatMap((name) => (known.has(name) ? [] : (pins.get(name) ?? [])))
  const rest = chunks(ids, filterSizes.groupIds).map((groupIds) => searchGroups(reader, { groupIds }))
  return [...found, ...(await Promise.all(rest)).flat()]
}

export async function searchGroups(reader: Reader, filter: Fields): Promise<Group[]> {
  const body = { ...filter, expand: ['counts.users'], limit: pageSize }
  const request: ApiRequest = { api: 'organization', method: 'POST', path, body }
  return (await bodyCursorPages<GroupRow>(reader, request)).map(groupOf)
}

function groupOf(row: GroupRow): Group {
  const { id, name, description, managedBy, managementAccess, counts } = row
  if (typeof id !== 'string' || typeof name !== 'string') {
    throw new IncompleteReadError(`POST ${path} answered a group without its id or name`)
  }
  const readOnly = readOnlyReason(row)
  return {
    groupId: id,
    name,
    managedBy: managedBy ?? 'unknown',
    deletable: managementAccess?.deletable !== false,
    defaultFor: [],
    ...(description && { description }),
    ...(readOnly !== undefined && { readOnly }),
    ...(counts?.users !== undefined && { userCount: counts.users }),
  }
}

/** Why nobody but its owner can write the group, with the place to change it (reference 3.5, 4.5). */
function readOnlyReason({ externalSynced, managedBy, managementAccess }: GroupRow): string | undefined {
  if (externalSynced || managedBy === 'external') return 'owned by the identity provider: change it there'
  if (managedBy === 'team-members') return 'an Atlassian team: change its members on the page of the team'
  if (managementAccess?.modifiable === false) {
    return 'locked by Atlassian: change it in Atlassian Administration, under Directory and Groups'
  }
  return undefined
}
