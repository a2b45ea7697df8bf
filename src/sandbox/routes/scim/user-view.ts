import type { SandboxRequest } from '../../exchange.ts'
import { groupsOf } from '../../world-directory.ts'
import type { Account } from '../../world-state.ts'
import { atlassianSchema, enterpriseSchema, userSchema } from './attributes.ts'
import { selected } from './selection.ts'
import { defined, writtenUser } from './user-profile.ts'

/** The account as SCIM shows it, in the selection that the query asks for; attributes that nobody set are left out. */
export function userView(
  { state, baseUrl, query }: SandboxRequest,
  account: Account,
): Readonly<Record<string, unknown>> {
  const { id, createdAt, lastModifiedAt } = account.scim!
  const base = `${baseUrl}/scim/directory/${state.scimDirectoryId}`
  const groups = groupsOf(state, account.accountId).filter(({ scimGroupId }) => scimGroupId !== undefined)
  const written = writtenUser(account)
  const { organization, department } = written
  return selected(query, {
    schemas: [userSchema, enterpriseSchema, atlassianSchema],
    id,
    ...written,
    groups: groups.map((group) => ({
      type: 'Group',
      value: group.scimGroupId,
      display: group.name,
      $ref: `${base}/Groups/${group.scimGroupId}`,
    })),
    meta: {
      resourceType: 'User',
      location: userLocation({ state, baseUrl }, id),
      created: createdAt,
      lastModified: lastModifiedAt,
    },
    [enterpriseSchema]: defined({ organization, department }),
    [atlassianSchema]: { atlassianAccountId: account.accountId },
  })
}

export function userLocation({ state, baseUrl }: Pick<SandboxRequest, 'state' | 'baseUrl'>, id: string): string {
  return `${baseUrl}/scim/directory/${state.scimDirectoryId}/Users/${id}`
}
