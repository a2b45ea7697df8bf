import type { Unread } from '../core/directory.ts'
import type { Reader } from '../core/ports.ts'
import { orUnread } from './directory-defaults.ts'

/** Keys of built-in permissions (`/rest/api/3/permissions`; reference section 8.4). */
export type JiraPermission = 'ADMINISTER' | 'ADMINISTER_PROJECTS'

export interface PermissionPlace {
  readonly site: string
  /** Default: the site, where a permission of projects counts if it is held in any of them. */
  readonly projectId?: string
}

/** Which of the permissions the credential has, or why that is not known. One call. */
export async function heldPermissions(
  reader: Reader,
  { site, projectId }: PermissionPlace,
  asked: readonly JiraPermission[],
): Promise<ReadonlySet<string> | Unread> {
  const query = { permissions: asked.join(','), ...(projectId !== undefined && { projectId }) }
  const answer = await orUnread(() =>
    reader.read<{ readonly permissions: Readonly<Record<string, { readonly havePermission?: boolean }>> }>({
      api: 'jira',
      method: 'GET',
      path: '/rest/api/3/mypermissions',
      site,
      query,
    }),
  )
  if ('code' in answer) return answer
  return new Set(asked.filter((key) => answer.permissions[key]?.havePermission === true))
}

/**
 * Jira says 404 to who may not see the roles of a project, as if they were not there (reference section 8.3): only the
 * permissions tell the two apart. Anything but a 404 stays as it is.
 */
export async function namingPermission(
  reader: Reader,
  place: Required<PermissionPlace>,
  unread: Unread,
): Promise<Unread> {
  if (unread.code !== 'NOT_FOUND') return unread
  const held = await heldPermissions(reader, place, ['ADMINISTER', 'ADMINISTER_PROJECTS'])
  if ('code' in held) return held.code === 'FORBIDDEN' ? { ...unread, code: 'FORBIDDEN' } : unread
  if (held.size > 0) return unread
  const message = `the credential lacks Administer Projects there, and Administer Jira: ${unread.message}`
  return { ...unread, code: 'FORBIDDEN', message }
}
