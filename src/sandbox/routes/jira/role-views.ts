import type { SandboxRequest } from '../../exchange.ts'
import { statusOf } from '../../world-directory.ts'
import type { Account, Group, Project, Role, WorldState } from '../../world-state.ts'
import { isAdminRole } from './permissions.ts'

/** A role without its actors; the scope marks one that a team-managed project owns. */
export function roleView({ baseUrl }: SandboxRequest, project: Project, { id, name, description }: Role) {
  const { key, name: projectName } = project
  return {
    self: `${baseUrl}/rest/api/3/project/${project.id}/role/${id}`,
    id,
    name,
    description,
    admin: isAdminRole(name),
    default: false,
    roleConfigurable: true,
    translatedName: name,
    ...(project.teamManaged ? { scope: { type: 'PROJECT', project: { id: project.id, key, name: projectName } } } : {}),
  }
}

/** A role that company-managed projects share; its actors are those that new projects get. */
export function sharedRoleView({ baseUrl, state }: SandboxRequest, role: Role) {
  const { id, name, description } = role
  return { self: `${baseUrl}/rest/api/3/role/${id}`, id, name, description, actors: actorViews(state, role) }
}

/** @param activeOnly leaves out people who are not active */
export function actorViews({ accounts, groups }: WorldState, { actors }: Role, activeOnly = false) {
  return [...actors].flatMap(([key, id]) => {
    const [kind, ...rest] = key.split(':')
    const name = rest.join(':')
    if (kind === 'group') return groupActor(id, groups.get(name)!)
    const account = accounts.get(name)!
    return activeOnly && statusOf(account) !== 'active' ? [] : userActor(id, account)
  })
}

/** Without the `name` that the description still lists: "no longer available" (Jira v3, RoleActor). */
function groupActor(id: number, { groupId, name }: Group) {
  return {
    id,
    displayName: name,
    type: 'atlassian-group-role-actor',
    actorGroup: { name, displayName: name, groupId },
  }
}

/** Apps are user actors too. */
function userActor(id: number, { accountId, name }: Account) {
  return { id, displayName: name, type: 'atlassian-user-role-actor', actorUser: { accountId } }
}
