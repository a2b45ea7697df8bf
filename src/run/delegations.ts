import { dirname, relative, resolve, sep } from 'node:path'
import picomatch from 'picomatch'
import type { Reach, ReachOf } from '../core/delegation.ts'
import type { Touched } from '../core/touch.ts'
import type { Manifest } from '../core/manifest.ts'
import { normalName } from '../core/principal.ts'
import type { AtlassianOrganizationSpec } from '../kinds/atlassian-organization/schema.ts'
import { matchesGlob } from '../kinds/glob.ts'

type Delegation = AtlassianOrganizationSpec['delegations'][number]

export interface Places {
  /** Where relative file names start. */
  readonly cwd: string
  /** Labels of a namespace of the cluster; undefined where it is not known. */
  readonly labelsOf?: (namespace: string) => Readonly<Record<string, string>> | undefined
}

/**
 * What each manifest may touch under the organization's delegations. Without any, everything. The organization's own are
 * those in its namespace; in files, those in the very directory of its file. Several delegations add up, each as a whole.
 */
export function reachOf(
  { delegations }: Pick<AtlassianOrganizationSpec, 'delegations'>,
  organization: Manifest,
  places: Places,
): ReachOf {
  if (delegations.length === 0) return () => undefined
  const root = dirname(resolve(places.cwd, organization.origin.file))
  // from the directory of the organization's file, so that it says the same wherever the command is typed
  const pathOf = (file: string): string => relative(root, resolve(places.cwd, file)).split(sep).join('/')
  const located = { ...places, pathOf }
  return (manifest) => {
    const place = placeOf(manifest, located)
    if (place.home === placeOf(organization, located).home) return undefined
    const own = delegations.filter(({ from }) => covers(from, manifest, located))
    return {
      from: place.title,
      allows: (...touches) => own.some((each) => touches.every((touch) => allows(each, touch))),
    } satisfies Reach
  }
}

interface Located extends Places {
  /** `teams/payments/ana.yaml`, below the directory of the organization's file. */
  readonly pathOf: (file: string) => string
}

function placeOf({ namespace, origin }: Manifest, { pathOf }: Located): { home: string; title: string } {
  if (namespace !== undefined) return { home: `namespace ${namespace}`, title: `namespace ${namespace}` }
  const path = pathOf(origin.file)
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.'
  return { home: `folder ${folder}`, title: `${folder}/` }
}

function covers(
  { namespace, namespaceSelector, path }: Delegation['from'],
  manifest: Manifest,
  places: Located,
): boolean {
  if (manifest.namespace === undefined) {
    return path !== undefined && picomatch(path, { dot: true })(places.pathOf(manifest.origin.file))
  }
  if (namespace !== undefined) return namespace === manifest.namespace
  const labels = places.labelsOf?.(manifest.namespace)
  if (namespaceSelector === undefined || labels === undefined) return false
  return Object.entries(namespaceSelector.matchLabels ?? {}).every(([name, value]) => labels[name] === value)
}

const levels = ['Viewer', 'Contributor', 'Manager']

/** Group names compare without case, keys with it, as Atlassian does. */
function allows(delegation: Delegation, { what, name }: Touched): boolean {
  switch (what) {
    case 'group':
      return delegation.groups.some((glob) => matchesGlob(normalName(glob), normalName(name)))
    case 'project':
      return delegation.projects.some((glob) => matchesGlob(glob, name))
    case 'space':
      return delegation.spaces.some((glob) => matchesGlob(glob, name))
    case 'account':
      return delegation.accounts
    case 'role':
      return !delegation.protectedRoles.some((role) => singular(role) === singular(name))
    case 'level':
      return levels.includes(name) && levels.indexOf(name) <= levels.indexOf(delegation.maxLevel ?? 'Contributor')
    case 'rule':
      return false
    default:
      return what satisfies never
  }
}

/** Team-managed projects call the role of their Administrators "Administrator". */
const singular = (role: string): string => normalName(role).replace(/s$/, '')
