import type { Directory, IdentityNeeds, Unread } from '../core/directory.ts'
import { loadDirectory, type DirectoryOptions } from './directory.ts'
import { orUnread } from './directory-defaults.ts'
import { readProjects, readSharedRoles, type ProjectEntry, type SharedRoleEntry } from './catalogue-projects.ts'
import { readSpaces, type SiteSpaces } from './catalogue-spaces.ts'

export type { ActorEntry, ProjectEntry } from './catalogue-projects.ts'
export type { PermissionEntry, RoleAssignmentEntry, SiteSpaces, SpaceEntry } from './catalogue-spaces.ts'

/** Everything that can be granted, and who holds it. Names of accounts and groups are in the directory. */
export interface Estate {
  readonly directory: Directory
  readonly sites: readonly SiteEstate[]
}

export interface SiteEstate {
  readonly site: string
  readonly projects: readonly ProjectEntry[] | Unread
  readonly roles: readonly SharedRoleEntry[] | Unread
  readonly spaces: SiteSpaces | Unread
}

/** What of an estate is asked for. `members` of groups come with the accounts. */
export type EstatePart = 'identities' | 'projects' | 'roles' | 'spaces'

export interface EstateOptions extends Omit<DirectoryOptions, 'reader'> {
  /** Default: all of them. Names are only known with the identities. */
  readonly parts?: ReadonlySet<EstatePart>
  /** People who are asked for, beside everybody or instead of everybody. */
  readonly people?: Partial<IdentityNeeds>
}

const nobody: IdentityNeeds = {
  emails: new Set(),
  accountIds: new Set(),
  groupNames: new Set(),
  membersOf: new Set(),
  everyone: false,
  products: new Set(),
  formerEmails: new Map(),
  provisioning: false,
}

/** Reads the whole estate. What cannot be read is `Unread` where it stands; the rest is read all the same. */
export async function readEstate(reader: DirectoryOptions['reader'], options: EstateOptions): Promise<Estate> {
  const { parts, people, sites, ...rest } = options
  const wants = (part: EstatePart): boolean => parts === undefined || parts.has(part)
  const [directory, found] = await Promise.all([
    loadDirectory({ ...nobody, everyone: wants('identities'), ...people }, { ...rest, sites, reader }),
    Promise.all(
      sites.map(async (site): Promise<SiteEstate> => {
        const [projects, roles, spaces] = await Promise.all([
          wants('projects') ? orUnread(() => readProjects(reader, site)) : [],
          wants('roles') ? orUnread(() => readSharedRoles(reader, site)) : [],
          wants('spaces') ? orUnread(() => readSpaces(reader, site)) : noSpaces,
        ])
        return { site, projects, roles, spaces }
      }),
    ),
  ])
  return { directory, sites: found }
}

const noSpaces: SiteSpaces = { mode: 'PRE_ROLES', roles: [], spaces: [] }
