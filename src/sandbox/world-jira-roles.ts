import { Refusal } from './refusal.ts'
import type { Role, Site, WorldState } from './world-state.ts'

type Jira = NonNullable<Site['jira']>

/** @throws Refusal (404) where no role that company-managed projects share has the id */
export function sharedRoleOf({ roles }: Jira, id: number): Role {
  const role = roles.get(id)
  if (role) return role
  throw new Refusal('not-found', 'role', `No project role with id ${id}.`)
}

/** Every company-managed project has the new role at once, without actors. @throws Refusal */
export function createSharedRole(state: WorldState, jira: Jira, { name, description }: Named): Role {
  requireName(jira, name)
  while (isTaken(jira, state.nextRoleId)) state.nextRoleId += 1
  const role = { id: state.nextRoleId++, name, description }
  for (const project of companyManaged(jira)) project.roles.set(role.id, { ...role, actors: new Map() })
  const shared: Role = { ...role, actors: new Map() }
  jira.roles.set(role.id, shared)
  return shared
}

/** @throws Refusal */
export function renameSharedRole(jira: Jira, role: Role, { name, description }: Named): void {
  requireName(jira, name, role)
  for (const each of [role, ...companyManaged(jira).flatMap(({ roles }) => roles.get(role.id) ?? [])]) {
    each.name = name
    each.description = description
  }
}

/** With its actors in every project. @throws Refusal (409) where a project has actors in it and no other role is named */
export function deleteSharedRole(jira: Jira, role: Role, swapId: number | undefined): void {
  if (swapId !== undefined && (swapId === role.id || !jira.roles.has(swapId)))
    throw new Refusal('invalid', 'swap', `No project role with id ${swapId} to take its place.`)
  const used = companyManaged(jira).filter(({ roles }) => (roles.get(role.id)?.actors.size ?? 0) > 0)
  if (used.length > 0 && swapId === undefined)
    throw new Refusal('already-exists', 'role', `The project role ${role.name} is in use.`)
  for (const project of companyManaged(jira)) project.roles.delete(role.id)
  jira.roles.delete(role.id)
}

interface Named {
  readonly name: string
  readonly description: string
}

/** @throws Refusal (400) for an empty name or one with spaces around it, (409) for one that another role has */
function requireName({ roles }: Jira, name: string, own?: Role): void {
  if (name === '' || name.trim() !== name)
    throw new Refusal('invalid', 'name', 'A project role name cannot be empty or start or end with whitespace.')
  const other = [...roles.values()].find((role) => role.name === name && role.id !== own?.id)
  if (other) throw new Refusal('already-exists', 'name', `A project role with name '${name}' already exists.`)
}

function companyManaged({ projects }: Jira) {
  return [...projects.values()].filter(({ teamManaged }) => !teamManaged)
}

function isTaken({ roles, projects }: Jira, id: number): boolean {
  return roles.has(id) || [...projects.values()].some((project) => project.roles.has(id))
}
