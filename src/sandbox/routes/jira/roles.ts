import { fieldsOf, noContent, ok, stringsOf, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { intOf } from '../../pagination.ts'
import { Refusal } from '../../refusal.ts'
import { addActors, removeActor } from '../../world-jira.ts'
import { createSharedRole, deleteSharedRole, renameSharedRole, sharedRoleOf } from '../../world-jira-roles.ts'
import type { Role } from '../../world-state.ts'
import { requireJiraAdmin } from './permissions.ts'
import { actorKeyIn, actorsOf, roleIdOf } from './role-actors.ts'
import { sharedRoleView } from './role-views.ts'

/** The roles that company-managed projects share, with the actors that new projects get. */
export function listRoles(request: SandboxRequest): Answer {
  requireJiraAdmin(request)
  return ok([...jiraOf(request).roles.values()].map((role) => sharedRoleView(request, role)))
}

export function getRole(request: SandboxRequest): Answer {
  return ok(sharedRoleView(request, roleIn(request)))
}

/** 200, not 201; 409 where the name is taken. */
export function createRole(request: SandboxRequest): Answer {
  requireJiraAdmin(request)
  const { name, description } = fieldsOf(request.body)
  const named = { name: textOf(name) ?? '', description: textOf(description) ?? '' }
  return ok(sharedRoleView(request, createSharedRole(request.state, jiraOf(request), named)))
}

/** One of name and description; a call with both changes the name alone (Jira v3, partialUpdateProjectRole). */
export function changeRole(request: SandboxRequest): Answer {
  const role = roleIn(request)
  const { name, description } = fieldsOf(request.body)
  const [newName, newDescription] = [textOf(name), textOf(description)]
  if (newName === undefined && newDescription === undefined)
    throw new Refusal('invalid', 'name', 'One of name and description must be given.')
  renameSharedRole(jiraOf(request), role, {
    name: newName ?? role.name,
    description: newName === undefined ? (newDescription ?? role.description) : role.description,
  })
  return ok(sharedRoleView(request, role))
}

/** Both fields are needed. */
export function replaceRole(request: SandboxRequest): Answer {
  const role = roleIn(request)
  const { name, description } = fieldsOf(request.body)
  const [newName, newDescription] = [textOf(name), textOf(description)]
  if (newName === undefined || newDescription === undefined)
    throw new Refusal('invalid', 'name', 'Both name and description must be given.')
  renameSharedRole(jiraOf(request), role, { name: newName, description: newDescription })
  return ok(sharedRoleView(request, role))
}

export function deleteRole(request: SandboxRequest): Answer {
  const role = roleIn(request)
  const swap = request.query.get('swap')
  const swapId = swap === null ? undefined : intOf(swap, 'swap', { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER })
  deleteSharedRole(jiraOf(request), role, swapId)
  return noContent
}

/** Users or groups, never both in one call. Projects that are there already do not change. */
export function addDefaultActors(request: SandboxRequest): Answer {
  const role = roleIn(request)
  const { user, group, groupId } = fieldsOf(request.body)
  const actors = actorsOf(request.state, stringsOf(user), [...stringsOf(group), ...stringsOf(groupId)])
  if (actors.users.length > 0 === actors.groups.length > 0)
    throw new Refusal('invalid', 'actors', 'Either users or groups must be given, and not both.')
  addActors(request.state, role, actors)
  return ok(sharedRoleView(request, role))
}

/** 200 with the role, where the same call on a project's role is 204. */
export function deleteDefaultActor(request: SandboxRequest): Answer {
  const role = roleIn(request)
  removeActor(role, actorKeyIn(request))
  return ok(sharedRoleView(request, role))
}

/** @throws Refusal (403), (404) */
function roleIn(request: SandboxRequest): Role {
  requireJiraAdmin(request)
  return sharedRoleOf(jiraOf(request), roleIdOf(request))
}

/** Requests reach Jira's routes only where the site has Jira. */
function jiraOf({ site }: SandboxRequest) {
  return site!.jira!
}
