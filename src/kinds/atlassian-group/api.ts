import { bodyCursorPages } from '../../atlassian/paginate.ts'
import type { Reader, Writer } from '../../core/ports.ts'
import { normalName } from '../../core/principal.ts'

/** Calls of the Organizations API (reference section 4.5; `admin-organizations.openapi.json`). */

const groups = '/v2/orgs/{orgId}/directories/{directoryId}/groups'

interface GroupBean {
  readonly id: string
  readonly name: string
}

/** 201 without a body: the id has to be looked up. 409 where the name is taken. @throws RemoteError */
export async function createGroup(writer: Writer, group: { readonly name: string; readonly description?: string }) {
  await writer.write({ api: 'organization', method: 'POST', path: groups, body: { ...group } })
}

/** 204. 403 `ADMIN-403-6` and `-7` for default and administrators groups. @throws RemoteError */
export async function deleteGroup(writer: Writer, groupId: string): Promise<void> {
  await writer.write({ api: 'organization', method: 'DELETE', path: `${groups}/{groupId}`, params: { groupId } })
}

/** Ids of the groups of that name; the search compares whole names without case. @throws RemoteError, IncompleteReadError */
export async function groupIdsNamed(reader: Reader, name: string): Promise<readonly string[]> {
  const found = await bodyCursorPages<GroupBean>(reader, {
    api: 'organization',
    method: 'POST',
    path: `${groups}/search`,
    body: { groupNames: [name], limit: 100 },
  })
  return found.filter((each) => normalName(each.name) === normalName(name)).map(({ id }) => id)
}
