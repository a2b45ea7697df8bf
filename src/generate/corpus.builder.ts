/** A spec, and what judges it: the types and limits of the schema, or a rule across fields, after unknown ones are pruned. */
export interface Sample {
  readonly spec: object
  readonly verdict: 'good' | 'against the schema' | 'against a rule'
}

const env = { valueFrom: { env: 'KEY' } }
const organization = {
  organizationId: '3f5c-0001',
  credentials: { organization: env },
}
const site = { name: 'acme', url: 'https://acme.atlassian.net' }
const siteKey = { site: 'acme', apiToken: { email: 'svc@acme.com', ...env } }
const onSite = (credential: object) => ({
  ...organization,
  sites: [site],
  credentials: { organization: env, sites: [credential] },
})
const oauth = { grant: 'ClientCredentials', clientId: 'c1', clientSecret: env }
const from = (source: object) => ({ ...organization, delegations: [{ from: source }] })
const at = (url: string) => ({ ...organization, sites: [{ name: 'acme', url }] })

const user = { email: 'ana@acme.com' }
const membership = { group: 'devs', authority: 'Additive' }
const withMember = (member: object) => ({ ...membership, members: [member] })
const binding = { site: 'acme', projects: { keys: ['PAY'] }, role: 'Developers', authority: 'Additive' }
const grant = { site: 'acme', spaces: { keys: ['FIN'] }, level: 'Viewer', authority: 'Additive' }
const without = (spec: object, field: string) =>
  Object.fromEntries(Object.entries(spec).filter(([name]) => name !== field))

const good = (spec: object): Sample => ({ spec, verdict: 'good' })
const bad = (spec: object): Sample => ({ spec, verdict: 'against the schema' })
const broken = (spec: object): Sample => ({ spec, verdict: 'against a rule' })

