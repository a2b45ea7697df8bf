import Type from 'typebox'
import { OneOf, Strict } from '../core/schema.ts'
import { exactlyOne, validations, type Rule } from './rule.ts'

/** A DNS label, as Kubernetes wants of `metadata.name`. */
const dnsLabel = '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$'

/** The name of another manifest. */
export const ManifestName = (description: string) =>
  Type.String({ minLength: 1, maxLength: 63, pattern: dnsLabel, description })

/** Which AtlassianOrganization an object belongs to. */
export const organizationRef = Type.Optional(
  Strict(
    {
      name: ManifestName('Name of the AtlassianOrganization, e.g. acme.'),
      namespace: Type.Optional(
        ManifestName('Its namespace, where it is another one. Default: the namespace of this object.'),
      ),
    },
    {
      description:
        'The organization this belongs to. May be left out where exactly one AtlassianOrganization is in sight.',
    },
  ),
)

/** The field that decides over entries nobody declared: required everywhere, without a default. */
export const authority = OneOf(['Observe', 'Additive', 'Authoritative'], {
  description:
    'What may happen to entries that are not declared. Observe: drift is reported and nothing written. Additive: what is declared must exist, and everything else stays. Authoritative: what is not declared is removed.',
})

export const Email = (description: string) =>
  Type.String({ minLength: 3, maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$', description })

/** The pattern is that of the User management API (`account_id`). */
export const AccountId = (description: string) =>
  Type.String({ minLength: 1, maxLength: 128, pattern: '^[a-zA-Z0-9_|:-]+$', description })

export const GroupName = (description: string) => Type.String({ minLength: 1, maxLength: 255, description })

export const SiteName = (description: string) =>
  Type.String({ minLength: 1, maxLength: 63, pattern: dnsLabel, description })

export const site = SiteName('Name of the site as AtlassianOrganization.spec.sites calls it, e.g. acme.')

const person = {
  user: Type.Optional(ManifestName('An AtlassianUser by the name of its manifest, e.g. ana.')),
  email: Type.Optional(Email('An account by its e-mail address, e.g. ana.ruiz@acme.com.')),
  accountId: Type.Optional(AccountId('An account by its Atlassian account id. The only way to name an app account.')),
}

/** A date, or a time with its zone. */
const datePattern = '^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9:.]+([Zz]|[+-][0-9]{2}:[0-9]{2}))?$'

const terms = {
  expiresAt: Type.Optional(
    Type.String({
      minLength: 10,
      maxLength: 35,
      pattern: datePattern,
      description:
        'When the entry ends. A date such as 2027-03-31 is its last day: the entry ends at 00:00 UTC of the day after. Or a time with its zone, e.g. 2027-03-31T17:00:00Z.',
    }),
  ),
  reason: Type.Optional(
    Type.String({ minLength: 1, maxLength: 500, description: 'Why, for the plan and the audit, e.g. JIRA-812.' }),
  ),
}

export const memberRules: readonly Rule<object>[] = [exactlyOne('user', 'email', 'accountId')]
export const subjectRules: readonly Rule<object>[] = [exactlyOne('group', 'user', 'email', 'accountId')]

/** A person in a group. */
export const Member = Strict(
  { ...person, ...terms },
  { ...validations(memberRules), description: 'One member: exactly one of user, email and accountId.' },
)

/** A person or a group that is granted something. */
const SubjectField = Strict(
  { group: Type.Optional(GroupName('A group by its name in Atlassian, e.g. pay-devs.')), ...person },
  { ...validations(subjectRules), description: 'Who is granted it: exactly one of group, user, email and accountId.' },
)

export const subjects = Type.Array(SubjectField, {
  default: [],
  maxItems: 1000,
  description: 'Who is granted it. Default: nobody.',
})

const secretKeyRef = Strict(
  {
    name: Type.String({ minLength: 1, maxLength: 253, description: 'Name of the Secret.' }),
    key: Type.String({ minLength: 1, maxLength: 253, description: 'Key within the Secret, e.g. org-api-key.' }),
  },
  { description: 'A key of a Secret in the namespace of the AtlassianOrganization. In the cluster only.' },
)

export const valueFromRules: readonly Rule<object>[] = [exactlyOne('env', 'file', 'secretKeyRef')]

/** Where a secret is kept. A secret itself never stands in a manifest. */
export const valueFrom = Strict(
  {
    env: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
        description: 'Name of an environment variable, e.g. ATLASSIAN_ORG_API_KEY.',
      }),
    ),
    file: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 4096,
        description: 'Path of a file; a newline at its end is cut off. E.g. /run/secrets/org-api-key.',
      }),
    ),
    secretKeyRef: Type.Optional(secretKeyRef),
  },
  {
    ...validations(valueFromRules),
    description: 'Where the secret is kept: exactly one of env, file and secretKeyRef.',
  },
)

/** When a key or token ends, which only its maker is told. */
export const credentialEnd = Type.Optional(
  Type.String({
    minLength: 10,
    maxLength: 35,
    pattern: datePattern,
    description: 'When it ends, as shown where it was made, e.g. 2027-03-31: a warning comes 30 days before.',
  }),
)

export const Credential = (description: string) => Strict({ valueFrom, expiresAt: credentialEnd }, { description })

const dayMs = 86_400_000
const date = /^(\d{4})-(\d{2})-(\d{2})(T.+)?$/

/**
 * Milliseconds since 1970 at which an entry ends, or undefined for a text that is no date of the calendar. A bare date is
 * the last day on which the entry holds, in UTC; a time must carry its zone.
 */
export function expiryMs(text: string): number | undefined {
  const parts = date.exec(text.toUpperCase())
  if (!parts) return undefined
  const day = new Date(`${parts[1]}-${parts[2]}-${parts[3]}T00:00:00Z`)
  // Date.parse takes 2027-02-31 for the 3rd of March
  if (Number.isNaN(day.getTime()) || day.getUTCDate() !== Number(parts[3])) return undefined
  if (parts[4] === undefined) return day.getTime() + dayMs
  const time = Date.parse(text.toUpperCase())
  return Number.isNaN(time) ? undefined : time
}
