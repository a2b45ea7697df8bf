import { lines, secrets, secretsOf, type Answers } from './answers.ts'
import { requestTemplate } from './request-template.ts'

/** What belongs to the repository as a whole. */
export const repositoryTexts = (answers: Answers): Readonly<Record<string, string>> => ({
  '.gitattributes': 'schemas/** linguist-generated\npackage-lock.json linguist-generated\n',
  '.github/pull_request_template.md': requestTemplate,
  '.gitignore': lines(
    '# the state and tokens of runs on this machine; CI keeps the state in refs/roster/state',
    '.roster/',
    'node_modules/',
    '.env',
    '# what a pipeline writes down',
    '/plan.md',
    '/apply.md',
    '/drift.md',
    '/gl-code-quality-report.json',
  ),
  CODEOWNERS: codeOwners(answers),
  'README.md': readme(answers),
  'package.json': packageJson,
})

/** At the top, where GitHub and GitLab both find it. */
const codeOwners = ({ owner }: Answers): string =>
  lines(
    '# Who must approve a change of what; the last line that matches counts. It binds nobody until the branch main is',
    '# protected and asks for a review from code owners.',
    `* ${owner}`,
    '# a team that has its own folder, delegated to it in access/organization.yaml:',
    '# /access/teams/payments/ @acme/payments-leads',
  )

const packageJson = `${JSON.stringify(
  {
    name: 'access',
    private: true,
    description: 'Who may get into what in Atlassian Cloud',
    scripts: { validate: 'roster validate access', plan: 'roster plan access' },
  },
  null,
  2,
)}\n`

const readme = (answers: Answers): string =>
  lines(
    '# Access',
    '',
    'Who may get into what in Atlassian Cloud. A change is a pull request; its plan shows what would happen; what is merged is',
    'applied.',
    '',
    '| path | what it is | owner |',
    '| --- | --- | --- |',
    `| \`access/organization.yaml\` | the organization, guardrails, who may touch what | ${answers.owner} |`,
    '| `access/teams/<team>/` | a team that owns its access, made from `access/teams/example` | the team |',
    `| \`access/{teams,projects,spaces}/*.yaml\` | what \`roster import\` wrote, until a team takes it over | ${answers.owner} |`,
    `| \`access/*.yaml\` | what nobody may be given: organization admins, organization-wide rules | ${answers.owner} |`,
    `| \`schemas/\` | what editors know the fields from; written by \`roster init\` | ${answers.owner} |`,
    `| \`package.json\`, \`package-lock.json\` | which Roster is used, here and by every run | ${answers.owner} |`,
    '',
    '## Begin',
    '',
    'Install Roster here, so that all use the same one, and commit `package-lock.json`:',
    '',
    '```',
    'npm install --save-dev --save-exact <roster>   # its package: a file in this repository, an address, a name in your registry',
    '```',
    '',
    'Then, with the secrets in the environment:',
    '',
    '```',
    ...secretsOf(answers).map((name) => `export ${name}=…   # ${secrets[name]}`),
    'npx roster doctor access    # would a run find all that it needs?',
    'npx roster import access    # what there is, as manifests; changes nothing at Atlassian',
    'npx roster plan access      # empty',
    '```',
    '',
    '## Settings that no file can make',
    '',
    ...settings(answers),
    '',
    'Whoever may push a branch here can read the secrets that `plan` has, because a workflow runs as the branch says. A fork gets',
    'none. What is in the environment `apply`, only main gets.',
  )

function settings(answers: Answers): readonly string[] {
  const names = secretsOf(answers).map((name) => `\`${name}\``)
  return [
    `- The secrets ${names.join(', ')}, twice. GitHub: in an environment \`plan\`,`,
    '  and in an environment `apply`, which is for the branch main only and has a reviewer where each apply needs a second pair of',
    '  eyes. GitLab: masked variables, and protected ones of the environment `apply`.',
    '- The branch main: protected, changed by pull request only, with a review from code owners.',
    '- GitLab: a schedule for `drift`; "Allow Git push requests to the repository" for job tokens, because `apply` keeps the state',
    '  in `refs/roster/state`; `GITLAB_TOKEN`, a project access token with the scope api, for the plan as a note.',
  ]
}
