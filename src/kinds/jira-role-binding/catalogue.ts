import { unreadOf } from '../../atlassian/paginate.ts'
import type { Unread } from '../../core/directory.ts'
import type { Forecast } from '../../core/kind.ts'
import type { Reader } from '../../core/ports.ts'
import { matchesGlob } from '../glob.ts'
import { globalRoles, keysPerSearch, projectRoles, searchProjects, type ProjectBean, type RoleBean } from './api.ts'
import type { JiraRoleBindingSpec } from './schema.ts'

type Spec = JiraRoleBindingSpec
type Target = Pick<Spec, 'site' | 'projects'>
type Selector = NonNullable<Spec['projects']['selector']>

export interface SiteCatalogue {
  readonly projects: readonly ProjectBean[]
  /** Roles of the company-managed projects. */
  readonly roles: readonly RoleBean[] | Unread
  /** By project id, where a project has roles of its own, or where the global ones could not be read. */
  readonly rolesOf: ReadonlyMap<string, readonly RoleBean[] | Unread>
}

/** By site name. */
export type JiraCatalogue = ReadonlyMap<string, SiteCatalogue | Unread>

/** Projects and roles of every site that a binding names. */
export async function readCatalogue(specs: readonly Spec[], reader: Reader): Promise<JiraCatalogue> {
  const sites = [...Map.groupBy(specs, ({ site }) => site)]
  return new Map(
    await Promise.all(sites.map(async ([site, own]) => [site, await readSite(site, own, reader)] as const)),
  )
}

async function readSite(site: string, specs: readonly Target[], reader: Reader): Promise<SiteCatalogue | Unread> {
  try {
    const [projects, roles] = await Promise.all([
      readProjects(site, specs, reader),
      globalRoles(reader, site).catch(unreadOf),
    ])
    const meant = projects.filter((project) => specs.some((spec) => isMeant(project, spec)))
    const apart = meant.filter((project) => isTeamManaged(project) || 'code' in roles)
    const rolesOf = await Promise.all(
      apart.map(async ({ id }) => {
        const own = await projectRoles(reader, { site, projectId: id }).catch(unreadOf)
        return [id, own] as const
      }),
    )
    return { projects, roles, rolesOf: new Map(rolesOf) }
  } catch (error) {
    return unreadOf(error)
  }
}

/** Keys are asked for by name; only a selector needs the whole list. */
async function readProjects(site: string, specs: readonly Target[], reader: Reader): Promise<ProjectBean[]> {
  if (specs.some(({ projects }) => projects.selector)) return searchProjects(reader, site)
  const pages = await Promise.all(chunksOfKeys(specs).map((keys) => searchProjects(reader, site, keys)))
  return pages.flat()
}

function chunksOfKeys(specs: readonly Target[]): string[][] {
  const keys = [...new Set(specs.flatMap(({ projects }) => projects.keys ?? []))]
  const count = Math.ceil(keys.length / keysPerSearch)
  return Array.from({ length: count }, (_, at) => keys.slice(at * keysPerSearch, (at + 1) * keysPerSearch))
}

/**
 * Searches and the list of roles. At least: how many pages a selector takes, and which projects are team-managed (one
 * more call each), is not known before.
 */
export function forecastCatalogue(specs: readonly Spec[]): Forecast {
  const sites = [...Map.groupBy(specs, ({ site }) => site).values()]
  const calls = sites.map((own) => 1 + (own.some(({ projects }) => projects.selector) ? 1 : chunksOfKeys(own).length))
  return { calls: calls.reduce((sum, each) => sum + each, 0), exact: sites.length === 0 }
}

export const isTeamManaged = ({ style }: ProjectBean): boolean => style === 'next-gen'

export function isMeant(project: ProjectBean, { projects: { keys, selector } }: Target): boolean {
  return (keys?.includes(project.key) ?? false) || (selector !== undefined && isSelected(project, selector))
}

function isSelected(project: ProjectBean, { keys, category, type, exclude }: Selector): boolean {
  const fits = (patterns: readonly string[]) => patterns.some((pattern) => matchesGlob(pattern, project.key))
  return (
    (keys === undefined || fits(keys)) &&
    (category === undefined || project.projectCategory?.name === category) &&
    (type === undefined || project.projectTypeKey === type) &&
    !fits(exclude ?? [])
  )
}

/** The roles of one project, or why they are not known. */
export const rolesIn = (project: ProjectBean, { roles, rolesOf }: SiteCatalogue): readonly RoleBean[] | Unread =>
  rolesOf.get(project.id) ?? roles
