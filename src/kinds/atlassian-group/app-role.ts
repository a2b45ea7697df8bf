import type { Directory } from '../../core/directory.ts'
import { groupKey, type GroupRef } from '../../core/principal.ts'
import type { Resource, Scope } from '../../core/resource.ts'
import { groupKind } from './group.ts'

/** An app on a site, as the list of workspaces names it. */
export interface App {
  /** `jira-software` */
  readonly product: string
  readonly cloudId: string
  /** Address of the site, without a slash at its end. */
  readonly siteUrl: string
}

export interface GroupOfRoles {
  readonly group: GroupRef
  readonly name: string
  readonly isRoles: true
}
export type RolesScope = Scope<GroupOfRoles>

export interface GrantedRole {
  readonly group: GroupRef
  readonly product: string
  readonly cloudId: string
  /** `atlassian/user` */
  readonly role: string
  /** As found in an assignment; the form that other calls want is not documented. */
  readonly resourceId: string
}
/** One role that a group gives in one app. */
export type AppRoleGrant = Resource<GrantedRole, Record<string, never>>

/** The app roles of a group, a scope beside the group itself. */
export function rolesScope(group: GroupRef, name: string): RolesScope {
  const ref = { group, name, isRoles: true } as const
  return { kind: groupKind, key: `${groupKey(group)}/roles`, ref, title: `Group ${name}, app roles` }
}

export const isRolesScope = (scope: Scope): scope is RolesScope =>
  typeof scope.ref === 'object' && scope.ref !== null && 'isRoles' in scope.ref

export const isAppRoleGrant = (resource: Resource): resource is AppRoleGrant => isRolesScope(resource.scope)

type Grant = Omit<GrantedRole, 'group' | 'resourceId'> & { readonly resourceId?: string; readonly site: string }

export function appRoleGrant(scope: RolesScope, grant: Grant): AppRoleGrant {
  const { product, cloudId, role, site, resourceId = `ari:cloud:${product}::site/${cloudId}` } = grant
  const name = role.replace(/^atlassian\//, '')
  return {
    scope,
    key: `app:${product}/${cloudId}/${role}`,
    ref: { group: scope.ref.group, product, cloudId, role, resourceId },
    fields: {},
    principal: { type: 'group', group: scope.ref.group },
    title: `${name} of ${product} on ${site}`,
    ...(role === 'atlassian/user' && { notes: ['may cost a seat for each member'] }),
    ...(name.endsWith('admin') && { privileged: `makes its members ${name} of ${product}` }),
  }
}

/** `UserAccessAdmin` is `atlassian/user-access-admin`. */
export const roleId = (name: string): string =>
  `atlassian/${name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}`

/** `ari:cloud:confluence::site/<cloudId>`; undefined where it names something else. */
export function cloudIdOf(resourceId: string): string | undefined {
  return /^ari:cloud:[^:]+::site\/(.+)$/.exec(resourceId)?.[1]
}

/** The site's name in the declaration, or the cloud id of one that nobody declared. */
export const siteNamed = (cloudId: string, apps: readonly App[], { siteUrls }: Directory): string => {
  const url = apps.find((app) => app.cloudId === cloudId)?.siteUrl
  return [...siteUrls].find(([, each]) => each.replace(/\/$/, '') === url)?.[0] ?? cloudId
}
