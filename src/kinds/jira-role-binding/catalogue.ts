import { heldPermissions } from '../../atlassian/jira-permission.ts'
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
  readonly absent: AbsentProjects
}

/** What is known of the keys that are declared and were not found. */
export interface AbsentProjects {
  /** Keys of archived projects. */
  readonly archived: ReadonlySet<string>
  /** Whether the credential administers Jira, so that no project is hidden from it. Undefined where that is not known. */
  readonly seesAll?: boolean
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
    const [absent, ...rolesOf] = await Promise.all([
      readAbsent(site, keysOf(specs).difference(new Set(projects.map(({ key }) => key))), reader),
      ...apart.map(async ({ id }) => [id, await projectRoles(reader, { site, projectId: id })] as const),
    ])
    return { projects, roles, rolesOf: new Map(rolesOf), absent }
  } catch (error) {
    return unreadOf(error)
  }
}

/** Keys are asked for by name; only a selector needs the whole list. */
async function readProjects(site: string, specs: readonly Target[], reader: Reader): Promise<ProjectBean[]> {
  if (specs.some(({ projects }) => projects.selector)) return searchProjects(reader, site)
  const pages = await Promise.all(chunks(keysOf(specs)).map((keys) => searchProjects(reader, site, { keys })))
  return pages.flat()
}

/** Asked only where a key was not found: a search shows live projects, and those alone that the credential may see. */
async function readAbsent(site: string, missing: ReadonlySet<string>, reader: Reader): Promise<AbsentProjects> {
  if (missing.size === 0) return { archived: new Set() }
  const [held, ...archived] = await Promise.all([
    heldPermissions(reader, { site }, ['ADMINISTER']),
    ...chunks(missing).map((keys) => searchProjects(reader, site, { keys, status: 'archived' })),
  ])
  return {
    archived: new Set(archived.flat().map(({ key }) => key)),
    ...(!('code' in held) && { seesAll: held.has('ADMINISTER') }),
  }
}

const keysOf = (specs: readonly Target[]): Set<string> => new Set(specs.flatMap(({ projects }) => projects.keys ?? []))

function chunks(keys: ReadonlySet<string>): string[][] {
  const count = Math.ceil(keys.size / keysPerSearch)
  return Array.from({ length: count }, (_, at) => [...keys].slice(at * keysPerSearch, (at + 1) * keysPerSearch))
}

/**
 * Searches and the list of roles. At least: how many pages a selector takes, which projects are team-managed (one more
 * call each), and whether a key is not found (two more), is not known before.
 */
export function forecastCatalogue(specs: readonly Spec[]): Forecast {
  const sites = [...Map.groupBy(specs, ({ site }) => site).values()]
  const calls = sites.map((own) => 1 + (own.some(({ projects }) => projects.selector) ? 1 : chunks(keysOf(own)).length))
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
