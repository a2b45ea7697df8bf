import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { startSandbox, type Sandbox } from '../src/sandbox/start-sandbox.ts'
import { parseWorldSeed } from '../src/sandbox/world-seed.ts'
import { runCommand } from './command-line.builder.ts'
import { token, type Forge } from './forge.builder.ts'

const root = join(import.meta.dirname, '..')

/** An access repository as `roster init` writes it, pushed to an origin, with the example company behind it. */
export interface AccessRepository {
  readonly sandbox: Sandbox
  readonly directory: string
  git(...argv: readonly string[]): string
  write(path: string, text: string): void
  /** Commits all of it on the branch that is checked out. */
  commit(): void
  /** The steps of a job of a GitHub workflow that run a script, one after the other, until one fails. */
  github(workflow: string, job: string, forge: Forge): Promise<Job>
  /** The script of a job of the GitLab pipeline. */
  gitlab(job: string, forge: Forge): Promise<Job>
  close(): Promise<void>
}

export interface Job {
  readonly code: number
  readonly log: string
  readonly summary: string
}

const who = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@acme.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@acme.com',
}

const ids =
  '--organization-id ccf16b17-e952-4667-9de0-c4ef2b2ac660 --scim-directory-id 83bbd3fd-f940-40d1-81b4-8a0d60c7a0a0'
const rest = '--provisioning SCIM --site acme=https://acme.atlassian.net --email svc-access@acme.com'

export async function openAccessRepository(): Promise<AccessRepository> {
  const home = mkdtempSync(join(tmpdir(), 'roster-pipelines-'))
  const directory = join(home, 'access-repo')
  const sandbox = await startSandbox({
    world: parseWorldSeed(readFileSync(join(root, 'examples/acme/world.yaml'), 'utf8')),
  })
  await runCommand(['init', 'access-repo', ...`${ids} ${rest}`.split(' ')], { cwd: home })
  atSandbox(join(directory, 'access/organization.yaml'), sandbox.url)
  const environment = environmentOf(home)
  const git = (...argv: readonly string[]): string =>
    execFileSync('git', argv, { cwd: directory, encoding: 'utf8', env: { ...environment, ...who } })
  const commit = (): void => {
    git('add', '--all')
    git('commit', '--quiet', '--message', 'a change')
    git('push', '--quiet', 'origin', 'HEAD')
  }
  git('init', '--quiet', '--initial-branch=main')
  git('init', '--quiet', '--bare', join(home, 'origin.git'))
  git('remote', 'add', 'origin', join(home, 'origin.git'))
  commit()
  install(directory)
  return {
    sandbox,
    directory,
    git,
    write: (path, text) => writeFileSync(join(directory, path), text),
    commit,
    github: (workflow, job, forge) => onGitHub(stepsOf(directory, workflow, job), { directory, environment, forge }),
    gitlab: (job, forge) => onGitLab(job, { directory, environment, forge }),
    close: async () => {
      await sandbox.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

const environmentOf = (home: string) => ({
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  GIT_CONFIG_NOSYSTEM: '1',
  // a process of its own for every command: they start faster so
  NODE_COMPILE_CACHE: join(tmpdir(), 'roster-compile-cache'),
})

/** What `npm ci` would bring. */
function install(directory: string): void {
  mkdirSync(join(directory, 'node_modules/.bin'), { recursive: true })
  symlinkSync(join(root, 'bin/roster.js'), join(directory, 'node_modules/.bin/roster'))
}

/** No flag says it in a pipeline: the manifest does. */
function atSandbox(file: string, url: string): void {
  const text = readFileSync(file, 'utf8')
    .replace('https://acme.atlassian.net', `${url}/sites/acme`)
    .replace(/^spec:\n/m, `spec:\n  endpoints: { api: '${url}', auth: '${url}' }\n`)
  writeFileSync(file, text)
}

interface Step {
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>
}

/** Without the installation. */
function stepsOf(directory: string, workflow: string, job: string): readonly Step[] {
  const { jobs } = parse(readFileSync(join(directory, '.github/workflows', workflow), 'utf8')) as Workflow
  return jobs[job]!.steps.filter(({ run }) => run !== undefined && !run.startsWith('npm ci'))
}

interface Place {
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  readonly forge: Forge
}

const secret = (name: string): string => readFileSync(join(root, 'examples/acme/keys', name), 'utf8').trim()

const secrets = {
  ATLASSIAN_ORGANIZATION_KEY: secret('organization-api-key'),
  ATLASSIAN_SCIM_KEY: secret('scim-key'),
  ATLASSIAN_API_TOKEN: secret('api-token'),
}

async function onGitHub(steps: readonly Step[], { directory, environment, forge }: Place): Promise<Job> {
  const temporary = mkdtempSync(join(tmpdir(), 'roster-runner-'))
  const file = (name: string): string => join(temporary, name)
  writeFileSync(file('event.json'), JSON.stringify({ pull_request: { number: 7 } }))
  writeFileSync(file('summary'), '')
  const values: Readonly<Record<string, string>> = {
    'github.token': token,
    ...Object.fromEntries(Object.entries(secrets).map(([name, value]) => [`secrets.${name}`, value])),
  }
  const job = { code: 0, log: '' }
  for (const { run, env = {} } of steps) {
    const given = Object.entries(env).map(([name, text]) => [name, expand(text, values)] as const)
    const ended = await bash(run!, directory, {
      ...environment,
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: forge.url,
      GITHUB_EVENT_PATH: file('event.json'),
      GITHUB_REPOSITORY: 'acme/access',
      GITHUB_STEP_SUMMARY: file('summary'),
      RUNNER_TEMP: temporary,
      ...Object.fromEntries(given),
    })
    job.log += ended.log
    job.code ||= ended.code
  }
  return { ...job, summary: readFileSync(file('summary'), 'utf8') }
}

const expand = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, path: string) => values[path] ?? '')

const pipelineOf = (directory: string) =>
  parse(readFileSync(join(directory, '.gitlab-ci.yml'), 'utf8')) as Readonly<
    Record<string, { readonly script?: readonly string[] }>
  >

/** Scripts of the jobs of the GitLab pipeline. */
export const scriptsOf = (directory: string): readonly string[] =>
  Object.values(pipelineOf(directory)).flatMap(({ script }) => (script ? [script.join('\n')] : []))

async function onGitLab(job: string, { directory, environment, forge }: Place): Promise<Job> {
  const { code, log } = await bash(pipelineOf(directory)[job]!.script!.join('\n'), directory, {
    ...environment,
    ...secrets,
    GITLAB_CI: 'true',
    CI_API_V4_URL: forge.url,
    CI_PROJECT_ID: '4711',
    CI_MERGE_REQUEST_IID: '7',
    CI_DEFAULT_BRANCH: 'main',
    GITLAB_TOKEN: token,
  })
  return { code, log, summary: '' }
}

/** As GitHub and GitLab run scripts: the first command that fails ends it. */
function bash(script: string, cwd: string, env: Readonly<Record<string, string>>) {
  return new Promise<{ readonly code: number; readonly log: string }>((resolve) => {
    execFile(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script],
      { cwd, env },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
        resolve({ code, log: `${stdout}${stderr}` })
      },
    )
  })
}
