import { isError, type Diagnostic } from '../../core/diagnostic.ts'
import type { Directory, Group, Unread } from '../../core/directory.ts'
import type { DeclaredObject, Demand, ExpandContext } from '../../core/kind.ts'
import { normalName } from '../../core/principal.ts'
import { identityChanged } from '../../core/subject.ts'
import { didYouMean } from '../../core/schema.ts'
import { appRoleGrant, roleId, rolesScope, type App, type AppRoleGrant } from './app-role.ts'
import { groupResource, groupScope, type GroupResource, type GroupScope } from './group.ts'
import type { AtlassianGroupSpec } from './schema.ts'

type Spec = AtlassianGroupSpec
export type Apps = readonly App[] | Unread
type Context = ExpandContext<Spec, Apps | undefined>
type Wanted = Demand<GroupResource | AppRoleGrant>

const nothing: Wanted = { claims: [], entries: [], diagnostics: [] }

/**
 * The group, and beside it the app roles that it gives. The group is only claimed where it is demanded or is to be
 * deleted, so that nothing else removes it.
 */
export function expand({ manifest, spec }: DeclaredObject<Spec>, context: Context): Wanted {
  const { directory } = context
  const group = directory.group(spec.name)
  const { groups: unread } = directory.unread
  if (!group && unread) {
    const message = `groups were not read (${unread.message}): "${spec.name}"`
    return {
      ...nothing,
      diagnostics: [{ code: 'IDENTITIES_UNREAD', severity: 'error', message, path: ['spec', 'name'] }],
    }
  }
  const changed = identityChanged(spec.name, directory, ['spec', 'name'])
  if (changed) return { ...nothing, diagnostics: [changed], unclaimed: true }
  if (manifest.retired) return group ? retire(spec, group) : nothing
  const problems = group ? [...renamed(spec, group), ...unwritable(spec, group.description)] : unmakeable(spec, context)
  if (problems.some(isError)) return { ...nothing, diagnostics: problems }
  const scope = groupScope(group ?? { promised: normalName(spec.name), name: spec.name })
  const roles = appRoles(spec, scope, context)
  return {
    claims: [{ scope, authority: 'Additive' }, ...roles.claims],
    entries: [
      { resource: groupResource(scope, { description: spec.description, managedBy: spec.managedBy }), path: ['spec'] },
      ...roles.entries,
    ],
    diagnostics: [...problems, ...roles.diagnostics],
    ...(roles.unclaimed && { unclaimed: true }),
  }
}

/** Deleted, where the policy says so, with all that it gives; else what Roster made it give is taken back. */
function retire({ deletionPolicy, appRoles: roles }: Spec, group: Group): Wanted {
  const { groupId, name } = group
  if (deletionPolicy === 'Delete')
    return { ...nothing, claims: [{ scope: groupScope(group), authority: 'Authoritative' }] }
  return roles ? { ...nothing, claims: [{ scope: rolesScope({ groupId }, name), authority: 'Additive' }] } : nothing
}

function appRoles({ appRoles: wanted }: Spec, { ref }: GroupScope, { catalogue: apps, directory }: Context): Wanted {
  if (wanted === undefined) return nothing
  const scope = rolesScope(ref.group, ref.name)
  const claims = [{ scope, authority: 'Additive' as const }]
  const strangers = wanted.flatMap(({ site }, index) =>
    unknownSite(site, directory, ['spec', 'appRoles', index, 'site']),
  )
  if (wanted.length > 0 && (apps === undefined || 'code' in apps)) {
    const message = `the apps of the organization were not read (${apps?.message ?? 'nothing was asked'})`
    const unread: Diagnostic = { code: 'CATALOGUE_UNREAD', severity: 'error', message, path: ['spec', 'appRoles'] }
    return { ...nothing, claims, diagnostics: [...strangers, unread] }
  }
  const known = apps === undefined || 'code' in apps ? [] : apps
  const found = wanted.map((each, index) => ({
    each,
    path: ['spec', 'appRoles', index],
    app: appOf(each, known, directory),
  }))
  return {
    claims,
    entries: found.flatMap(({ each, app, path }) =>
      app ? [{ resource: appRoleGrant(scope, { ...app, role: roleId(each.role), site: each.site }), path }] : [],
    ),
    diagnostics: [
      ...strangers,
      ...found.flatMap(({ each, app, path }) =>
        app || !directory.siteUrls.has(each.site) ? [] : noSuchApp(each, { known, directory, path }),
      ),
    ],
  }
}

type AppRole = NonNullable<Spec['appRoles']>[number]

const onSite = (site: string, apps: readonly App[], { siteUrls }: Directory): readonly App[] =>
  apps.filter(({ siteUrl }) => siteUrl === siteUrls.get(site)?.replace(/\/$/, ''))

const appOf = ({ site, product }: AppRole, apps: readonly App[], directory: Directory): App | undefined =>
  onSite(site, apps, directory).find((each) => each.product === product)

type Path = readonly (string | number)[]

function unknownSite(site: string, { siteUrls }: Directory, path: Path): readonly Diagnostic[] {
  if (siteUrls.has(site)) return []
  const message = `the organization has no site "${site}"`
  return [{ code: 'UNKNOWN_SITE', severity: 'error', message, path, ...didYouMean(site, siteUrls.keys()) }]
}

interface Where {
  readonly known: readonly App[]
  readonly directory: Directory
  readonly path: Path
}

function noSuchApp({ site, product }: AppRole, { known, directory, path }: Where): Diagnostic {
  const here = onSite(site, known, directory).map((each) => each.product)
  const message = `${site} has no ${product}`
  const at = [...path, 'product']
  return { code: 'UNKNOWN_PRODUCT', severity: 'error', message, path: at, ...didYouMean(product, here) }
}

function unmakeable({ managedBy }: Spec, { directory }: Context): readonly Diagnostic[] {
  if (managedBy === 'Organization' || directory.provisionsGroups) return []
  const message = 'groups of the SCIM directory are not ours to make'
  const hint = 'set provisioning.groups of the AtlassianOrganization, where no identity provider makes them'
  return [{ code: 'NOT_WRITABLE', severity: 'error', message, path: ['spec', 'managedBy'], hint }]
}

/** No API renames a group; somebody did all the same, and it is the same group. */
function renamed({ name }: Spec, group: Group): readonly Diagnostic[] {
  if (normalName(name) === normalName(group.name)) return []
  const message = `the group is called "${group.name}" now`
  const hint = `declare it by that name`
  return [{ code: 'IDENTITY_CHANGED', severity: 'warning', message, path: ['spec', 'name'], hint }]
}

function unwritable({ description }: Spec, found: string | undefined): readonly Diagnostic[] {
  if (description === undefined || description === (found ?? '')) return []
  const message = 'the description differs, and no API of Atlassian changes the description of a group'
  const hint = 'change it at admin.atlassian.com, or here'
  return [{ code: 'NOT_WRITABLE', severity: 'warning', message, path: ['spec', 'description'], hint }]
}
