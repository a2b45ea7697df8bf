import { execFile, execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { token, type Forge } from './forge.builder.ts'

const root = join(import.meta.dirname, '..')
export const actionDirectory = join(root, '.github/actions/roster')

interface Step {
  readonly name?: string
  readonly uses?: string
  readonly shell?: string
  readonly env?: Readonly<Record<string, string>>
  readonly run?: string
}

export interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>
  readonly outputs: Readonly<Record<string, { readonly value: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}

export const action = parse(readFileSync(join(actionDirectory, 'action.yml'), 'utf8')) as Action

/** What a job of a workflow ended with. */
export interface Job {
  readonly code: number
  readonly log: string
  readonly summary: string
  readonly outputs: Readonly<Record<string, string>>
}

export interface Occasion {
  readonly event: 'pull_request' | 'pull_request_target' | 'push' | 'schedule' | 'workflow_run'
  /** Where a pull request comes from. */
  readonly head?: string
  readonly inputs: Readonly<Record<string, string>>
}

/** An access repository with an origin, as a job has it checked out. */
export interface Checkout {
  readonly directory: string
  commit(files: Readonly<Record<string, string>>): void
  /** Another job, on another machine: nothing but the files of the origin, and what is carried over. */
  fresh(...artifacts: readonly string[]): Checkout
  git(...argv: readonly string[]): string
  /** The step of the action that runs the program, as a runner would: real bash, real processes. */
  run(occasion: Occasion, forge: Forge): Promise<Job>
  /** The lines of a job of GitLab, for merge request 7 of project 4711. */
  runScript(lines: readonly string[], forge: Forge): Promise<Job>
}

const who = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@acme.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@acme.com',
}

export function openCheckout(files: Readonly<Record<string, string>>): Checkout {
  const home = mkdtempSync(join(tmpdir(), 'roster-action-'))
  const origin = join(home, 'origin.git')
  gitIn(home, 'init', '--quiet', '--bare', '--initial-branch=main', origin)
  gitIn(home, 'clone', '--quiet', origin, join(home, 'first'))
  const checkout = checkoutOf(home, join(home, 'first'))
  cpSync(join(root, 'examples/acme/keys'), join(checkout.directory, 'keys'), { recursive: true })
  checkout.commit(files)
  return checkout
}

function checkoutOf(home: string, directory: string): Checkout {
  const git = (...argv: readonly string[]): string => gitIn(directory, ...argv)
  return {
    directory,
    git,
    commit(files) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(directory, path)), { recursive: true })
        writeFileSync(join(directory, path), text)
      }
      git('add', '--all')
      git('commit', '--quiet', '--message', 'a change')
      git('push', '--quiet', 'origin', 'HEAD:main')
    },
    fresh(...artifacts) {
      const next = mkdtempSync(join(home, 'job-'))
      gitIn(home, 'clone', '--quiet', join(home, 'origin.git'), next)
      for (const file of artifacts) cpSync(join(directory, file), join(next, file))
      return checkoutOf(home, next)
    },
    run: (occasion, forge) => runStep(directory, occasion, forge),
    runScript: (lines, forge) => runLines(directory, lines, forge),
  }
}

const gitIn = (cwd: string, ...argv: readonly string[]): string =>
  execFileSync('git', argv, { cwd, encoding: 'utf8', env: { ...environment(), ...who } })

const environment = (home = tmpdir()) => ({
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  // a process of its own for every command: they start faster so
  NODE_COMPILE_CACHE: join(tmpdir(), 'roster-compile-cache'),
})

async function runStep(directory: string, occasion: Occasion, forge: Forge): Promise<Job> {
  const temporary = mkdtempSync(join(tmpdir(), 'roster-runner-'))
  const file = (name: string): string => join(temporary, name)
  const head = { repo: { full_name: occasion.head ?? 'acme/access' }, ref: '$(touch pwned)' }
  const request = occasion.event.startsWith('pull') ? { pull_request: { number: 7, head, base: { ref: 'other' } } } : {}
  const event = { ...request, repository: { default_branch: 'main' } }
  writeFileSync(file('event.json'), JSON.stringify(event))
  const step = action.runs.steps.find(({ name }) => name === 'Run')!
  writeFileSync(file('step.sh'), step.run!)
  const inputs = Object.fromEntries(Object.entries(action.inputs).map(([name, each]) => [name, each.default ?? '']))
  const values = { inputs: { ...inputs, token, ...occasion.inputs }, github: { event } }
  const given = Object.entries(step.env!).map(([name, text]) => [name, expand(text, values)])
  const env = {
    ...environment(temporary),
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION_PATH: actionDirectory,
    GITHUB_API_URL: forge.url,
    GITHUB_EVENT_NAME: occasion.event,
    GITHUB_EVENT_PATH: file('event.json'),
    GITHUB_OUTPUT: file('output'),
    GITHUB_REPOSITORY: 'acme/access',
    GITHUB_STEP_SUMMARY: file('summary'),
    RUNNER_TEMP: temporary,
    ...(Object.fromEntries(given) as Readonly<Record<string, string>>),
  }
  // as GitHub documents `shell: bash`: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
  const { code, log } = await bash(['--noprofile', '--norc', '-eo', 'pipefail', file('step.sh')], directory, env)
  const read = (name: string): string => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : '')
  const outputs = Object.fromEntries(
    read('output')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('=', 2)),
  ) as Job['outputs']
  return { code, log, summary: read('summary'), outputs }
}

/** `npx --no -- roster` is the program of this repository: what `npm ci` would bring. */
const npx = `#!/bin/sh\nshift 3\nexec node ${join(root, 'bin/roster.js')} "$@"\n`

async function runLines(directory: string, lines: readonly string[], forge: Forge): Promise<Job> {
  const temporary = mkdtempSync(join(tmpdir(), 'roster-runner-'))
  writeFileSync(join(temporary, 'npx'), npx, { mode: 0o755 })
  writeFileSync(join(temporary, 'job.sh'), lines.join('\n'))
  const env = {
    ...environment(temporary),
    PATH: `${temporary}:${process.env['PATH'] ?? ''}`,
    CI_API_V4_URL: forge.url,
    CI_MERGE_REQUEST_IID: '7',
    CI_DEFAULT_BRANCH: 'main',
    CI_PROJECT_ID: '4711',
    GITLAB_CI: 'true',
    GITLAB_TOKEN: token,
    ROSTER_PATHS: 'access',
    ROSTER_STATE: 'refs/roster/state',
  }
  // as GitLab's runner does: https://docs.gitlab.com/runner/shells/
  const { code, log } = await bash(['-eo', 'pipefail', join(temporary, 'job.sh')], directory, env)
  return { code, log, summary: '', outputs: {} }
}

function bash(argv: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
  return new Promise<{ readonly code: number; readonly log: string }>((resolve) => {
    execFile('bash', argv, { cwd, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      resolve({ code, log: `${stdout}${stderr}` })
    })
  })
}

/** `${{ inputs.a }}` and `${{ github.event.b.c }}`; what is not there is empty, as in a workflow. */
function expand(text: string, values: object): string {
  return text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, path: string) => {
    const found = path
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], values)
    return typeof found === 'string' ? found : ''
  })
}
