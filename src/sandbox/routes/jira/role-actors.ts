import { fieldsOf, noContent, ok, stringsOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { intOf } from '../../pagination.ts'
import { Refusal } from '../../refusal.ts'
import { groupOf } from '../../world-directory.ts'
import { addActors, removeActor, replaceActors, roleOf, type Actors } from '../../world-jira.ts'
import type { Role, WorldState } from '../../world-state.ts'
import { actorViews, roleView } from './role-views.ts'
import { administeredProject } from './visible-projects.ts'

export function getProjectRole(request: SandboxRequest): Answer {
  return ok(roleWithActors(request, request.query.get('excludeInactiveUsers') === 'true'))
}

/** Answers the whole role. An actor that is there already makes it 400, one that is not active 404. */
export function addRoleActors(request: SandboxRequest): Answer {
  const role = roleIn(request)
  const { user, group, groupId } = fieldsOf(request.body)
  const actors = actorsOf(request.state, stringsOf(user), [...stringsOf(group), ...stringsOf(groupId)])
  if (actors.users.length + actors.groups.length === 0) throw new Refusal('invalid', 'actors', 'no actor was given')
  addActors(request.state, role, actors)
  return ok(roleWithActors(request, false))
}

/** Replaces every actor, those of apps too. */
export function setRoleActors(request: SandboxRequest): Answer {
  const role = roleIn(request)
  const actors = fieldsOf(fieldsOf(request.body)['categorisedActors'])
  const users = stringsOf(actors['atlassian-user-role-actor'])
  const names = stringsOf(actors['atlassian-group-role-actor'])
  const ids = stringsOf(actors['atlassian-group-role-actor-id'])
  replaceActors(request.state, role, actorsOf(request.state, users, [...names, ...ids]))
  return ok(roleWithActors(request, false))
}

/** One actor a call. */
export function deleteRoleActor(request: SandboxRequest): Answer {
  removeActor(roleIn(request), actorKeyIn(request))
  return noContent
}

/** The one actor that the query names. @throws Refusal (400) where it is none or several, (404) for an unknown group */
export function actorKeyIn({ state, query }: SandboxRequest): string {
  const given = (['user', 'group', 'groupId'] as const).filter((name) => query.has(name))
  const [kind] = given
  if (given.length !== 1 || kind === undefined)
    throw new Refusal('invalid', 'actor', 'give one of user, group and groupId')
  const value = query.get(kind) ?? ''
  return kind === 'user' ? `user:${value}` : `group:${groupOf(state, value).groupId}`
}

/** @throws Refusal (404) where one is not known */
export function actorsOf(state: WorldState, accountIds: readonly string[], groups: readonly string[]): Actors {
  const users = accountIds.map((id) => {
    const account = state.accounts.get(id)
    if (account && account.membershipStatus !== 'no_membership') return account
    throw new Refusal('not-found', 'user', `We can't find '${id}' in any accessible user directory.`)
  })
  return { users, groups: groups.map((which) => groupOf(state, which)) }
}

/** @throws Refusal (400) where the id is not a number */
export function roleIdOf({ params }: SandboxRequest): number {
  return intOf(params['id'], 'id', { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER })
}

function roleIn(request: SandboxRequest): Role {
  return roleOf(administeredProject(request), roleIdOf(request))
}

function roleWithActors(request: SandboxRequest, activeOnly: boolean) {
  const [project, role] = [administeredProject(request), roleIn(request)]
  return { ...roleView(request, project, role), actors: actorViews(request.state, role, activeOnly) }
}
