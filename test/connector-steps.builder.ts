import type { Sandbox } from '../src/sandbox/start-sandbox.ts'

/** One line of what a connector for accounts is expected to do, and how it is done here. */
export interface Step {
  readonly line: string
  readonly note?: string
  /** Below `access`, written before the command. */
  readonly file?: { readonly path: string; readonly text: string }
  /** What somebody else does before the command. */
  readonly behind?: (sandbox: Sandbox) => void
  /** A change of a file that is there. */
  readonly edit?: { readonly path: string; readonly from: RegExp; readonly to: string }
  readonly command: string
  /** Lines of the output that are shown. */
  readonly only?: RegExp
  readonly code?: number
  /** What the whole output must have, or the step does not show what its line says. */
  readonly shows: RegExp
}

const manifest = (kind: string, name: string, spec: string): string =>
  `apiVersion: roster.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec:\n${spec.replace(/^/gm, '  ')}\n`

const noor = (more: string): NonNullable<Step['file']> => ({
  path: 'people/noor-haddad.yaml',
  text: manifest('AtlassianUser', 'noor-haddad', `email: noor.haddad@acme.com\ndisplayName: Noor Haddad\n${more}`),
})
const circle = (members: readonly string[]): NonNullable<Step['file']> => ({
  path: 'teams/reading-circle.yaml',
  text: [
    manifest('AtlassianGroup', 'reading-circle', 'name: reading-circle\ndescription: People who read together'),
    manifest(
      'AtlassianGroupMembership',
      'reading-circle',
      `group: reading-circle\nauthority: Authoritative\nmembers:\n${members.map((each) => `  - user: ${each}`).join('\n')}`,
    ),
  ].join('---\n'),
})
const role = (subjects: readonly string[]): NonNullable<Step['file']> => ({
  path: 'teams/reading-circle-jira.yaml',
  text: manifest(
    'JiraRoleBinding',
    'reading-circle-pay',
    `site: acme\nprojects: { keys: [PAY] }\nrole: Developers\nauthority: Additive\nsubjects: [${subjects.join(', ')}]`,
  ),
})
const space = (subjects: readonly string[]): NonNullable<Step['file']> => ({
  path: 'spaces/reading-circle.yaml',
  text: manifest(
    'ConfluenceSpaceGrant',
    'reading-circle-fin',
    `site: acme\nspaces: { keys: [FIN] }\nlevel: Viewer\nauthority: Additive\nsubjects: [${subjects.join(', ')}]`,
  ),
})

const person = 'access/people/noor-haddad.yaml'

