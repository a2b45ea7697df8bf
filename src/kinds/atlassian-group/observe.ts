import { unreadOf } from '../../atlassian/paginate.ts'
import type { Directory, Unread } from '../../core/directory.ts'
import type { Forecast, ObserveContext } from '../../core/kind.ts'
import type { Reader } from '../../core/ports.ts'
import type { Scope } from '../../core/resource.ts'
import { appRoleGrant, cloudIdOf, isRolesScope, siteNamed, type AppRoleGrant, type RolesScope } from './app-role.ts'
import { readRoleAssignments } from './api.ts'
import type { Apps } from './expand.ts'
import { groupResource, type GroupResource, type GroupScope } from './group.ts'

export const forecast = (scopes: readonly Scope[]): Forecast => ({
  calls: scopes.filter((scope) => isRolesScope(scope) && 'groupId' in scope.ref.group).length,
  exact: true,
})

type Context = ObserveContext & { readonly catalogue: Apps | undefined }
type Found = readonly (GroupResource | AppRoleGrant)[] | Unread

/** Groups come with the directory; the app roles of one take a call. */
export async function observe(scopes: readonly Scope[], context: Context): Promise<ReadonlyMap<string, Found>> {
  const found = scopes.map(async (scope): Promise<readonly [string, Found]> => {
    if (isRolesScope(scope)) return [scope.key, await grantsOf(scope, context)]
    return [scope.key, groupOf(scope as GroupScope, context.directory)]
  })
  return new Map(await Promise.all(found))
}

function groupOf(scope: GroupScope, directory: Directory): Found {
  const { group: ref, name } = scope.ref
  const group = 'promised' in ref ? directory.group(name) : directory.groupById(ref.groupId)
  return group ? [groupResource(scope)] : (directory.unread.groups ?? [])
}

async function grantsOf(scope: RolesScope, { reader, directory, catalogue }: Context): Promise<Found> {
  const { group: ref, name } = scope.ref
  const groupId = 'promised' in ref ? directory.group(name)?.groupId : ref.groupId
  if (groupId === undefined) return directory.unread.groups ?? []
  const assignments = await assignmentsOf(reader, groupId)
  if ('code' in assignments) return assignments
  const apps = catalogue && !('code' in catalogue) ? catalogue : []
  return assignments.flatMap(({ resourceId, resourceOwner: product, roles = [], defaultRole }) => {
    const cloudId = cloudIdOf(resourceId)
    if (cloudId === undefined || product === undefined) return []
    const site = siteNamed(cloudId, apps, directory)
    return roles.map((role) => {
      const grant = appRoleGrant(scope, { product, cloudId, role, resourceId, site })
      return role === defaultRole ? { ...grant, keep: `gives ${product} by default` } : grant
    })
  })
}

const assignmentsOf = (reader: Reader, groupId: string) => readRoleAssignments(reader, groupId).catch(unreadOf)
