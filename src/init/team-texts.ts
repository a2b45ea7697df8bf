import { apiVersion } from '../core/manifest.ts'
import { lines, scalar, type Answers } from './answers.ts'

/**
 * A team's folder to copy. Its manifests end in `.example`, so that nothing reads them: what an init writes declares the
 * organization, and changes nothing at Atlassian.
 */
export const teamTexts = (answers: Answers): Readonly<Record<string, string>> => ({
  'access/teams/example/README.md': readme,
  'access/teams/example/team.yaml.example': manifests(answers),
})

const readme = lines(
  '# The folder of a team',
  '',
  'To give a team its own folder:',
  '',
  '1. Copy this folder: `cp -r access/teams/example access/teams/payments`, and rename `team.yaml.example` to `team.yaml`.',
  '   What `roster import` wrote of the team, `access/teams/payments-developers.yaml`, moves in with `git mv`.',
  '2. In `access/organization.yaml` copy the delegation of `teams/example/**`: which groups, projects and spaces the team',
  '   may speak of. It may grant no role of `protectedRoles` (Administrators) and nothing above `maxLevel` (Contributor).',
  '3. In `CODEOWNERS` give the folder its owners.',
  '',
  'From then on a change in the folder needs the approval of its owners alone, and `roster validate` refuses what is not',
  'delegated to it.',
)

function manifests({ sites }: Answers): string {
  const site = scalar(sites[0]?.name ?? 'my-site')
  const head = (kind: string, name: string): readonly string[] => [
    `apiVersion: ${apiVersion}`,
    `kind: ${kind}`,
    'metadata:',
    `  name: ${name}`,
    'spec:',
  ]
  return lines(
    '# yaml-language-server: $schema=../../../schemas/roster.schema.json',
    ...head('AtlassianGroup', 'example-developers'),
    '  name: example-developers',
    '---',
    ...head('AtlassianGroupMembership', 'example-developers'),
    '  group: example-developers',
    '  authority: Additive # Observe reports, Additive adds, Authoritative also removes what does not stand here',
    '  members:',
    '    - email: ana@example.com',
    '    - email: contractor@example.com',
    '      expiresAt: 2099-12-31 # removed on that day',
    '      reason: TICKET-1',
    '---',
    ...head('JiraRoleBinding', 'example-developers'),
    `  site: ${site}`,
    '  projects: { keys: [EXAMPLE] }',
    '  role: Developers',
    '  authority: Additive',
    '  subjects:',
    '    - group: example-developers',
    '---',
    ...head('ConfluenceSpaceGrant', 'example-developers'),
    `  site: ${site}`,
    '  spaces: { keys: [EXAMPLE] }',
    '  level: Contributor # Viewer, Contributor or Manager',
    '  authority: Additive',
    '  subjects:',
    '    - group: example-developers',
  )
}
