import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { environment } from '../src/config.ts'
import { parseAddress } from '../src/source/git/git-address.ts'
import type { GitAccess } from '../src/source/git/git-access.ts'
import { parseRef } from '../src/source/git/git-ref.ts'
import { openRepository, repositoryPath, type Repository } from '../src/source/git/repository.ts'
import type { Verification } from '../src/source/git/verification.ts'

/** A text is a file. `null` takes it away. */
export type Entry = string | Buffer | { readonly mode: string; readonly content: string } | null

export interface CommitOptions {
  /** Default: main. */
  readonly branch?: string
  /** Arguments of `git commit-tree`. */
  readonly sign?: readonly string[]
  /** Settings for signing. */
  readonly config?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** Forgets what was there before: a force-push. */
  readonly isRoot?: boolean
}

/** A bare repository that holds whatever it is told, also what git itself would not write. */
export interface TestRepository {
  readonly directory: string
  readonly address: string
  git(args: readonly string[], input?: string | Buffer, env?: Readonly<Record<string, string>>): string
  /** Changes of files, by path, on top of the branch. @returns the commit */
  commit(changes: Readonly<Record<string, Entry>>, options?: CommitOptions): string
}

const made = new Set<string>()

/** An empty directory, until `removeTemporaries`. */
export function temporary(name: string): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), `roster-${name}-`)))
  made.add(directory)
  return directory
}

/** For the end of each file of tests. */
export function removeTemporaries(): void {
  for (const directory of made) rmSync(directory, { recursive: true, force: true })
  made.clear()
}

const identity = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ana',
  GIT_AUTHOR_EMAIL: 'ana@acme.com',
  GIT_COMMITTER_NAME: 'Ana',
  GIT_COMMITTER_EMAIL: 'ana@acme.com',
  GIT_COMMITTER_DATE: '2026-11-20T00:00:00Z',
  GIT_AUTHOR_DATE: '2026-11-20T00:00:00Z',
}

export function makeRepository(
  files: Readonly<Record<string, Entry>> = {},
  objectFormat: 'sha1' | 'sha256' = 'sha1',
): TestRepository {
  const directory = join(temporary('repository'), 'access.git')
  execFileSync('git', [
    'init',
    '--quiet',
    '--bare',
    '--initial-branch=main',
    `--object-format=${objectFormat}`,
    directory,
  ])
  const branches = new Map<string, ReadonlyMap<string, Entry>>()
  const git: TestRepository['git'] = (args, input, env = {}) =>
    execFileSync('git', args, {
      cwd: directory,
      encoding: 'utf8',
      env: { PATH: environment()['PATH'], ...identity, ...env },
      stdio: 'pipe',
      ...(input !== undefined && { input }),
    }).trimEnd()
  const commit: TestRepository['commit'] = (changes, options = {}) => {
    const { branch = 'main', sign = [], config = {}, env, isRoot = false } = options
    const before = isRoot ? undefined : branches.get(branch)
    const merged = new Map([...(before ?? []), ...Object.entries(changes)])
    const after = new Map([...merged].filter(([, entry]) => entry !== null))
    const parent = before ? ['-p', `refs/heads/${branch}`] : []
    const settings = Object.entries(config).flatMap(([key, value]) => ['-c', `${key}=${value}`])
    const made = git([...settings, 'commit-tree', ...sign, ...parent, '-m', 'Change', treeOf(after, git)], '', env)
    git(['update-ref', `refs/heads/${branch}`, made])
    branches.set(branch, after)
    return made
  }
  if (Object.keys(files).length > 0) commit(files)
  return { directory, address: `file://${directory}`, git, commit }
}

function treeOf(files: ReadonlyMap<string, Entry>, git: TestRepository['git']): string {
  const folders = new Map<string, Map<string, Entry>>()
  const lines: string[] = []
  for (const [path, entry] of files) {
    const slash = path.indexOf('/')
    if (slash < 0) {
      lines.push(lineOf(path, entry, git))
      continue
    }
    const folder = folders.get(path.slice(0, slash)) ?? new Map<string, Entry>()
    folders.set(path.slice(0, slash), folder.set(path.slice(slash + 1), entry))
  }
  for (const [name, below] of folders) lines.push(`040000 tree ${treeOf(below, git)}\t${name}`)
  return git(['mktree', '-z', '--missing'], lines.map((line) => `${line}\0`).join(''))
}

function lineOf(name: string, entry: Entry, git: TestRepository['git']): string {
  const isPlain = typeof entry === 'string' || Buffer.isBuffer(entry) || entry === null
  const { mode, content } = isPlain ? { mode: '100644', content: entry ?? '' } : entry
  if (mode === '160000') return `${mode} commit ${content.toString()}\t${name}`
  return `${mode} blob ${git(['hash-object', '-w', '--stdin'], content)}\t${name}`
}

export const link = (content: string): Entry => ({ mode: '120000', content })
export const submodule: Entry = { mode: '160000', content: 'b'.repeat(40) }

/** The files below a directory of this machine, by path. */
export function filesOf(directory: string, under = ''): Readonly<Record<string, string>> {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return Object.fromEntries(
    paths
      .map((path) => join(directory, path))
      .filter((path) => statSync(path).isFile())
      .map((path) => [join(under, relative(directory, path)), readFileSync(path, 'utf8')]),
  )
}

export const organization = `apiVersion: roster.dev/v1alpha1
kind: AtlassianOrganization
metadata: { name: acme }
spec: {}
`

export const group = (name: string): string => `apiVersion: roster.dev/v1alpha1
kind: AtlassianGroup
metadata: { name: ${name} }
spec: { name: ${name} }
`

export interface OpenOptions {
  readonly ref?: string
  readonly path?: string
  readonly access?: GitAccess
  readonly verification?: Verification
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
}

export function open(address: string, options: OpenOptions = {}): Promise<Repository> {
  const { ref, path, access = {}, verification, env = environment(), signal } = options
  return openRepository({
    address: parseAddress(address, '/'),
    ref: parseRef(ref),
    path: repositoryPath(path),
    access,
    env,
    ...(verification && { verification }),
    ...(signal && { signal }),
  })
}
