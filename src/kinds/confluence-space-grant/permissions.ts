/**
 * Individual space permissions as `key/target`, e.g. `create/page` (reference section 9.4; `SpacePermissionRequest` in
 * `confluence-v1.openapi.json`).
 */

export type Level = 'Viewer' | 'Contributor' | 'Manager'

export const readSpace = 'read/space'
export const administerSpace = 'administer/space'

/**
 * What can be written: the official list, and what was measured beside it on sites that split the administration of a
 * space (reference section 9.4). A site before roles may refuse the latter.
 */
export const writablePermissions = [
  readSpace,
  'create/page',
  'create/blogpost',
  'create/comment',
  'create/attachment',
  'delete/page',
  'delete/blogpost',
  'delete/comment',
  'delete/attachment',
  'delete/space',
  'export/space',
  administerSpace,
  'archive/page',
  'restrict_content/space',
  'update/page',
  'update/blogpost',
  'export_content/space',
  'archive_space/space',
  'delete_space/space',
  'manage_content/space',
  'manage_templates/space',
  'manage_look_and_feel/space',
  'manage_users/space',
  'manage_nonlicensed_users/space',
  'manage_guest_users/space',
  'manage_public_links/space',
] as const

const writable: ReadonlySet<string> = new Set(writablePermissions)

/**
 * Whether it is compared and written. Lists show more than can be written (reference section 9.3), and more may come:
 * what is not known could not be given back, so it is left to its holder for as long as they may read the space.
 */
export const isWritable = (pair: string): boolean => writable.has(pair)

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
