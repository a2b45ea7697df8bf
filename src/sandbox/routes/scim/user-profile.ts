import { fieldsOf, textOf } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import type { ScimProfile } from '../../world-scim.ts'
import type { ScimContact, ScimSeed } from '../../world-seed.ts'
import type { Account } from '../../world-state.ts'
import { enterpriseSchema } from './attributes.ts'

const simple = ['externalId', 'nickName', 'title', 'preferredLanguage', 'timezone'] as const
const nameParts = ['givenName', 'middleName', 'familyName', 'honorificPrefix', 'honorificSuffix'] as const

/** What a SCIM user says, as the world keeps it. @throws Refusal where the user name or the primary e-mail is missing */
export function profileOf(body: unknown): ScimProfile {
  const user = fieldsOf(body)
  const userName = textOf(user['userName'])
  const emails = emailsOf(user['emails'])
  const email = emails?.find(({ primary }) => primary)?.value
  if (!userName) throw new Refusal('invalid', 'userName', 'userName is required')
  if (!emails || !email) throw new Refusal('invalid', 'emails', 'exactly one primary e-mail is required')
  const attributes = attributesOf(user)
  const { formattedName, givenName, familyName } = attributes
  const full = [givenName, familyName].filter(Boolean).join(' ')
  const displayName = textOf(user['displayName']) ?? formattedName ?? (full || userName)
  return { ...attributes, userName, email, emails, displayName, active: isTrue(user['active'] ?? true) }
}

function attributesOf(user: Readonly<Record<string, unknown>>): Omit<ScimSeed, 'id'> {
  const enterprise = fieldsOf(user[enterpriseSchema])
  const name = fieldsOf(user['name'])
  const phoneNumbers = contactsOf(user['phoneNumbers'])
  return defined({
    ...Object.fromEntries(simple.map((field) => [field, textOf(user[field])])),
    ...Object.fromEntries(nameParts.map((field) => [field, textOf(name[field])])),
    formattedName: textOf(name['formatted']),
    department: textOf(user['department']) ?? textOf(enterprise['department']),
    organization: textOf(user['organization']) ?? textOf(enterprise['organization']),
    phoneNumbers: phoneNumbers.length === 0 ? undefined : phoneNumbers,
  })
}

/** The account as an identity provider wrote it: what can be written, and only what somebody set. */
export function writtenUser({ email, name, accountStatus, scim }: Account): Record<string, unknown> {
  const { userName = email, formattedName: formatted, phoneNumbers, department, organization, ...rest } = scim!
  const parts = defined({ formatted, ...Object.fromEntries(nameParts.map((part) => [part, rest[part]])) })
  const emails: readonly ScimContact[] = rest.emails ?? [{ value: email, type: 'work', primary: true }]
  return defined({
    userName,
    ...Object.fromEntries(simple.map((field) => [field, rest[field]])),
    name: Object.keys(parts).length === 0 ? undefined : parts,
    displayName: name,
    department,
    organization,
    emails: emails.map((one) => (one.primary ? { ...one, value: email } : one)),
    phoneNumbers,
    active: accountStatus === 'active',
  })
}

export function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null))
}

/** Some identity providers send `"False"`. */
function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true')
}

/** With one primary; undefined where it is not clear which that is. An address that stands alone is it. */
function emailsOf(value: unknown): ScimContact[] | undefined {
  const list = contactsOf(value)
  const [only] = list
  if (only && list.length === 1) return [{ ...only, primary: true }]
  return list.filter(({ primary }) => primary).length === 1 ? list : undefined
}

function contactsOf(list: unknown): ScimContact[] {
  return (Array.isArray(list) ? list : []).map(fieldsOf).flatMap(({ value, type, primary }) => {
    const text = textOf(value)
    if (!text) return []
    const kind = textOf(type)
    return [
      { value: text, ...(kind ? { type: kind } : {}), ...(primary === undefined ? {} : { primary: isTrue(primary) }) },
    ]
  })
}
