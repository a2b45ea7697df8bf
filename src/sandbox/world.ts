import { projectOf, removeActor } from './world-jira.ts'
import { principalKey, spaceByKey } from './world-confluence.ts'
import { accountOf, deleteGroup, dropMember, groupOf, putMember } from './world-directory.ts'
import { exportWorld } from './world-export.ts'
import { loadAccess, loadPrincipal } from './world-load-site.ts'
import { loadAccount, loadGroup, loadWorld, statuses } from './world-load.ts'
import type {
  AccountSeed,
  AccountStatus,
  GroupSeed,
  MissingEndpoints,
  RoleMode,
  SpaceAccessSeed,
  WorldSeed,
} from './world-seed.ts'
import type { Account, Group, Role, Site, WorldState } from './world-state.ts'

/** An actor of a project role: an account by id or e-mail, or a group by id or name. */
export interface ActorName {
  readonly user?: string
  readonly group?: string
}

export interface RoleName {
  readonly site: string
  readonly project: string
  readonly role: string
}

/**
 * What the sandbox knows, and the small changes with which a test breaks something behind a client's back. They ask none
 * of the rules that the APIs keep (seats, groups of an identity provider), and throw on a name that nothing has.
 */
export interface World {
  readonly state: WorldState
  account(who: string): Account
  group(which: string): Group
  site(name: string): Site
  /** Account ids, in order of joining. */
  members(group: string): string[]
  /** `user:<accountId>` and `group:<groupId>`. */
  actors(where: RoleName): string[]
  addMember(group: string, who: string): void
  removeMember(group: string, who: string): void
  addAccount(seed: AccountSeed): void
  setStatus(who: string, status: AccountStatus): void
  addGroup(seed: GroupSeed): void
  removeGroup(group: string): void
  addActor(where: RoleName, actor: ActorName): void
  removeActor(where: RoleName, actor: ActorName): void
  /** Replaces what the principal has in the space. */
  grantSpace(site: string, spaceKey: string, access: SpaceAccessSeed): void
  revokeSpace(site: string, spaceKey: string, principal: SpaceAccessSeed): void
  setRoleMode(site: string, mode: RoleMode): void
  setCompanionPermissions(site: string, on: boolean): void
  /** Which endpoints answer 404, whatever the mode says. */
  setMissing(site: string, missing: readonly MissingEndpoints[]): void
  export(): WorldSeed
  replace(seed: WorldSeed): void
}

/** @throws Error where the seed contradicts itself */
export function createWorld(seed: WorldSeed, randomSeed = 1): World {
  let state = loadWorld(seed, randomSeed)
  return {
    get state() {
      return state
    },
    account: (who) => accountOf(state, who),
    group: (which) => groupOf(state, which),
    site: (name) => siteOf(state, name),
    export: () => exportWorld(state),
    replace(next) {
      state = loadWorld(next, randomSeed)
    },
    ...directoryChanges(() => state),
    ...roleChanges(() => state),
    ...spaceChanges(() => state),
  }
}

type Changes<Name extends keyof World> = Pick<World, Name>

function directoryChanges(
  state: () => WorldState,
): Changes<'members' | 'addMember' | 'removeMember' | 'addAccount' | 'setStatus' | 'addGroup' | 'removeGroup'> {
  return {
    members: (group) => [...groupOf(state(), group).members],
    addMember: (group, who) => putMember(state(), groupOf(state(), group), accountOf(state(), who).accountId),
    removeMember: (group, who) => dropMember(state(), groupOf(state(), group), accountOf(state(), who).accountId),
    addAccount: (seed) => void loadAccount(state(), seed),
    setStatus(who, status) {
      Object.assign(accountOf(state(), who), statuses[status])
    },
    addGroup: (seed) => void loadGroup(state(), seed),
    removeGroup: (group) => deleteGroup(state(), groupOf(state(), group)),
  }
}

function roleChanges(state: () => WorldState): Changes<'actors' | 'addActor' | 'removeActor'> {
  const roleOf = ({ site, project, role }: RoleName): Role => {
    const found = [...projectOf(siteOf(state(), site), project).roles.values()].find(({ name }) => name === role)
    if (!found) throw new Error(`no role ${role} in ${project}`)
    return found
  }
  const keyOf = ({ user, group }: ActorName) =>
    user === undefined ? `group:${groupOf(state(), group ?? '').groupId}` : `user:${accountOf(state(), user).accountId}`
  return {
    actors: (where) => [...roleOf(where).actors.keys()],
    addActor: (where, actor) => void roleOf(where).actors.set(keyOf(actor), state().nextActorId++),
    removeActor: (where, actor) => removeActor(roleOf(where), keyOf(actor)),
  }
}

function spaceChanges(
  state: () => WorldState,
): Changes<'grantSpace' | 'revokeSpace' | 'setRoleMode' | 'setCompanionPermissions' | 'setMissing'> {
  return {
    grantSpace(site, spaceKey, seed) {
      const confluence = confluenceOf(state(), site)
      const access = loadAccess(state(), seed, [...confluence.roles.values()])
      spaceByKey(confluence, spaceKey).access.set(principalKey(access.principal), access)
    },
    revokeSpace(site, spaceKey, principal) {
      spaceByKey(confluenceOf(state(), site), spaceKey).access.delete(principalKey(loadPrincipal(state(), principal)))
    },
    setRoleMode(site, mode) {
      confluenceOf(state(), site).mode = mode
    },
    setCompanionPermissions(site, on) {
      confluenceOf(state(), site).companionPermissions = on
    },
    setMissing(site, missing) {
      const set = confluenceOf(state(), site).missing
      set.clear()
      for (const each of missing) set.add(each)
    },
  }
}

function siteOf(state: WorldState, name: string): Site {
  const site = state.sites.find((candidate) => candidate.name === name)
  if (!site) throw new Error(`no site ${name}`)
  return site
}

function confluenceOf(state: WorldState, name: string): NonNullable<Site['confluence']> {
  const { confluence } = siteOf(state, name)
  if (!confluence) throw new Error(`no Confluence on ${name}`)
  return confluence
}
