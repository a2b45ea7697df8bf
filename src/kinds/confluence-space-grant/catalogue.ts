import { unreadOf } from '../../atlassian/paginate.ts'
import type { Unread } from '../../core/directory.ts'
import type { Forecast } from '../../core/kind.ts'
import type { Reader } from '../../core/ports.ts'
import { matchesGlob } from '../glob.ts'
import type { SpaceRows } from './access.ts'
import * as api from './api.ts'
import type { ConfluenceSpaceGrantSpec } from './schema.ts'

type Spec = ConfluenceSpaceGrantSpec
type Target = Pick<Spec, 'spaces'>

export interface SiteCatalogue {
  readonly mode: api.RoleMode
  readonly spaces: readonly api.SpaceBean[]
  /** Empty on a site without roles. */
  readonly roles: readonly api.SpaceRoleBean[]
}

/** By site name. */
export type ConfluenceCatalogue = ReadonlyMap<string, SiteCatalogue | Unread>

/** Permission model, spaces and roles of every site that a grant names. */
export async function readCatalogue(specs: readonly Spec[], reader: Reader): Promise<ConfluenceCatalogue> {
  const sites = [...Map.groupBy(specs, ({ site }) => site)]
  return new Map(
    await Promise.all(sites.map(async ([site, own]) => [site, await readSite(site, own, reader)] as const)),
  )
}

async function readSite(site: string, specs: readonly Spec[], reader: Reader): Promise<SiteCatalogue | Unread> {
  try {
    const [said, spaces] = await Promise.all([api.readMode(reader, site), readSpaces(site, specs, reader)])
    const roles = said === 'PRE_ROLES' ? undefined : await api.readRoles(reader, site)
    const mode = roles ? (said ?? 'ROLES_TRANSITION') : 'PRE_ROLES'
    return { mode, spaces, roles: roles ?? [] }
  } catch (error) {
    return unreadOf(error)
  }
}

/** Keys are asked for by name; only a selector needs the whole list. */
async function readSpaces(site: string, specs: readonly Target[], reader: Reader): Promise<api.SpaceBean[]> {
  if (specs.some(({ spaces }) => spaces.selector)) return api.searchSpaces(reader, site)
  const pages = await Promise.all(chunksOfKeys(specs).map((keys) => api.searchSpaces(reader, site, keys)))
  return pages.flat()
}

function chunksOfKeys(specs: readonly Target[]): string[][] {
  const keys = [...new Set(specs.flatMap(({ spaces }) => spaces.keys ?? []))]
  const count = Math.ceil(keys.length / api.spacesPerPage)
  return Array.from({ length: count }, (_, at) => keys.slice(at * api.spacesPerPage, (at + 1) * api.spacesPerPage))
}

/** A role may replace custom access where the manifest says so; custom access never replaces a role. */
export const mayReplace = ({
  adoptCustomAccess,
  permissions,
}: Pick<Spec, 'adoptCustomAccess' | 'permissions'>): boolean => adoptCustomAccess && permissions === undefined

/** The access of one space, in as many lists as the site's mode has. @throws RemoteError, IncompleteReadError */
export async function readRows(reader: Reader, space: api.SpaceRef, mode: api.RoleMode): Promise<SpaceRows> {
  const [assignments, permissions] = await Promise.all([
    mode === 'PRE_ROLES' ? [] : api.readRoleAssignments(reader, space),
    mode === 'ROLES' ? [] : api.readPermissions(reader, space),
  ])
  return { assignments, permissions }
}

/** At least: pages of a selector, and what a site with roles needs more, are not known before. */
export function forecastCatalogue(specs: readonly Spec[]): Forecast {
  const sites = [...Map.groupBy(specs, ({ site }) => site).values()]
  const calls = sites.map((own) => 1 + (own.some(({ spaces }) => spaces.selector) ? 1 : chunksOfKeys(own).length))
  return { calls: calls.reduce((sum, each) => sum + each, 0), exact: sites.length === 0 }
}

/** Personal spaces and archived ones are meant only when they are named, or asked for by type. */
export function isMeant(space: api.SpaceBean, { spaces: { keys, selector } }: Target): boolean {
  if (keys?.includes(space.key)) return true
  if (!selector || space.status === 'archived') return false
  const fits = (patterns: readonly string[]) => patterns.some((pattern) => matchesGlob(pattern, space.key))
  const type = selector.type === undefined ? space.type !== 'personal' : space.type === selector.type
  return type && (selector.keys === undefined || fits(selector.keys)) && !fits(selector.exclude ?? [])
}
