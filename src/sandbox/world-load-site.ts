import { principalKey } from './world-confluence.ts'
import { accountOf, groupOf } from './world-directory.ts'
import type { ActorsSeed, ProductSeed, ProjectSeed, SiteSeed, SpaceAccessSeed, SpaceSeed } from './world-seed.ts'
import type {
  Product,
  Project,
  Role,
  Site,
  Space,
  SpaceAccess,
  SpacePrincipal,
  SpaceRole,
  WorldState,
} from './world-state.ts'

type JiraSeed = NonNullable<SiteSeed['jira']>

/** @throws Error where the seed names an account, a group or a role that is not there */
export function loadSite(state: WorldState, seed: SiteSeed): Site {
  const { name, cloudId, jira, confluence } = seed
  const products = seed.products.map((product) => loadProduct(state, name, product))
  const site: Site = { name, cloudId, products }
  return {
    ...site,
    ...(jira ? { jira: loadJira(state, jira) } : {}),
    ...(confluence ? { confluence: loadConfluence(state, confluence) } : {}),
  }
}

/** A default group gives its app, whether or not the seed lists that. */
function loadProduct(state: WorldState, site: string, { key, defaultGroup, seats }: ProductSeed): Product {
  const group = groupOf(state, defaultGroup)
  if (!group.appRoles.some((role) => role.product === key && role.site === site)) {
    group.appRoles.push({ product: key, site, role: 'atlassian/user' })
  }
  return { key, defaultGroupId: group.groupId, ...(seats === undefined ? {} : { seats }) }
}

function loadJira(state: WorldState, { roles, projects }: JiraSeed): NonNullable<Site['jira']> {
  const global = roles.map(({ id, name, description = '', defaultActors = {} }) =>
    loadRole(state, { id, name, description }, defaultActors),
  )
  const loaded = projects.map((project) => [project.id, loadProject(state, project, global)] as const)
  return { roles: new Map(global.map((role) => [role.id, role])), projects: new Map(loaded) }
}

function loadProject(state: WorldState, seed: ProjectSeed, global: readonly Role[]): Project {
  const teamManaged = seed.style === 'next-gen'
  const declared = seed.roles ?? {}
  const unknown = Object.keys(declared).find((name) => !global.some((role) => role.name === name))
  if (!teamManaged && unknown !== undefined) throw new Error(`the project ${seed.key} uses the unknown role ${unknown}`)
  const roles = teamManaged
    ? Object.entries(declared).map(([name, actors]) => ({ id: actors.id ?? state.nextRoleId++, name, description: '' }))
    : global
  return {
    id: seed.id,
    key: seed.key,
    name: seed.name,
    type: seed.type ?? 'software',
    teamManaged,
    ...(seed.category === undefined ? {} : { category: seed.category }),
    archived: seed.archived ?? false,
    private: seed.private ?? false,
    roles: new Map(roles.map((role) => [role.id, loadRole(state, role, declared[role.name] ?? {})])),
  }
}

function loadRole(state: WorldState, role: Omit<Role, 'actors'>, { users = [], groups = [] }: ActorsSeed): Role {
  const keys = [
    ...users.map((who) => `user:${accountOf(state, who).accountId}`),
    ...groups.map((which) => `group:${groupOf(state, which).groupId}`),
  ]
  return { ...role, actors: new Map(keys.map((key) => [key, state.nextActorId++])) }
}

function loadConfluence(state: WorldState, seed: NonNullable<SiteSeed['confluence']>): NonNullable<Site['confluence']> {
  const roles = new Map(
    (seed.roles ?? []).map(({ type = 'SYSTEM', description = '', ...role }): [string, SpaceRole] => [
      role.id,
      { ...role, type, description },
    ]),
  )
  const spaces = new Map(seed.spaces.map((space) => [space.id, loadSpace(state, space, [...roles.values()])]))
  const { mode, companionPermissions = false, missing = [], taskDurationMs = 0 } = seed
  return { mode, companionPermissions, missing: new Set(missing), taskDurationMs, roles, spaces, tasks: new Map() }
}

function loadSpace(state: WorldState, seed: SpaceSeed, roles: readonly SpaceRole[]): Space {
  const { id, key, name, type = 'global', archived = false } = seed
  const access = (seed.access ?? []).map((entry) => loadAccess(state, entry, roles))
  return {
    id,
    key,
    name,
    type,
    archived,
    access: new Map(access.map((entry) => [principalKey(entry.principal), entry])),
  }
}

/** @throws Error where the account, the group or the role is not known */
export function loadAccess(state: WorldState, seed: SpaceAccessSeed, roles: readonly SpaceRole[]): SpaceAccess {
  const permissions = new Map((seed.permissions ?? []).map((permission) => [permission, state.nextPermissionId++]))
  const principal = loadPrincipal(state, seed)
  if (seed.role === undefined) return { principal, permissions }
  const role = roles.find(({ name }) => name === seed.role)
  if (!role) throw new Error(`no space role ${seed.role}`)
  return { principal, roleId: role.id, permissions }
}

/** @throws Refusal */
export function loadPrincipal(state: WorldState, { user, group, accessClass }: SpaceAccessSeed): SpacePrincipal {
  if (user !== undefined) return { type: 'user', id: accountOf(state, user).accountId }
  if (group !== undefined) return { type: 'group', id: groupOf(state, group).groupId }
  return { type: 'access-class', id: accessClass ?? 'all-licensed-users' }
}
