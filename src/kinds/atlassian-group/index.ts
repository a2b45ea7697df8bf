import { unreadOf } from '../../atlassian/paginate.ts'
import { subject, type Change } from '../../core/change.ts'
import { defineKind } from '../../core/kind.ts'
import { groupKey, normalName } from '../../core/principal.ts'
import { isAppRoleGrant, rolesScope, type AppRoleGrant } from './app-role.ts'
import { readApps } from './api.ts'
import { expand, type Apps } from './expand.ts'
import { groupKind, type GroupResource } from './group.ts'
import { forecast, observe } from './observe.ts'
import { AtlassianGroupSpec } from './schema.ts'
import { write } from './write.ts'

export const atlassianGroup = defineKind<typeof AtlassianGroupSpec, Apps | undefined, GroupResource | AppRoleGrant>({
  name: groupKind,
  schema: AtlassianGroupSpec,
  description: 'A group, without its members.',
  names: ({ name, appRoles = [] }) => [
    { what: 'group', name, path: ['spec', 'name'] },
    // an app for everybody in a group costs seats, and its administration rules over others
    ...(appRoles.length > 0 ? [{ what: 'rule', name: 'appRoles', path: ['spec', 'appRoles'] } as const] : []),
  ],
  needs: ({ name }) => ({ groupNames: new Set([normalName(name)]) }),
  promises: ({ name }) => ({ group: name }),
  catalogue: async (specs, reader) => (specs.some(wantsRoles) ? readApps(reader).catch(unreadOf) : undefined),
  // one page holds a thousand apps
  forecastCatalogue: (specs) => ({ calls: specs.some(wantsRoles) ? 1 : 0, exact: true }),
  expand,
  forecast,
  observe,
  lanes,
  write,
  realize(resource, identities) {
    const group = { groupId: identities.groupId(resource.ref.group) }
    if (isAppRoleGrant(resource)) {
      const scope = rolesScope(group, resource.scope.title)
      return { ...resource, scope: { ...resource.scope, key: scope.key }, ref: { ...resource.ref, group } }
    }
    const own = resource as GroupResource
    const scope = { ...own.scope, key: groupKey(group), ref: { group, name: own.ref.name } }
    return { ...own, scope, ref: { ...own.ref, group }, principal: { type: 'group', group } }
  },
})

/** A new group comes before the roles that it is to give: changes are sorted that way. */
function lanes(changes: readonly Change<GroupResource | AppRoleGrant>[]) {
  return [...Map.groupBy(changes, (change) => groupKey(subject(change).ref.group)).values()]
}

const wantsRoles = ({ appRoles = [] }: { readonly appRoles?: readonly unknown[] }): boolean => appRoles.length > 0
