import { fieldsOf, noContent, ok, stringsOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { groupOf, statusOf } from '../../world-directory.ts'
import { addActors, removeActor, replaceActors, roleOf, type Actors } from '../../world-jira.ts'
import type { Account, Group, Role, WorldState } from '../../world-state.ts'
import { projectIn, roleIdOf, roleView } from './projects.ts'

/** The roles that company-managed projects share; the sandbox gives them no default actors. */
export function listGlobalRoles({ site, baseUrl }: SandboxRequest): Answer {
  return ok(
    (site?.jira?.roles ?? []).map(({ id, name, description }) => ({
      self: `${baseUrl}/rest/api/3/role/${id}`,
      id,
      name,
      description,
      actors: [],
    })),
  )
}

export function getProjectRole(request: SandboxRequest): Answer {
  return ok(roleWithActors(request, request.query.get('excludeInactiveUsers') === 'true'))
}

/** Answers the whole role. An actor that is there already makes it 400, one that is not active 404. */
export function addRoleActors(request: SandboxRequest): Answer {
  const { user, group, groupId } = fieldsOf(request.body)
  const actors = actorsOf(request.state, stringsOf(user), [...stringsOf(group), ...stringsOf(groupId)])
  if (actors.users.length + actors.groups.length === 0) throw new Refusal('invalid', 'actors', 'no actor was given')
  addActors(request.state, roleIn(request), actors)
  return ok(roleWithActors(request, false))
}

/** Replaces every actor, those of apps too. */
export function setRoleActors(request: SandboxRequest): Answer {
  const actors = fieldsOf(fieldsOf(request.body)['categorisedActors'])
  const users = stringsOf(actors['atlassian-user-role-actor'])
  const names = stringsOf(actors['atlassian-group-role-actor'])
  const ids = stringsOf(actors['atlassian-group-role-actor-id'])
  replaceActors(request.state, roleIn(request), actorsOf(request.state, users, [...names, ...ids]))
  return ok(roleWithActors(request, false))
}

/** One actor a call. */
export function deleteRoleActor(request: SandboxRequest): Answer {
  const { state, query } = request
  const role = roleIn(request)
  const given = (['user', 'group', 'groupId'] as const).filter((name) => query.has(name))
  const [kind] = given
  if (given.length !== 1 || kind === undefined)
    throw new Refusal('invalid', 'actor', 'give one of user, group and groupId')
  const value = query.get(kind) ?? ''
  removeActor(role, kind === 'user' ? `user:${value}` : `group:${groupOf(state, value).groupId}`)
  return noContent
}

function roleIn(request: SandboxRequest): Role {
  return roleOf(projectIn(request), roleIdOf(request))
}

/** @throws Refusal (404) where one is not known */
function actorsOf(state: WorldState, accountIds: readonly string[], groups: readonly string[]): Actors {
  const users = accountIds.map((id) => {
    const account = state.accounts.get(id)
    if (account && account.membershipStatus !== 'no_membership') return account
    throw new Refusal('not-found', 'user', `We can't find '${id}' in any accessible user directory.`)
  })
  return { users, groups: groups.map((which) => groupOf(state, which)) }
}

function roleWithActors(request: SandboxRequest, activeOnly: boolean) {
  const role = roleIn(request)
  const { accounts, groups } = request.state
  const actors = [...role.actors].flatMap(([key, id]) => {
    const [kind, ...rest] = key.split(':')
    const name = rest.join(':')
    if (kind === 'group') return groupActor(id, groups.get(name)!)
    const account = accounts.get(name)!
    return activeOnly && statusOf(account) !== 'active' ? [] : userActor(id, account)
  })
  return { ...roleView(request, projectIn(request), role), actors }
}

function groupActor(id: number, { groupId, name }: Group) {
  return {
    id,
    displayName: name,
    type: 'atlassian-group-role-actor',
    name,
    actorGroup: { name, displayName: name, groupId },
  }
}

/** Apps are user actors too. */
function userActor(id: number, { accountId, name }: Account) {
  return { id, displayName: name, type: 'atlassian-user-role-actor', actorUser: { accountId } }
}
