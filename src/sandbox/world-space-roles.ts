import { nextUuid } from './random.ts'
import { Refusal } from './refusal.ts'
import { givenBy } from './world-space-access.ts'
import type { Site, Space, SpaceRole, SpaceRoleTask, WorldState } from './world-state.ts'

type Confluence = NonNullable<Site['confluence']>

/** What a caller sets of a role. */
export type SpaceRoleFields = Pick<SpaceRole, 'name' | 'description' | 'permissions'>

/** Custom roles of a site at most (ConductorOne/baton-confluence, docs). */
const customRoleLimit = 10

/** @throws Refusal where the name is taken or the site has all the custom roles it may have */
export function createSpaceRole(state: WorldState, confluence: Confluence, fields: SpaceRoleFields): SpaceRole {
  requireFreeName(confluence, fields.name)
  const custom = [...confluence.roles.values()].filter(({ type }) => type === 'CUSTOM')
  if (custom.length >= customRoleLimit)
    throw new Refusal('invalid', 'roles', `a site has at most ${customRoleLimit} custom roles`)
  const role: SpaceRole = { id: nextUuid(state), type: 'CUSTOM', ...fields }
  confluence.roles.set(role.id, role)
  return role
}

/** @throws Refusal where the name is taken or a space would be left without an admin */
export function updateSpaceRole(confluence: Confluence, before: SpaceRole, fields: SpaceRoleFields): SpaceRole {
  if (fields.name !== before.name) requireFreeName(confluence, fields.name)
  const role: SpaceRole = { ...before, ...fields }
  keepingAdmins(
    confluence,
    () => void confluence.roles.set(role.id, role),
    () => void confluence.roles.set(role.id, before),
  )
  return role
}

/** Whoever holds the role loses it. @throws Refusal where the role is a default one or a space would lose its last admin */
export function deleteSpaceRole(confluence: Confluence, role: SpaceRole): void {
  if (role.type === 'SYSTEM') throw new Refusal('invalid', 'role', 'a default role cannot be deleted')
  keepingAdmins(
    confluence,
    () => void confluence.roles.delete(role.id),
    () => void confluence.roles.set(role.id, role),
  )
  for (const space of confluence.spaces.values()) {
    for (const [key, { roleId }] of space.access) if (roleId === role.id) space.access.delete(key)
  }
}

/** Whoever of the access class holds the role gets the other one. */
export function moveAnonymous({ spaces }: Confluence, from: SpaceRole, to: SpaceRole): void {
  for (const { access } of spaces.values()) {
    const held = access.get('access-class:anonymous-users')
    if (held?.roleId === from.id) held.roleId = to.id
  }
}

export function startTask(state: WorldState, { tasks }: Confluence, nowMs: number): SpaceRoleTask {
  const task: SpaceRoleTask = { id: nextUuid(state), startedAtMs: nowMs }
  tasks.set(task.id, task)
  return task
}

/** Changes the roles, and changes them back where that takes the last admin of a space. @throws Refusal */
function keepingAdmins(confluence: Confluence, change: () => void, back: () => void): void {
  const before = [...confluence.spaces.values()].filter((space) => hasAdmin(confluence, space))
  change()
  if (before.every((space) => hasAdmin(confluence, space))) return
  back()
  throw new Refusal('invalid', 'last admin', 'All of the admin permissions cannot be removed from a space')
}

function hasAdmin(confluence: Confluence, { access }: Space): boolean {
  return [...access.values()].some((entry) => givenBy(confluence, entry).includes('administer/space'))
}

function requireFreeName({ roles }: Confluence, name: string): void {
  const taken = [...roles.values()].some((role) => role.name.toLowerCase() === name.toLowerCase())
  if (taken) throw new Refusal('invalid', 'name', `a space role named ${name} exists`)
}
