import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Claim, DeclaredObject, Demand, Entry, ExpandContext } from '../../core/kind.ts'
import { didYouMean } from '../../core/schema.ts'
import { asWarning, resolveHolder } from '../principals.ts'
import { missingTargets, problem } from '../targets.ts'
import { actor, roleScope, type Actor, type RoleScope } from './actor.ts'
import type { ProjectBean } from './api.ts'
import {
  isMeant,
  isTeamManaged,
  rolesIn,
  type AbsentProjects,
  type JiraCatalogue,
  type SiteCatalogue,
} from './catalogue.ts'
import { ruleProblems } from './rules.ts'
import type { JiraRoleBindingSpec } from './schema.ts'

type Spec = JiraRoleBindingSpec
type Context = ExpandContext<Spec, JiraCatalogue>

/** Scopes are the role in every project that is meant; each holds every subject. */
export function expand({ manifest, spec }: DeclaredObject<Spec>, context: Context): Demand<Actor> {
  const rules = ruleProblems(spec)
  const { scopes, problems } = findScopes(spec, context.catalogue)
  if (manifest.retired) {
    const authority = spec.authority === 'Observe' ? 'Observe' : 'Additive'
    return { claims: claimsOf(scopes, authority), entries: [], diagnostics: [...problems, ...rules].map(asWarning) }
  }
  const { entries, mistakes } = rules.length > 0 ? nothing : demandSubjects(spec, scopes, context)
  return {
    claims: claimsOf(scopes, spec.authority),
    entries,
    diagnostics: [...rules, ...problems, ...mistakes],
    ...(problems.some(({ severity }) => severity === 'error') && { unclaimed: true }),
  }
}

const nothing: Demanded = { entries: [], mistakes: [] }

const claimsOf = (scopes: readonly RoleScope[], authority: Claim['authority']): Claim[] =>
  scopes.map((scope) => ({ scope, authority }))

interface Demanded {
  readonly entries: readonly Entry<Actor>[]
  readonly mistakes: readonly Diagnostic[]
}

interface FoundScopes {
  readonly scopes: readonly RoleScope[]
  readonly problems: readonly Diagnostic[]
}

function findScopes(spec: Spec, catalogue: JiraCatalogue): FoundScopes {
  const site = catalogue.get(spec.site)
  if (!site) return { scopes: [], problems: [problem('UNKNOWN_SITE', `no site is named "${spec.site}"`, ['site'])] }
  if ('code' in site) {
    const message = `the projects of site ${spec.site} were not read (${site.message})`
    return { scopes: [], problems: [problem('CATALOGUE_UNREAD', message, ['site'])] }
  }
  const meant = site.projects.filter((project) => isMeant(project, spec))
  const scopes: RoleScope[] = []
  const problems = new Map(missingProjects(spec, site, meant).map((each) => [each.message, each]))
  for (const project of meant) {
    const found = findScope(spec, project, site)
    if ('code' in found) problems.set(found.message, found)
    else scopes.push(found)
  }
  return { scopes, problems: [...problems.values()] }
}

function missingProjects(spec: Spec, site: SiteCatalogue, meant: readonly ProjectBean[]): Diagnostic[] {
  const visible = site.projects.map(({ key }) => key)
  const words = { code: 'UNKNOWN_PROJECT', field: 'projects', what: 'Jira space (project)', site: spec.site } as const
  const known = (key: string): Partial<Diagnostic> => whyAbsent(key, spec.site, site.absent)
  return missingTargets(spec.projects, visible, meant.length, { ...words, known })
}

/** A project that is not there is a mistake to mend in the manifest; one that may be hidden, a permission to be given. */
function whyAbsent(key: string, site: string, { archived, seesAll }: AbsentProjects): Partial<Diagnostic> {
  const project = `Jira space (project) ${key}`
  if (archived.has(key)) {
    const message = `${project} on site ${site} is archived: its roles are left as they are`
    return { code: 'NOT_WRITABLE', severity: 'warning', message }
  }
  if (seesAll === true) return { message: `there is no ${project} on site ${site}` }
  if (seesAll === undefined) return {}
  return {
    message: `no ${project} is visible on site ${site}: it is not there, or hidden from the credential, which lacks Administer Jira`,
    hint: `if ${key} is right, give the credential Administer Jira, or Administer Projects in ${key}`,
  }
}

function findScope(spec: Spec, project: ProjectBean, site: SiteCatalogue): RoleScope | Diagnostic {
  const roles = rolesIn(project, site)
  const here = `Jira space (project) ${project.key}`
  if ('code' in roles) {
    const of = site.rolesOf.has(project.id) ? here : `site ${spec.site}`
    return problem('CATALOGUE_UNREAD', `the roles of ${of} were not read (${roles.message})`, ['role'])
  }
  const role = roles.find(({ name }) => name === spec.role)
  if (role) return roleScope(spec.site, project, role)
  const where = isTeamManaged(project) ? here : `site ${spec.site}`
  const names = roles.map(({ name }) => name)
  const unknown = problem('UNKNOWN_ROLE', `${where} has no role "${spec.role}"`, ['role'], didYouMean(spec.role, names))
  // anybody may make a team-managed project, with roles of its own: that one fits the selector is nobody's mistake
  return isTeamManaged(project) && spec.projects.selector ? asWarning(unknown) : unknown
}

function demandSubjects(spec: Spec, scopes: readonly RoleScope[], context: Context): Demanded {
  const entries: Entry<Actor>[] = []
  const mistakes: Diagnostic[] = []
  for (const [index, subject] of spec.subjects.entries()) {
    const path = ['spec', 'subjects', index]
    const result = resolveHolder(subject, context, path)
    if ('problem' in result) {
      mistakes.push(result.problem)
      continue
    }
    if (result.finding) mistakes.push(result.finding)
    entries.push(...scopes.map((scope) => ({ resource: actor(scope, result.found), path })))
  }
  return { entries, mistakes }
}