export const steps: readonly Step[] = [
  { line: 'create a user', file: noor('title: Engineer'), command: `apply ${person} --yes`, shows: /noor\.haddad/ },
  {
    line: 'fetch users',
    command: 'get accounts access',
    only: /E-MAIL|noor|ana\.ruiz/,
    shows: /noor\.haddad@acme\.com/,
  },
  {
    line: 'update a user',
    file: noor('title: Lead engineer\ndepartment: Payments'),
    command: `apply ${person} --yes`,
    shows: /Lead engineer/,
  },
  {
    line: 'disable a user',
    file: noor('title: Lead engineer\ndepartment: Payments\nstate: Deactivated'),
    command: `apply ${person} --yes`,
    shows: /Deactivated/,
  },
  {
    line: 'enable a user',
    file: noor('title: Lead engineer\ndepartment: Payments\nstate: Active'),
    command: `apply ${person} --yes`,
    shows: /Active/,
  },
  {
    line: 'reconcile users',
    note: 'Accounts that nobody declared, and declared people without an account.',
    command: 'get accounts access --unmatched',
    shows: /E-MAIL/,
  },
  {
    line: 'default groups: give a product',
    file: noor('title: Lead engineer\ndepartment: Payments\nproducts: [confluence]'),
    command: `apply ${person} --yes`,
    shows: /confluence-users-acme/,
  },
  { line: 'pull groups', command: 'get groups access', only: /GROUP|payments/, shows: /payments-developers/ },
  {
    line: 'make a group, and add its members',
    file: circle(['noor-haddad', 'ana-ruiz']),
    command: 'apply access/teams/reading-circle.yaml --yes',
    shows: /reading-circle/,
  },
  {
    line: 'remove somebody from a group',
    file: circle(['noor-haddad']),
    command: 'apply access/teams/reading-circle.yaml --yes',
    shows: /ana\.ruiz/,
  },
  {
    line: 'fetch projects and their roles',
    command: 'get projects access',
    only: /SITE|PAY/,
    shows: /PAY/,
  },
  {
    line: 'add to a project role',
    file: role(['{ group: reading-circle }', '{ user: noor-haddad }']),
    command: 'apply access/teams/reading-circle-jira.yaml --yes',
    shows: /group reading-circle/,
  },
  {
    line: 'reconcile project roles',
    note: 'Somebody takes the group out of the role by hand.',
    behind: ({ world }) =>
      world.removeActor({ site: 'acme', project: 'PAY', role: 'Developers' }, { group: 'reading-circle' }),
    command: 'drift access/teams/reading-circle-jira.yaml',
    code: 2,
    shows: /group reading-circle/,
  },
  {
    line: 'remove from a project role',
    file: role(['{ group: reading-circle }']),
    command: 'apply access/teams/reading-circle-jira.yaml --yes',
    shows: /noor\.haddad/,
  },
  { line: 'fetch spaces and who may do what', command: 'get spaces access', only: /SITE|FIN/, shows: /FIN/ },
  {
    line: 'add to a space',
    file: space(['{ group: reading-circle }', '{ user: noor-haddad }']),
    command: 'apply access/spaces/reading-circle.yaml --yes',
    shows: /group reading-circle/,
  },
  {
    line: 'reconcile spaces',
    note: 'Somebody takes the group out of the space by hand.',
    behind: ({ world }) => world.revokeSpace('acme', 'FIN', { group: 'reading-circle' }),
    command: 'drift access/spaces/reading-circle.yaml',
    code: 2,
    shows: /group reading-circle/,
  },
  {
    line: 'remove from a space',
    file: space(['{ group: reading-circle }']),
    command: 'apply access/spaces/reading-circle.yaml --yes',
    shows: /noor\.haddad/,
  },
  {
    line: 'MFA: people without two-step verification',
    command: 'get accounts access --without-mfa',
    shows: /E-MAIL/,
  },
  {
    line: 'MFA and SSO: move a person to another authentication policy',
    note: 'What a policy enforces is set at admin.atlassian.com; which people are in it is declared here.',
    file: noor(
      'title: Lead engineer\ndepartment: Payments\nproducts: [confluence]\nauthenticationPolicy: Staff, single sign-on',
    ),
    command: `apply ${person} --yes`,
    shows: /authenticationPolicyId/,
  },
  {
    line: 'SSO: which policy enforces what for whom',
    command: 'get accounts access',
    only: /E-MAIL|noor\.haddad/,
    shows: /Staff, single sign-on/,
  },
  {
    line: 'OAuth 2.0',
    note: 'The site is reached through the gateway with the token of a service account. A person consents by `roster login`.',
    edit: {
      path: 'organization.yaml',
      from: /^( +)apiToken:\n +email: .*\n +valueFrom: .*$/m,
      to: '$1oauth:\n$1  grant: ClientCredentials\n$1  clientId: roster-service\n$1  clientSecret: { valueFrom: { file: ../keys/oauth-client-secret } }',
    },
    command: 'plan access/teams/reading-circle-jira.yaml',
    shows: /No changes: 1 place as declared/,
  },
  {
    line: 'health of the connector',
    command: 'doctor access',
    only: /✓ +(organization|scim|groups|reachable|token|oauth|scopes|own|jira|confluence|clock)/,
    shows: /✓ token/,
  },
]
