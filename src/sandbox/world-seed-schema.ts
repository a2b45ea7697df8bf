const text = { type: 'string', minLength: 1 } as const
const texts = { type: 'array', items: text } as const
const flag = { type: 'boolean' } as const

function oneOf(...values: readonly string[]) {
  return { type: 'string', enum: values }
}

function list(items: object) {
  return { type: 'array', items }
}

/** A closed object; a name that ends in `?` may be left out. */
function closed(fields: Readonly<Record<string, object>>) {
  const entries = Object.entries(fields)
  return {
    type: 'object',
    additionalProperties: false,
    required: entries.map(([name]) => name).filter((name) => !name.endsWith('?')),
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace('?', ''), schema])),
  }
}

const key = closed({ name: text, key: text })

const credentials = closed({
  'organizationApiKeys?': list(
    closed({ name: text, key: text, 'owner?': text, 'createdAt?': text, 'expiresAt?': text, 'scopes?': texts }),
  ),
  'scimKeys?': list(key),
  'apiTokens?': list(closed({ name: text, email: text, token: text, 'scoped?': flag, 'scopes?': texts })),
  'oauthClients?': list(
    closed({
      name: text,
      clientId: text,
      clientSecret: text,
      email: text,
      'scopes?': texts,
      'redirectUris?': texts,
      'refreshToken?': text,
    }),
  ),
})

const actors = closed({ 'id?': { type: 'integer' }, 'users?': texts, 'groups?': texts })

const project = closed({
  id: text,
  key: text,
  name: text,
  'type?': oneOf('software', 'business', 'service_desk'),
  'style?': oneOf('classic', 'next-gen'),
  'category?': text,
  'archived?': flag,
  'private?': flag,
  'roles?': { type: 'object', additionalProperties: actors },
})

const jira = closed({
  roles: list(
    closed({
      id: { type: 'integer' },
      name: text,
      'description?': { type: 'string' },
      'defaultActors?': closed({ 'users?': texts, 'groups?': texts }),
    }),
  ),
  projects: list(project),
})

const access = {
  ...closed({ 'group?': text, 'user?': text, 'accessClass?': text, 'role?': text, 'permissions?': texts }),
  allOf: [
    { oneOf: ['group', 'user', 'accessClass'].map((name) => ({ required: [name] })) },
    { oneOf: ['role', 'permissions'].map((name) => ({ required: [name] })) },
  ],
}

const space = closed({
  id: text,
  key: text,
  name: text,
  'type?': oneOf('global', 'collaboration', 'knowledge_base', 'personal'),
  'archived?': flag,
  'access?': list(access),
})

const spaceRole = closed({
  id: text,
  name: text,
  'type?': oneOf('SYSTEM', 'CUSTOM'),
  'description?': { type: 'string' },
  permissions: texts,
})

const site = closed({
  name: text,
  cloudId: text,
  products: list(closed({ key: text, defaultGroup: text, 'seats?': { type: 'integer', minimum: 0 } })),
  'jira?': jira,
  'confluence?': closed({
    mode: oneOf('PRE_ROLES', 'ROLES_TRANSITION', 'ROLES'),
    'companionPermissions?': flag,
    'missing?': list(oneOf('roles', 'role-mode')),
    'taskDurationMs?': { type: 'integer', minimum: 0 },
    'roles?': list(spaceRole),
    spaces: list(space),
  }),
})

const scimFields = [
  'id',
  'userName',
  'externalId',
  'formattedName',
  'givenName',
  'middleName',
  'familyName',
  'nickName',
]
const moreScimFields = ['honorificPrefix', 'honorificSuffix', 'title', 'department', 'organization', 'timezone']
const contacts = list(closed({ value: text, 'type?': text, 'primary?': flag }))
const scim = closed({
  ...Object.fromEntries([...scimFields, ...moreScimFields, 'preferredLanguage'].map((name) => [`${name}?`, text])),
  'emails?': contacts,
  'phoneNumbers?': contacts,
})

const profileFields = ['nickname', 'timeZone', 'locale', 'jobTitle', 'organization', 'department', 'location']

const account = closed({
  id: { type: 'string', pattern: '^[a-zA-Z0-9_|:-]{1,128}$' },
  'email?': text,
  name: text,
  'status?': oneOf('active', 'suspended', 'deactivated', 'not_invited'),
  'type?': oneOf('atlassian', 'app', 'customer'),
  'managed?': flag,
  'mfaEnabled?': flag,
  'hiddenEmail?': flag,
  'platformRoles?': texts,
  'scim?': scim,
  'profile?': closed(Object.fromEntries(profileFields.map((name) => [`${name}?`, text]))),
  'apiTokens?': list(closed({ id: text, label: text, createdAt: text, 'lastAccess?': text, 'expiry?': text })),
  'lastActive?': { type: 'object', additionalProperties: text },
  'deletesAt?': text,
  'appType?': oneOf('service', 'agent', 'unknown'),
})

const group = closed({
  id: text,
  name: text,
  'description?': { type: 'string' },
  'managedBy?': oneOf('admins', 'external', 'open', 'team-members'),
  'scimGroupId?': text,
  'members?': texts,
  'appRoles?': list(closed({ product: text, site: text, role: text })),
  'platformRole?': text,
})

/** JSON Schema of `WorldSeed`. Account ids: at most 128 of `[a-zA-Z0-9_|:-]` (User management API, AccountId). */
export const worldSeedSchema = closed({
  organization: closed({
    id: text,
    name: text,
    directory: closed({ id: text, name: text }),
    verifiedDomains: texts,
  }),
  credentials,
  'scim?': closed({ directoryId: text }),
  sites: { ...list(site), minItems: 1 },
  accounts: list(account),
  groups: list(group),
  'authenticationPolicies?': list(
    closed({ id: text, name: text, 'members?': texts, 'enforces?': oneOf('sso', 'two-step', 'none') }),
  ),
})
