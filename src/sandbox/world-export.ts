import { groupOf, statusOf } from './world-directory.ts'
import type {
  AccountSeed,
  GroupSeed,
  ProjectSeed,
  RoleSeed,
  ScimSeed,
  SiteSeed,
  SpaceAccessSeed,
  WorldSeed,
} from './world-seed.ts'
import type { Account, Group, Project, Role, ScimRecord, Site, Space, WorldState } from './world-state.ts'

/** The seed that would give this state again. Row ids, tasks and issued tokens are not part of a seed. */
export function exportWorld(state: WorldState): WorldSeed {
  const policies = [...state.policies.values()].map(({ members, ...policy }) => ({
    ...policy,
    members: people(state, members.keys()),
  }))
  return {
    organization: state.organization,
    credentials: state.credentials,
    ...(state.scimDirectoryId === undefined ? {} : { scim: { directoryId: state.scimDirectoryId } }),
    sites: state.sites.map((site) => exportSite(state, site)),
    accounts: [...state.accounts.values()].filter(({ accountStatus }) => accountStatus !== 'closed').map(exportAccount),
    groups: [...state.groups.values()].map((group) => exportGroup(state, group)),
    ...(policies.length === 0 ? {} : { authenticationPolicies: policies }),
  }
}

function people(state: WorldState, accountIds: Iterable<string>): string[] {
  return [...accountIds].map((id) => state.accounts.get(id)?.email || id)
}

function exportAccount(account: Account): AccountSeed {
  const status = statusOf(account)
  return {
    id: account.accountId,
    ...(account.email ? { email: account.email } : {}),
    name: account.name,
    status: status === 'for_deletion' ? 'deactivated' : status,
    type: account.type,
    managed: account.managed,
    mfaEnabled: account.mfaEnabled,
    hiddenEmail: account.hiddenEmail,
    platformRoles: [...account.platformRoles],
    ...(account.scim ? { scim: scimSeed(account.scim) } : {}),
    ...exportFacts(account),
  }
}

function exportFacts({ profile, apiTokens, lastActive, deletesAtMs, appType }: Account): Partial<AccountSeed> {
  return {
    ...(Object.keys(profile).length === 0 ? {} : { profile }),
    ...(apiTokens.length === 0 ? {} : { apiTokens }),
    ...(Object.keys(lastActive).length === 0 ? {} : { lastActive }),
    ...(deletesAtMs === undefined ? {} : { deletesAt: new Date(deletesAtMs).toISOString() }),
    ...(appType === undefined ? {} : { appType }),
  }
}

function scimSeed(record: ScimRecord): ScimSeed {
  const dates = ['createdAt', 'lastModifiedAt']
  return Object.fromEntries(Object.entries(record).filter(([name]) => !dates.includes(name)))
}

function exportGroup(state: WorldState, group: Group): GroupSeed {
  return {
    id: group.groupId,
    name: group.name,
    ...(group.description ? { description: group.description } : {}),
    managedBy: group.managedBy,
    ...(group.scimGroupId === undefined ? {} : { scimGroupId: group.scimGroupId }),
    members: people(state, group.members),
    appRoles: [...group.appRoles],
    ...(group.platformRole === undefined ? {} : { platformRole: group.platformRole }),
  }
}

function exportSite(state: WorldState, { name, cloudId, products, jira, confluence }: Site): SiteSeed {
  return {
    name,
    cloudId,
    products: products.map(({ key, defaultGroupId, seats }) => ({
      key,
      defaultGroup: groupOf(state, defaultGroupId).name,
      ...(seats === undefined ? {} : { seats }),
    })),
    ...(jira
      ? {
          jira: {
            roles: [...jira.roles.values()].map((role) => exportRole(state, role)),
            projects: [...jira.projects.values()].map((project) => exportProject(state, project)),
          },
        }
      : {}),
    ...(confluence ? { confluence: exportConfluence(state, confluence) } : {}),
  }
}

function exportRole(state: WorldState, { id, name, description, actors }: Role): RoleSeed {
  return {
    id,
    name,
    ...(description ? { description } : {}),
    ...(actors.size === 0 ? {} : { defaultActors: exportActors(state, actors) }),
  }
}

function exportActors(state: WorldState, actors: Role['actors']) {
  const ids = (kind: string) =>
    [...actors.keys()].filter((key) => key.startsWith(kind)).map((key) => key.slice(kind.length))
  return {
    users: people(state, ids('user:')),
    groups: ids('group:').map((groupId) => groupOf(state, groupId).name),
  }
}

function exportProject(state: WorldState, project: Project): ProjectSeed {
  const roles = [...project.roles.values()].map(({ id, name, actors }) => {
    return [name, { ...(project.teamManaged ? { id } : {}), ...exportActors(state, actors) }] as const
  })
  return {
    id: project.id,
    key: project.key,
    name: project.name,
    type: project.type,
    style: project.teamManaged ? 'next-gen' : 'classic',
    ...(project.category === undefined ? {} : { category: project.category }),
    archived: project.archived,
    ...(project.private ? { private: true } : {}),
    roles: Object.fromEntries(roles),
  }
}

function exportConfluence(
  state: WorldState,
  confluence: NonNullable<Site['confluence']>,
): NonNullable<SiteSeed['confluence']> {
  const { mode, companionPermissions, missing, taskDurationMs, roles, spaces } = confluence
  const access = (space: Space) =>
    [...space.access.values()].map((entry): SpaceAccessSeed => {
      const { type, id } = entry.principal
      const role = entry.roleId === undefined ? undefined : roles.get(entry.roleId)?.name
      return {
        ...(type === 'user' ? { user: people(state, [id])[0]! } : {}),
        ...(type === 'group' ? { group: groupOf(state, id).name } : {}),
        ...(type === 'access-class' ? { accessClass: id } : {}),
        ...(role === undefined ? { permissions: [...entry.permissions.keys()] } : { role }),
      }
    })
  return {
    mode,
    companionPermissions,
    ...(missing.size === 0 ? {} : { missing: [...missing] }),
    ...(taskDurationMs === 0 ? {} : { taskDurationMs }),
    roles: [...roles.values()],
    spaces: [...spaces.values()].map((space) => ({ ...space, access: access(space) })),
  }
}
