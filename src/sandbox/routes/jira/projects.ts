import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { hasActor } from '../../world-jira.ts'
import type { Project, Site } from '../../world-state.ts'
import { pageBean } from './pages.ts'
import { administers, isJiraAdmin } from './permissions.ts'
import { roleView } from './role-views.ts'
import { administeredProject, projectIn, visibleProjects } from './visible-projects.ts'

/** 404 where nothing matches, instead of an empty page. 50 keys or ids at most, 100 a page. */
export function searchProjects(request: SandboxRequest): Answer {
  const { query } = request
  const keys = query.getAll('keys')
  const ids = query.getAll('id')
  if (keys.length > 50 || ids.length > 50)
    throw new Refusal('invalid', 'keys', 'at most 50 keys or ids can be asked for')
  const found = visibleProjects(request).filter((project) => matches(request, project) && mayEdit(request, project))
  if (found.length === 0) throw new Refusal('not-found', 'project', 'No project matches the search.')
  const view = (project: Project) => projectView(request, project)
  return pageBean(request, '/rest/api/3/project/search', inOrder(request, found), { default: 50, max: 100, view })
}

/** By key, name or category; an order by issues or owners, of which there are none, is that of the keys. */
function inOrder({ query }: SandboxRequest, found: readonly Project[]): Project[] {
  const order = query.get('orderBy') ?? 'key'
  const field = order.replace(/^[-+ ]/, '')
  const textOf = ({ key, name, category = '' }: Project) =>
    field === 'name' ? name : field === 'category' ? category : key
  const sorted = found.toSorted((a, b) => textOf(a).localeCompare(textOf(b)) || a.key.localeCompare(b.key))
  return order.startsWith('-') ? sorted.toReversed() : sorted
}

function matches(request: SandboxRequest, project: Project): boolean {
  const { query, site } = request
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

/** True where the search does not ask for it. */
function mayEdit(request: SandboxRequest, project: Project): boolean {
  return request.query.get('action') !== 'edit' || isJiraAdmin(request) || administers(request, project)
}

export function listProjects(request: SandboxRequest): Answer {
  const live = visibleProjects(request).filter(({ archived }) => !archived)
  return ok(live.map((project) => projectView(request, project)))
}

export function getProject(request: SandboxRequest): Answer {
  return ok({ ...projectView(request, projectIn(request)), roles: roleLinks(request, projectIn(request)) })
}

/** Name to URL: the id is the last segment. For who administers any project of the site. */
export function projectRoles(request: SandboxRequest): Answer {
  const project = projectIn(request)
  if (visibleProjects(request).some((each) => administers(request, each))) return ok(roleLinks(request, project))
  return ok(roleLinks(request, administeredProject(request)))
}

export function projectRoleDetails(request: SandboxRequest): Answer {
  const { state, query, callerId } = request
  const project = administeredProject(request)
  const roles = [...project.roles.values()].filter(
    (role) => query.get('currentMember') !== 'true' || hasActor(state, role, callerId ?? ''),
  )
  return ok(roles.map((role) => ({ ...roleView(request, project, role), type: 'DEFAULT' })))
}

export function listCategories(request: SandboxRequest): Answer {
  return ok(categoriesOf(request.site).map((category) => categoryView(request, category)))
}

/** @throws Refusal (404) */
export function getCategory(request: SandboxRequest): Answer {
  const category = categoriesOf(request.site).find(({ id }) => id === request.params['id'])
  if (category) return ok(categoryView(request, category))
  throw new Refusal('not-found', 'category', `No project category with id ${request.params['id']}.`)
}

function roleLinks(request: SandboxRequest, project: Project): Record<string, string> {
  return Object.fromEntries(
    [...project.roles.values()].map((role) => [role.name, roleView(request, project, role).self]),
  )
}

function projectView(request: SandboxRequest, project: Project) {
  const { baseUrl, site } = request
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
    isPrivate: project.private,
    ...(archived ? { archived } : {}),
    ...(category ? { projectCategory: categoryView(request, category) } : {}),
  }
}

interface Category {
  readonly id: string
  readonly name: string
  readonly description: string
}

function categoryView({ baseUrl }: SandboxRequest, category: Category) {
  return { ...category, self: `${baseUrl}/rest/api/3/projectCategory/${category.id}` }
}

function categoriesOf(site: Site | undefined): Category[] {
  const names = [...(site?.jira?.projects.values() ?? [])].flatMap(({ category }) => category ?? [])
  return [...new Set(names)].toSorted().map((name, index) => ({ id: String(10_000 + index), name, description: '' }))
}

function categoryOf(site: Site | undefined, { category }: Project) {
  return category === undefined ? undefined : categoriesOf(site).find(({ name }) => name === category)
}
