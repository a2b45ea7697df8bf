import { mkdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import type { StateStore } from '../core/state.ts'
import { parseAddress } from '../source/git/git-address.ts'
import { GitSettingError } from '../source/git/git-error.ts'
import { createGit, type Git } from '../source/git/git-program.ts'
import { createDirectoryStore } from '../state/directory-store.ts'
import { readOrigin } from '../state/git-origin.ts'
import { createGitStore, type GitStoreOptions } from '../state/git-store.ts'
import { createStateRef } from '../state/state-ref.ts'
import type { Io } from './io.ts'

/** Flags of the commands that use the state. */
export interface StateOptions {
  /** A directory, or a ref of the access repository: what begins with `refs/`. */
  readonly state?: string
  /** How long another run is waited for, in milliseconds. */
  readonly lockTimeout?: number
}

/** Where a declaration that is not in a clone comes from. */
export interface StateRepository {
  readonly git: Git
  /** Names the declaration. */
  readonly source: string
  /** Of our own, for what is kept on this machine; absolute. */
  readonly directory: string
}

/** Where state is kept. */
export interface StateHome {
  /** On this machine: tokens are never anywhere else. */
  readonly directory: string
  /** Names the declaration for the state. */
  readonly source: string
  readonly store: (organization: string) => StateStore
}

interface Place {
  /** Of the declaration; absolute. */
  readonly root: string
  readonly io: Io
  readonly repository?: StateRepository
}

/** @throws GitSettingError where a ref is asked for, and there is no repository or it has no such refs */
export async function openStateHome(options: StateOptions, place: Place): Promise<StateHome> {
  const { root, io, repository } = place
  const own = repository?.directory ?? join(root, '.roster')
  const held = holding(options, io)
  if (options.state?.startsWith('refs/')) return { ...(await inRef(options.state, place, held)), directory: own }
  const directory = options.state === undefined ? own : resolve(io.cwd, options.state)
  const source = repository?.source ?? (relative(directory, root) || '.')
  return { directory, source, store: (organization) => createDirectoryStore(directory, organization, held) }
}

function holding({ lockTimeout: waitMs }: StateOptions, { clock, env }: Io): GitStoreOptions {
  const page = pageOf(env)
  return { clock, ...(waitMs !== undefined && { waitMs }), ...(page !== undefined && { page }) }
}

async function inRef(name: string, { root, io, repository }: Place, held: GitStoreOptions) {
  checkRef(name)
  const { git, source, directory } = repository ?? (await repositoryOf(root, io))
  const ref = createStateRef({ git, ref: name, directory, clock: io.clock })
  return { source, store: (organization: string) => createGitStore(ref, organization, held) }
}

/** What people merge is not what Roster may move. */
function checkRef(ref: string): void {
  const isRef = /^refs(\/[A-Za-z0-9_][\w-]*)+$/.test(ref) && ref.split('/').length > 2
  if (!isRef) throw new GitSettingError(`--state ${ref} is no ref to keep state in: write refs/roster/state`)
  if (/^refs\/(heads|tags|remotes|pull|merge-requests|notes)\//.test(ref))
    throw new GitSettingError(`--state ${ref} belongs to others: write refs/roster/state`)
}

/** The clone that the declaration stands in. */
async function repositoryOf(root: string, io: Io): Promise<StateRepository> {
  const { url, top, gitDirectory, prefix, credential } = await readOrigin(root, io.env)
  const directory = join(gitDirectory, 'roster')
  await mkdir(directory, { recursive: true })
  const address = parseAddress(url, top)
  const git = createGit({ address, access: credential ? { credential } : {}, env: io.env, directory })
  return { git, source: prefix === '' ? address.name : `${address.name}//${prefix.replace(/\/$/, '')}`, directory }
}

/**
 * The page of a CI run, for whoever is kept waiting by it:
 * https://docs.github.com/actions/reference/workflows-and-actions/variables and
 * https://docs.gitlab.com/ci/variables/predefined_variables/
 */
function pageOf(env: Io['env']): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name, GITHUB_RUN_ID: run, CI_JOB_URL: job } = env
  return server && name && run ? `${server}/${name}/actions/runs/${run}` : job
}