/** Specs that the API server and the command line must judge alike, by kind. */
export const corpus: Readonly<Record<string, Readonly<Record<string, Sample>>>> = {
  AtlassianOrganization: {
    'the least that is needed': good(organization),
    'a site with its token': good(onSite(siteKey)),
    'a site with a service account': good(onSite({ site: 'acme', oauth })),
    'a site with an authorized app': good(
      onSite({ site: 'acme', oauth: { ...oauth, grant: 'AuthorizationCode', refreshToken: env } }),
    ),
    'an authorized app whose refresh token is kept by roster login': good(
      onSite({ site: 'acme', oauth: { ...oauth, grant: 'AuthorizationCode' } }),
    ),
    'SCIM with all it needs': good({
      ...organization,
      provisioning: { method: 'SCIM', scimDirectoryId: 's1' },
      credentials: { organization: env, scim: env },
    }),
    'some guardrails': good({ ...organization, guardrails: { removals: { maxPercent: 5 } } }),
    'a delegation to a namespace': good(from({ namespace: 'payments' })),
    'a delegation by label': good(from({ namespaceSelector: { matchLabels: { team: 'payments' } } })),
    'a sandbox on this machine': good(at('http://127.0.0.1:8080')),
    'a sandbox in the cluster': good(at('http://sandbox.roster.svc:8080')),
    'no organization id': bad(without(organization, 'organizationId')),
    'no credential': bad({ organizationId: 'o1' }),
    'a secret in the manifest': broken({
      ...organization,
      credentials: { organization: { valueFrom: { value: 'x' } } },
    }),
    'a secret from two places': broken({
      ...organization,
      credentials: { organization: { valueFrom: { env: 'KEY', file: '/key' } } },
    }),
    'a secret from nowhere': broken({ ...organization, credentials: { organization: { valueFrom: {} } } }),
    'credentials over the open network': bad(at('http://acme.atlassian.net')),
    'a user name in an address': bad(at('https://me@acme.atlassian.net')),
    'a credential for a site that is not declared': broken(onSite({ ...siteKey, site: 'other' })),
    'a site with two ways to sign in': broken(onSite({ ...siteKey, oauth })),
    'a site with no way to sign in': broken(onSite({ site: 'acme' })),
    'the same site twice': broken({ ...organization, sites: [site, site] }),
    'two credentials for one site': broken({
      ...organization,
      sites: [site],
      credentials: { organization: env, sites: [siteKey, siteKey] },
    }),
    'a service account with a refresh token': broken(onSite({ site: 'acme', oauth: { ...oauth, refreshToken: env } })),
    'SCIM without its directory': broken({
      ...organization,
      provisioning: { method: 'SCIM' },
      credentials: { organization: env, scim: env },
    }),
    'SCIM without its key': broken({ ...organization, provisioning: { method: 'SCIM', scimDirectoryId: 's1' } }),
    'groups by SCIM without SCIM': broken({ ...organization, provisioning: { method: 'Invite', groups: true } }),
    'a share above all': bad({ ...organization, guardrails: { removals: { maxPercent: 101 } } }),
    'a delegation to a namespace and a path': broken(from({ namespace: 'payments', path: 'teams/**' })),
    'a delegation to nobody': broken(from({})),
    'an interval without a unit': bad({ ...organization, interval: '10' }),
  },
  AtlassianUser: {
    'an e-mail is enough': good(user),
    'everything said': good({
      ...user,
      displayName: 'Ana Ruiz',
      state: 'Suspended',
      products: ['confluence'],
      deletionPolicy: 'Deactivate',
    }),
    'no e-mail': bad({ displayName: 'Ana' }),
    'half an e-mail': bad({ email: 'ana' }),
    'a state that there is not': bad({ ...user, state: 'Deleted' }),
    'a policy that deletes': bad({ ...user, deletionPolicy: 'Delete' }),
    'products as text': bad({ ...user, products: 'confluence' }),
    'an empty name': bad({ ...user, displayName: '' }),
    'two ways to say one policy': broken({ ...user, authenticationPolicy: 'MFA', authenticationPolicyId: 'p1' }),
  },
  AtlassianGroup: {
    'a name is enough': good({ name: 'devs' }),
    'with a description': good({ name: 'devs', description: 'They build.', deletionPolicy: 'Delete' }),
    'no name': bad({ description: 'They build.' }),
    'an empty name': bad({ name: '' }),
    'a name that is too long': bad({ name: 'x'.repeat(256) }),
  },
  AtlassianGroupMembership: {
    'a group and an authority are enough': good(membership),
    'a member by manifest': good(withMember({ user: 'ana' })),
    'a member by account id, with an end': good(withMember({ accountId: '712020:a-b', expiresAt: '2027-03-31' })),
    'a member until an hour': good(withMember({ email: 'ana@acme.com', expiresAt: '2027-03-31T17:00:00Z' })),
    'no authority': bad(without(membership, 'authority')),
    'a member by nothing': broken(withMember({ reason: 'JIRA-1' })),
    'a member by two ways': broken(withMember({ user: 'ana', email: 'ana@acme.com' })),
    'an end that is no date': bad(withMember({ user: 'ana', expiresAt: 'tomorrow' })),
    'a group within a group': broken(withMember({ group: 'devs' })),
  },
  JiraRoleBinding: {
    'keys and a role': good(binding),
    'a selector': good({ ...binding, projects: { selector: { keys: ['PAY*'], exclude: ['PAYTEST'] } } }),
    'subjects of every sort': good({ ...binding, subjects: [{ group: 'devs' }, { user: 'ana' }, { accountId: 'a1' }] }),
    'no projects': bad(without(binding, 'projects')),
    'neither keys nor selector': broken({ ...binding, projects: {} }),
    'keys and selector': broken({ ...binding, projects: { keys: ['PAY'], selector: { type: 'software' } } }),
    'a selector that only excludes': broken({ ...binding, projects: { selector: { exclude: ['PAY'] } } }),
    'a key in small letters': bad({ ...binding, projects: { keys: ['pay'] } }),
    'a subject that is two': broken({ ...binding, subjects: [{ group: 'devs', user: 'ana' }] }),
    'a subject that is nobody': broken({ ...binding, subjects: [{}] }),
  },
  ConfluenceSpaceGrant: {
    'a level': good(grant),
    'a role': good({ ...without(grant, 'level'), role: 'Collaborator' }),
    'single permissions': good({ ...without(grant, 'level'), permissions: ['read/space', 'create/page'] }),
    'a selector': good({ ...grant, spaces: { selector: { type: 'global' } } }),
    'nothing granted': broken(without(grant, 'level')),
    'a level and a role': broken({ ...grant, role: 'Collaborator' }),
    'keys and selector': broken({ ...grant, spaces: { keys: ['FIN'], selector: { type: 'global' } } }),
    'a selector of nothing': broken({ ...grant, spaces: { selector: {} } }),
    'a permission without a target': bad({ ...without(grant, 'level'), permissions: ['read'] }),
    'a subject that is two': broken({ ...grant, subjects: [{ group: 'devs', email: 'ana@acme.com' }] }),
  },
}
