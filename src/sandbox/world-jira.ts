import { Refusal } from './refusal.ts'
import { groupsOf, statusOf } from './world-directory.ts'
import type { Account, Group, Project, Role, Site, WorldState } from './world-state.ts'

/** @param which id or key of a project that is not archived or is; the case of a key does not matter. @throws Refusal */
export function projectOf(site: Site, which: string): Project {
  const projects = site.jira?.projects
  const project = projects?.get(which) ?? [...(projects?.values() ?? [])].find(({ key }) => key === which.toUpperCase())
  if (project) return project
  throw new Refusal('not-found', 'project', `No project could be found with key '${which}'.`)
}

/** @param accountId may hold the role itself or by a group */
export function hasActor(state: WorldState, { actors }: Role, accountId: string): boolean {
  if (actors.has(`user:${accountId}`)) return true
  return groupsOf(state, accountId).some(({ groupId }) => actors.has(`group:${groupId}`))
}

/** @throws Refusal */
export function roleOf(project: Project, id: number): Role {
  const role = project.roles.get(id)
  if (role) return role
  throw new Refusal('not-found', 'role', `Can not find role actors: no role ${id} in project ${project.key}`)
}

export interface Actors {
  readonly users: readonly Account[]
  readonly groups: readonly Group[]
}

/**
 * All or none: an actor that the role has already refuses the whole call, and so does an account that is not active.
 * @throws Refusal
 */
export function addActors(state: WorldState, role: Role, { users, groups }: Actors): void {
  for (const user of users) requireActive(user)
  const keys = actorKeys({ users, groups })
  const held = keys.find(({ key }) => role.actors.has(key))
  if (held) throw new Refusal('already-member', 'actor', `'${held.name}' is already a member of the project role.`)
  for (const { key } of keys) role.actors.set(key, state.nextActorId++)
}

/** Every other actor is gone afterwards, apps too. @throws Refusal */
export function replaceActors(state: WorldState, role: Role, actors: Actors): void {
  for (const user of actors.users) if (user.type !== 'app') requireActive(user)
  const held = new Map(role.actors)
  role.actors.clear()
  for (const { key } of actorKeys(actors)) role.actors.set(key, held.get(key) ?? state.nextActorId++)
}

/** @param key `user:<accountId>` or `group:<groupId>`. @throws Refusal where the role has no such actor */
export function removeActor(role: Role, key: string): void {
  if (!role.actors.delete(key)) throw new Refusal('not-found', 'actor', `the role ${role.name} has no actor ${key}`)
}

function actorKeys({ users, groups }: Actors): { key: string; name: string }[] {
  return [
    ...users.map(({ accountId, name }) => ({ key: `user:${accountId}`, name })),
    ...groups.map(({ groupId, name }) => ({ key: `group:${groupId}`, name })),
  ]
}

/** Jira answers 404 for a user who is not active (Jira v3, addActorUsers). */
function requireActive(user: Account): void {
  if (statusOf(user) === 'active') return
  throw new Refusal('not-found', 'user', `We can't find '${user.accountId}' in any accessible user directory.`)
}
