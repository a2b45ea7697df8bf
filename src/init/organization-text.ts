import { apiVersion } from '../core/manifest.ts'
import { lines, scalar, type Answers } from './answers.ts'

/** The organization's manifest, with what security decides: guardrails and delegations. */
export function organizationText(answers: Answers): string {
  return lines(
    '# yaml-language-server: $schema=../schemas/roster.schema.json',
    '# The organization. CODEOWNERS gives it to security: who changes this file changes what everybody else may do.',
    `apiVersion: ${apiVersion}`,
    'kind: AtlassianOrganization',
    'metadata:',
    `  name: ${scalar(answers.name)}`,
    'spec:',
    `  organizationId: ${scalar(answers.organizationId)}`,
    ...siteLines(answers),
    ...provisioningLines(answers),
    ...credentialLines(answers),
    ...guardrailLines(answers),
    ...delegationLines,
    '  interval: 10m # how often `roster run` and the controller compare everything',
  )
}

function siteLines({ sites }: Answers): readonly string[] {
  if (sites.length === 0) return ['  sites: []']
  return ['  sites:', ...sites.flatMap(({ name, url }) => [`    - name: ${scalar(name)}`, `      url: ${scalar(url)}`])]
}

function provisioningLines({ scimDirectoryId }: Answers): readonly string[] {
  if (scimDirectoryId === undefined) return ['  provisioning:', '    method: Invite']
  return ['  provisioning:', '    method: SCIM', `    scimDirectoryId: ${scalar(scimDirectoryId)}`]
}

function credentialLines({ sites, email = '', scimDirectoryId }: Answers): readonly string[] {
  const siteCredentials = sites.flatMap(({ name }) => [
    `      - site: ${scalar(name)}`,
    '        apiToken:',
    `          email: ${scalar(email)}`,
    '          valueFrom: { env: ATLASSIAN_API_TOKEN }',
  ])
  return [
    '  credentials: # names of environment variables; no secret ever stands in a file here',
    '    organization: { valueFrom: { env: ATLASSIAN_ORGANIZATION_KEY } }',
    ...(scimDirectoryId === undefined ? [] : ['    scim: { valueFrom: { env: ATLASSIAN_SCIM_KEY } }']),
    ...(sites.length === 0 ? [] : ['    sites:', ...siteCredentials]),
  ]
}

const guardrailLines = ({ email }: Answers): readonly string[] => [
  '  guardrails: # what goes beyond is held until somebody approves exactly that',
  '    removals: # in one place: the members of a group, a role in one project, the access to a space',
  '      maxPercent: 25',
  '      maxEntries: 20',
  '      smallSetBelow: 10',
  '      smallSetMax: 3',
  '    run: # in one run, for each kind',
  '      maxEntries: 20',
  '      maxPercent: 2',
  '    updates:',
  '      maxPercent: 30',
  '    protected: # nothing is ever taken from these: add your break-glass account',
  `      emails: [${email === undefined ? '' : scalar(email)}]`,
  '      groups: []',
]

const delegationLines: readonly string[] = [
  '  delegations: # files beside this one may say everything, all others only what stands here',
  '    # written by `roster import`: security owns these files until a team takes its own over',
  "    - from: { path: '{groups,projects,spaces,teams}/*.yaml' }",
  "      groups: ['*']",
  "      projects: ['*']",
  "      spaces: ['*']",
  '      maxLevel: Manager',
  '      protectedRoles: []',
  '    # the folder of a team: copy this for each, and name its owners in CODEOWNERS',
  '    - from: { path: teams/example/** }',
  "      groups: ['example-*']",
  '      projects: [EXAMPLE]',
  '      spaces: [EXAMPLE]',
]
