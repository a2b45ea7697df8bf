import { lines, secretsOf, type Answers } from './answers.ts'

/** Workflows of GitHub: a plan for each pull request, an apply of what was merged, a look for drift each night. */
export const githubTexts = (answers: Answers): Readonly<Record<string, string>> => ({
  '.github/workflows/plan.yml': planWorkflow(answers),
  '.github/workflows/apply.yml': applyWorkflow(answers),
  '.github/workflows/drift.yml': driftWorkflow(answers),
})

/**
 * The example of a workflow with the action of Roster, for these secrets and from this place.
 * @param example examples/github/roster.yml
 * @param action `acme/roster@<commit>`: where Roster stands, and which one is run
 */
export function actionTexts(answers: Answers, example: string, action: string): Readonly<Record<string, string>> {
  const [repository, commit] = action.split('@')
  const text = example
    .replace(/^(#.*\n)+/, '')
    .replaceAll(/OWNER\/roster(\S*)@0{40}/g, `${repository}$1@${commit}`)
    .replaceAll(/( {10}ATLASSIAN_\w+: .*\n)+/g, lines(...secretLines(answers)))
  return { '.github/workflows/roster.yml': text }
}

const expression = (what: string): string => `\${{ ${what} }}`

const roster = 'npx --no -- roster'
const state = '--state refs/roster/state'

/**
 * Actions by commit, as a tag may be moved. The version of Roster is that of package-lock.json. Nothing that a package
 * brings is run while it is installed.
 */
const setUp: readonly string[] = [
  '      - uses: actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6.0.1',
  '      - uses: actions/setup-node@6044e13b5dc448c55e2357c09f80417699197238 # v6.2.0',
  '        with:',
  '          node-version: 24',
  '          package-manager-cache: false',
  '      - run: npm ci --ignore-scripts --no-audit --no-fund',
]

const secretLines = (answers: Answers): readonly string[] =>
  secretsOf(answers).map((name) => `          ${name}: ${expression(`secrets.${name}`)}`)

const planWorkflow = (answers: Answers): string =>
  lines(
    'name: plan',
    'on: pull_request',
    'permissions:',
    '  contents: read',
    'concurrency:',
    `  group: plan-${expression('github.event.pull_request.number')}`,
    '  cancel-in-progress: true',
    'jobs:',
    ...validateJob,
    '  plan:',
    '    needs: validate',
    '    # GitHub gives no secrets to pull requests from forks',
    '    if: github.event.pull_request.head.repo.full_name == github.repository',
    '    runs-on: ubuntu-24.04',
    '    timeout-minutes: 30',
    '    environment: plan',
    '    permissions:',
    '      contents: read',
    '      pull-requests: write # one comment, written anew by each run',
    '    steps:',
    ...setUp,
    '      - name: Plan',
    '        env:',
    ...secretLines(answers),
    '        run: |',
    '          # the keys must not go where main does not send them, whatever branch this is for',
    '          git fetch --quiet --depth=1 origin refs/heads/main',
    '          git worktree add --quiet --detach "$RUNNER_TEMP/base" FETCH_HEAD',
    '          code=0',
    `          ${roster} plan access --base "$RUNNER_TEMP/base" ${state} -o markdown --redact-emails > plan.md || code=$?`,
    '          cat plan.md >> "$GITHUB_STEP_SUMMARY"',
    '          # 3: a guardrail holds something, and the plan says how to approve it',
    '          [ "$code" -eq 0 ] || [ "$code" -eq 3 ] || exit "$code"',
    ...comment,
  )

const validateJob: readonly string[] = [
  '  validate: # needs no secret, so it runs for forks too',
  '    runs-on: ubuntu-24.04',
  '    timeout-minutes: 10',
  '    steps:',
  ...setUp,
  `      - run: ${roster} validate access -o github`,
]

/** Also of a plan that is incomplete: that is what people should see. */
const comment: readonly string[] = [
  '      - name: Comment',
  "        if: always() && hashFiles('plan.md') != ''",
  '        env:',
  `          GITHUB_TOKEN: ${expression('github.token')}`,
  `        run: ${roster} comment plan.md`,
]

const applyWorkflow = (answers: Answers): string =>
  lines(
    'name: apply',
    'on:',
    '  push:',
    '    branches: [main]',
    '  workflow_dispatch:',
    '    inputs:',
    '      approve:',
    '        description: Digest of what a guardrail holds and this run lets pass, from the plan',
    '        required: false',
    '        type: string',
    'permissions:',
    '  contents: write # the state, in refs/roster/state',
    'concurrency:',
    '  group: apply',
    'jobs:',
    '  apply:',
    '    # only what was merged',
    "    if: github.ref == 'refs/heads/main'",
    '    runs-on: ubuntu-24.04',
    '    timeout-minutes: 60',
    '    environment: apply',
    '    steps:',
    ...setUp,
    '      - name: Apply',
    '        env:',
    ...secretLines(answers),
    `          APPROVE: ${expression('inputs.approve')}`,
    '        run: |',
    '          code=0',
    `          ${roster} apply access --yes ${state} --lock-timeout 10m \${APPROVE:+--approve "$APPROVE"} \\`,
    '            -o markdown --redact-emails > apply.md || code=$?',
    '          cat apply.md >> "$GITHUB_STEP_SUMMARY"',
    '          if [ "$code" -eq 3 ]; then echo "::warning::A guardrail holds something: see the summary."; exit 0; fi',
    '          exit "$code"',
  )

const driftWorkflow = (answers: Answers): string =>
  lines(
    'name: drift',
    'on:',
    '  schedule:',
    "    - cron: '17 4 * * *' # at night, UTC",
    '  workflow_dispatch:',
    'permissions:',
    '  contents: read',
    '  issues: write # one issue, closed when the drift is gone',
    'concurrency:',
    '  group: drift',
    'jobs:',
    '  drift:',
    '    # with the secrets of the plan: only as it was merged',
    "    if: github.ref == 'refs/heads/main'",
    '    runs-on: ubuntu-24.04',
    '    timeout-minutes: 30',
    '    environment: plan',
    '    steps:',
    ...setUp,
    '      - name: Compare',
    '        env:',
    ...secretLines(answers),
    `          GITHUB_TOKEN: ${expression('github.token')}`,
    '        run: |',
    '          code=0',
    `          ${roster} drift access ${state} -o markdown --redact-emails > drift.md || code=$?`,
    '          cat drift.md >> "$GITHUB_STEP_SUMMARY"',
    '          case "$code" in',
    `            0) ${roster} comment drift.md --issue --done ;;`,
    `            2 | 3) ${roster} comment drift.md --issue ;;`,
    '            *) exit "$code" ;;',
    '          esac',
  )
