import { fieldsOf, textOf, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { groupsOf } from '../../world-directory.ts'
import type { ScimProfile } from '../../world-scim.ts'
import type { Account } from '../../world-state.ts'

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const enterpriseSchema = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const atlassianSchema = 'urn:scim:schemas:extension:atlassian-external:1.0'

/** The account as SCIM shows it; attributes that nobody set are left out. */
export function userView({ state, baseUrl }: SandboxRequest, account: Account): Record<string, unknown> {
  const { id, createdAt, lastModifiedAt, userName, givenName, familyName, department, organization, ...rest } =
    account.scim!
  const base = `${baseUrl}/scim/directory/${state.scimDirectoryId}`
  const groups = groupsOf(state, account.accountId).filter(({ scimGroupId }) => scimGroupId !== undefined)
  return defined({
    schemas: [userSchema, enterpriseSchema, atlassianSchema],
    id,
    userName: userName ?? account.email,
    name: defined({ formatted: account.name, givenName, familyName }),
    displayName: account.name,
    ...rest,
    department,
    organization,
    emails: [{ value: account.email, type: 'work', primary: true }],
    groups: groups.map((group) => ({
      type: 'Group',
      value: group.scimGroupId,
      display: group.name,
      $ref: `${base}/Groups/${group.scimGroupId}`,
    })),
    active: account.accountStatus === 'active',
    meta: { resourceType: 'User', location: `${base}/Users/${id}`, created: createdAt, lastModified: lastModifiedAt },
    [enterpriseSchema]: defined({ organization, department }),
    [atlassianSchema]: { atlassianAccountId: account.accountId },
  })
}

function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null))
}

const simple = ['externalId', 'nickName', 'title', 'preferredLanguage', 'timezone'] as const

/** What a SCIM user says, as the world keeps it. @throws Refusal where the user name or the primary e-mail is missing */
export function profileOf(body: unknown): ScimProfile {
  const user = fieldsOf(body)
  const enterprise = fieldsOf(user[enterpriseSchema])
  const name = fieldsOf(user['name'])
  const userName = textOf(user['userName'])
  const email = primaryEmail(user['emails'])
  if (!userName) throw new Refusal('invalid', 'userName', 'userName is required')
  if (!email) throw new Refusal('invalid', 'emails', 'exactly one primary e-mail is required')
  const full = [textOf(name['givenName']), textOf(name['familyName'])].filter(Boolean).join(' ')
  const attributes = {
    ...Object.fromEntries(simple.map((field) => [field, textOf(user[field])])),
    givenName: textOf(name['givenName']),
    familyName: textOf(name['familyName']),
    department: textOf(user['department']) ?? textOf(enterprise['department']),
    organization: textOf(user['organization']) ?? textOf(enterprise['organization']),
  }
  const displayName = textOf(user['displayName']) ?? textOf(name['formatted']) ?? (full || userName)
  return { ...defined(attributes), userName, email, displayName, active: isTrue(user['active'] ?? true) }
}

/** Some identity providers send `"False"`. */
function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true')
}

function primaryEmail(emails: unknown): string | undefined {
  const list = (Array.isArray(emails) ? emails : []).map(fieldsOf)
  const primary = list.filter((email) => email['primary'] === true)
  const [only] = primary.length === 0 && list.length === 1 ? list : primary
  return primary.length > 1 ? undefined : textOf(only?.['value'])
}
