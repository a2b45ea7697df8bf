import type { Directory } from '../../core/directory.ts'
import type { Principal } from '../../core/principal.ts'
import { principalKey } from '../../core/principal.ts'
import type { Resource, Scope } from '../../core/resource.ts'
import { accountHolder, groupHolder, type Holder } from '../principals.ts'
import type { ActorBean, ProjectBean, RoleBean, RoleRef } from './api.ts'

export type RoleScope = Scope<RoleRef>
/** One holder of a role in a project. */
export type Actor = Resource<RoleRef & { readonly holder: Principal }, Record<string, never>>

/**
 * The role whose loss locks people out of the project's settings: by its mark, which not every list has, and by its name
 * in company-managed projects and in team-managed ones.
 */
const isAdministrator = ({ name, admin }: RoleBean): boolean =>
  admin === true || name === 'Administrators' || name === 'Administrator'

export function roleScope(site: string, project: ProjectBean, role: RoleBean): RoleScope {
  const roleId = String(role.id)
  return {
    kind: 'JiraRoleBinding',
    key: `${site}/${project.id}/${roleId}`,
    ref: { site, projectId: project.id, projectKey: project.key, roleId },
    title: `Jira space (project) ${project.key}, role ${role.name}`,
    ...(isAdministrator(role) && {
      keepPeople: { minimum: 1, what: `project Administrator of ${project.key}` },
    }),
  }
}

export function actor(scope: RoleScope, { principal, title, keep }: Holder): Actor {
  return {
    scope,
    key: principalKey(principal),
    ref: { ...scope.ref, holder: principal },
    fields: {},
    title,
    principal,
    ...(keep !== undefined && { keep }),
    ...(scope.keepPeople && principal.type !== 'class' && { counts: true }),
  }
}

/** An actor as Jira shows it. Of a type that Atlassian adds later, only that it is there is known. */
export function observedActor(scope: RoleScope, bean: ActorBean, directory: Directory): Actor {
  if (bean.actorGroup) return actor(scope, groupHolder(bean.actorGroup.groupId, bean.actorGroup.name, directory))
  if (bean.actorUser) return actor(scope, accountHolder(bean.actorUser.accountId, directory, bean.displayName))
  const id = `${bean.type}:${bean.displayName ?? ''}`
  const keep = `actor of unknown type ${bean.type}`
  return actor(scope, { principal: { type: 'class', id }, title: bean.displayName ?? bean.type, keep })
}
