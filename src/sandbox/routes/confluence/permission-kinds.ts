export interface PermissionKind {
  /** Operation and target, such as `read/space`. */
  readonly id: string
  readonly displayName: string
  /** What must be there with it: `read/space` for everything else. */
  readonly required: readonly string[]
}

const named: readonly Pick<PermissionKind, 'id' | 'displayName'>[] = [
  { id: 'read/space', displayName: 'View' },
  ...['page', 'blogpost', 'comment', 'attachment'].flatMap((target) => [
    { id: `create/${target}`, displayName: `Add ${target}` },
    { id: `delete/${target}`, displayName: `Delete ${target}` },
  ]),
  { id: 'delete/space', displayName: 'Delete own' },
  { id: 'export/space', displayName: 'Export space' },
  { id: 'administer/space', displayName: 'Space admin' },
  { id: 'archive/page', displayName: 'Archive pages' },
  { id: 'restrict_content/space', displayName: 'Add and delete restrictions' },
  { id: 'update/page', displayName: 'Edit pages' },
  { id: 'update/blogpost', displayName: 'Edit blog posts' },
  ...[
    'export_content',
    'archive_space',
    'delete_space',
    'manage_content',
    'manage_templates',
    'manage_look_and_feel',
    'manage_users',
    'manage_nonlicensed_users',
    'manage_guest_users',
    'manage_public_links',
  ].map((key) => ({ id: `${key}/space`, displayName: key.replaceAll('_', ' ') })),
]

/**
 * What can be granted in a space: the pairs of SpacePermissionRequest (Confluence v1), and those that were measured
 * beside them (folio-sec/terraform-provider-atlassian, principal_permissions_resource.go, 2026).
 */
export const permissionKinds: readonly PermissionKind[] = named.map((kind) => ({
  ...kind,
  required: kind.id === 'read/space' ? [] : ['read/space'],
}))
