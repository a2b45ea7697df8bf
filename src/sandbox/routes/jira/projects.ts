import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { intOf } from '../../pagination.ts'
import { Refusal } from '../../refusal.ts'
import { projectOf } from '../../world-jira.ts'
import type { Project, Role, Site } from '../../world-state.ts'
import { pageBean } from './pages.ts'

/** 404 where nothing matches, instead of an empty page. 50 keys or ids at most, 100 a page. */
export function searchProjects(request: SandboxRequest): Answer {
  const { query } = request
  const keys = query.getAll('keys')
  const ids = query.getAll('id')
  if (keys.length > 50 || ids.length > 50)
    throw new Refusal('invalid', 'keys', 'at most 50 keys or ids can be asked for')
  const found = projectsIn(request).filter((project) => matches(request, project))
  const inOrder = found.toSorted((a, b) => a.key.localeCompare(b.key))
  if (inOrder.length === 0) throw new Refusal('not-found', 'project', 'No project matches the search.')
  const values = inOrder.map((project) => projectView(request, project))
  return pageBean(request, '/rest/api/3/project/search', values, { default: 50, max: 100 })
}

function matches({ query, site }: SandboxRequest, project: Project): boolean {
  const among = (name: string, value: string | undefined, unless: readonly string[] = []) => {
    const given = query.getAll(name).flatMap((values) => values.split(','))
    const wanted = given.length === 0 ? unless : given
    return wanted.length === 0 || (value !== undefined && wanted.includes(value))
  }
  const text = (query.get('query') ?? '').toLowerCase()
  return (
    among('keys', project.key) &&
    among('id', project.id) &&
    among('typeKey', project.type) &&
    among('categoryId', categoryOf(site, project)?.id) &&
    among('status', project.archived ? 'archived' : 'live', ['live']) &&
    `${project.key} ${project.name}`.toLowerCase().includes(text)
  )
}

export function listProjects(request: SandboxRequest): Answer {
  const live = projectsIn(request).filter(({ archived }) => !archived)
  return ok(live.map((project) => projectView(request, project)))
}

export function getProject(request: SandboxRequest): Answer {
  return ok({ ...projectView(request, projectIn(request)), roles: roleLinks(request, projectIn(request)) })
}

/** Name to URL: the id is the last segment. */
export function projectRoles(request: SandboxRequest): Answer {
  return ok(roleLinks(request, projectIn(request)))
}

export function projectRoleDetails(request: SandboxRequest): Answer {
  const project = projectIn(request)
  return ok([...project.roles.values()].map((role) => ({ ...roleView(request, project, role), type: 'DEFAULT' })))
}

export function listCategories(request: SandboxRequest): Answer {
  const { baseUrl, site } = request
  return ok(
    categoriesOf(site).map((category) => ({
      ...category,
      self: `${baseUrl}/rest/api/3/projectCategory/${category.id}`,
    })),
  )
}

/** @throws Refusal (404) */
export function projectIn({ site, params }: SandboxRequest): Project {
  return projectOf(site!, params['projectIdOrKey'] ?? '')
}

/** @throws Refusal (400) where the id is not a number */
export function roleIdOf({ params }: SandboxRequest): number {
  return intOf(params['id'], 'id', { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER })
}

/** A role without its actors; the scope marks one that a team-managed project owns. */
export function roleView({ baseUrl }: SandboxRequest, project: Project, { id, name, description }: Role) {
  const { key, name: projectName } = project
  return {
    self: `${baseUrl}/rest/api/3/project/${project.id}/role/${id}`,
    id,
    name,
    description,
    admin: name === 'Administrators' || name === 'Administrator',
    default: false,
    roleConfigurable: true,
    translatedName: name,
    ...(project.teamManaged ? { scope: { type: 'PROJECT', project: { id: project.id, key, name: projectName } } } : {}),
  }
}

function projectsIn({ site }: SandboxRequest): Project[] {
  return [...(site?.jira?.projects.values() ?? [])]
}

function roleLinks(request: SandboxRequest, project: Project): Record<string, string> {
  return Object.fromEntries(
    [...project.roles.values()].map((role) => [role.name, roleView(request, project, role).self]),
  )
}

function projectView({ baseUrl, site }: SandboxRequest, project: Project) {
  const { id, key, name, type, teamManaged, archived } = project
  const category = categoryOf(site, project)
  return {
    expand: 'description,lead,issueTypes,url,projectKeys,permissions,insight',
    self: `${baseUrl}/rest/api/3/project/${id}`,
    id,
    key,
    name,
    projectTypeKey: type,
    simplified: teamManaged,
    style: teamManaged ? 'next-gen' : 'classic',
    isPrivate: false,
    ...(archived ? { archived } : {}),
    ...(category
      ? { projectCategory: { ...category, self: `${baseUrl}/rest/api/3/projectCategory/${category.id}` } }
      : {}),
  }
}

function categoriesOf(site: Site | undefined): { id: string; name: string; description: string }[] {
  const names = [...(site?.jira?.projects.values() ?? [])].flatMap(({ category }) => category ?? [])
  return [...new Set(names)].toSorted().map((name, index) => ({ id: String(10_000 + index), name, description: '' }))
}

function categoryOf(site: Site | undefined, { category }: Project) {
  return category === undefined ? undefined : categoriesOf(site).find(({ name }) => name === category)
}
