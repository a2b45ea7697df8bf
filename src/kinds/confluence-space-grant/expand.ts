import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Unread } from '../../core/directory.ts'
import type { Claim, DeclaredObject, Demand, Entry, ExpandContext } from '../../core/kind.ts'
import { asWarning, resolveHolder } from '../principals.ts'
import { missingTargets, problem } from '../targets.ts'
import { access, spaceScope, type Access, type SpaceScope } from './access.ts'
import { isMeant, mayReplace, type ConfluenceCatalogue, type SiteCatalogue } from './catalogue.ts'
import { grantOf } from './grant.ts'
import { ruleProblems } from './rules.ts'
import type { ConfluenceSpaceGrantSpec } from './schema.ts'

type Spec = ConfluenceSpaceGrantSpec
type Context = ExpandContext<Spec, ConfluenceCatalogue>
type Path = readonly (string | number)[]

/** Scopes are the spaces that are meant; each holds every subject with what the site's mode makes of the grant. */
export function expand({ manifest, spec }: DeclaredObject<Spec>, context: Context): Demand<Access> {
  const rules = ruleProblems(spec)
  const site = findSite(spec, context.catalogue)
  if ('problem' in site) {
    const problems = [...rules, site.problem]
    if (manifest.retired) return { claims: [], entries: [], diagnostics: problems.map(asWarning) }
    return { claims: [], entries: [], diagnostics: problems, unclaimed: true }
  }
  const scopes = site.spaces.filter((space) => isMeant(space, spec)).map((space) => spaceScope(spec.site, space))
  const missing = missingSpaces(spec, site, scopes.length)
  if (manifest.retired) {
    const authority = spec.authority === 'Observe' ? 'Observe' : 'Additive'
    return { claims: claimsOf(scopes, authority), entries: [], diagnostics: [...rules, ...missing].map(asWarning) }
  }
  const { entries, problems } = rules.length > 0 ? nothing : demandGrant(spec, { site, scopes }, context)
  return {
    claims: claimsOf(scopes, spec.authority),
    entries,
    diagnostics: [...rules, ...missing, ...problems],
    ...(missing.some(({ severity }) => severity === 'error') && { unclaimed: true }),
  }
}

interface Demanded {
  readonly entries: readonly Entry<Access>[]
  readonly problems: readonly Diagnostic[]
}

const nothing: Demanded = { entries: [], problems: [] }

interface Place {
  readonly site: SiteCatalogue
  readonly scopes: readonly SpaceScope[]
}

const claimsOf = (scopes: readonly SpaceScope[], authority: Claim['authority']): Claim[] =>
  scopes.map((scope) => ({ scope, authority }))

function findSite(spec: Spec, catalogue: ConfluenceCatalogue): SiteCatalogue | { readonly problem: Diagnostic } {
  const site = catalogue.get(spec.site)
  if (!site) return { problem: problem('UNKNOWN_SITE', `no site is named "${spec.site}"`, ['site']) }
  return 'code' in site ? { problem: unreadProblem(`the spaces of site ${spec.site}`, site, ['site']) } : site
}

function missingSpaces(spec: Spec, site: SiteCatalogue, found: number): Diagnostic[] {
  const known = site.spaces.map(({ key }) => key)
  const words = { code: 'UNKNOWN_SPACE', field: 'spaces', what: 'Confluence space', site: spec.site } as const
  return missingTargets(spec.spaces, known, found, words)
}

function demandGrant(spec: Spec, place: Place, context: Context): Demanded {
  const granted = grantOf(spec, place.site)
  if ('problem' in granted) return { entries: [], problems: [granted.problem] }
  const entries: Entry<Access>[] = []
  const problems: Diagnostic[] = []
  for (const [index, subject] of spec.subjects.entries()) {
    const path = ['spec', 'subjects', index]
    const result = resolveHolder(subject, context, path)
    if ('problem' in result) {
      problems.push(result.problem)
      continue
    }
    if (result.finding) problems.push(result.finding)
    for (const scope of place.scopes) {
      entries.push({ resource: access(scope, result.found, granted.grant, mayReplace(spec)), path })
    }
  }
  return { entries, problems }
}

const unreadProblem = (what: string, { message }: Unread, path: Path): Diagnostic =>
  problem('CATALOGUE_UNREAD', `${what} could not be read (${message})`, path)
