/**
 * Individual space permissions as `key/target`, e.g. `create/page` (reference section 9.4; `SpacePermissionRequest` in
 * `confluence-v1.openapi.json`).
 */

export type Level = 'Viewer' | 'Contributor' | 'Manager'

export const readSpace = 'read/space'
export const administerSpace = 'administer/space'

const viewer = [readSpace]
/** `delete/space` is "delete own", whatever its name says. */
const contributor = [...viewer, 'create/attachment', 'create/blogpost', 'create/comment', 'create/page', 'delete/space']
const manager = [
  ...contributor,
  'archive/page',
  'delete/attachment',
  'delete/blogpost',
  'delete/comment',
  'delete/page',
  'export/space',
  'restrict_content/space',
]

/**
 * What a level means on a site without roles. Only pairs of the official list, which every site accepts. No level gives
 * `administer/space`: who may hand out access is said by name, as a permission or a role.
 */
export const permissionsOfLevel: Readonly<Record<Level, readonly string[]>> = {
  Viewer: viewer.toSorted(),
  Contributor: contributor.toSorted(),
  Manager: manager.toSorted(),
}

/** Atlassian's own roles that a level means, on a site with roles. Ids differ by site, names do not. */
export const roleOfLevel: Readonly<Record<Level, string>> = {
  Viewer: 'Viewer',
  Contributor: 'Collaborator',
  Manager: 'Manager',
}

/** Writing these makes the server add or drop further permissions of the same subject. */
const producers: ReadonlySet<string> = new Set(['create/comment', 'create/page', 'update/blogpost', administerSpace])

export type PermissionStep = { readonly remove: string } | { readonly add: string }

/**
 * The next single write that brings `have` nearer to `wanted`, or undefined when they are equal. To be asked again after
 * every write, with what was read: the server adds and drops companions on its own.
 *
 * `read/space` comes first, since nothing can be added before it, and goes last, since removing it removes everything:
 * `wanted` is empty, or has it.
 */
export function nextPermissionStep(have: ReadonlySet<string>, wanted: ReadonlySet<string>): PermissionStep | undefined {
  const surplus = [...have].filter((pair) => !wanted.has(pair) && pair !== readSpace).toSorted(producersFirst)
  if (surplus[0] !== undefined) return { remove: surplus[0] }
  if (wanted.size === 0) return have.has(readSpace) ? { remove: readSpace } : undefined
  const missing = [...wanted].filter((pair) => !have.has(pair)).toSorted(producersFirst)
  if (missing[0] === undefined) return undefined
  return { add: missing.includes(readSpace) ? readSpace : missing[0] }
}

function producersFirst(a: string, b: string): number {
  const rank = Number(producers.has(b)) - Number(producers.has(a))
  return rank !== 0 ? rank : a < b ? -1 : Number(a > b)
}

/** As compared and shown: sorted, with the `read/space` that every other permission needs. */
export const withReadSpace = (permissions: readonly string[]): string[] =>
  [...new Set([readSpace, ...permissions])].toSorted()
