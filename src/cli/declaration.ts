import { mkdir, realpath } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { TokenStore } from '../atlassian/oauth-kept.ts'
import type { State, StateStore } from '../core/state.ts'
import { printable } from '../report/terminal-text.ts'
import type { Git } from '../source/git/git-program.ts'
import { selectRevision } from '../source/git/read-revision.ts'
import { openGit, openRepository, type RepositoryOptions } from '../source/git/repository.ts'
import type { Revision } from '../source/git/revision.ts'
import { readSelection, type Selection } from '../source/root.ts'
import { shown } from '../source/yaml-files.ts'
import { createTokenFile } from '../state/token-file.ts'
import type { TokenOwner } from '../run/connection.ts'
import type { Context } from './context.ts'
import type { Io } from './io.ts'
import { repositoryOptions, type RepositoryFlags } from './repository-flags.ts'
import { openStateHome, type StateHome, type StateOptions } from './state-home.ts'

/** A declaration as the command line found it, and where its state is. */
export interface Located extends Selection {
  readonly covers: (file: string) => boolean
  readonly stateDirectory: string
  /** Names the declaration for the state: where it stands as seen from the state, so that both may move together. */
  readonly source: string
  readonly store: (organization: string) => StateStore
  /** Beside the state. */
  readonly tokens: (credential: TokenOwner) => TokenStore
}

export type LocateOptions = StateOptions & RepositoryFlags

/** @throws GitSettingError, GitError, RevisionError where the declaration is asked for in a repository and cannot be had */
export function locate(paths: readonly string[], context: Context, options: LocateOptions = {}): Promise<Located> {
  const repository = repositoryOptions(options, context.io)
  return repository ? locateThere(paths, { repository, context, options }) : locateHere(paths, context, options)
}

async function locateHere(paths: readonly string[], { io }: Context, options: StateOptions): Promise<Located> {
  const given = paths.length === 0 ? ['.'] : paths
  const selection = await readSelection(given, io.cwd)
  const home = await openStateHome(options, { root: selection.root, io })
  const roots = selection.isWhole ? [] : given.map((path) => resolve(io.cwd, path))
  const covers = (file: string): boolean => {
    const path = resolve(io.cwd, file)
    return selection.isWhole || roots.some((root) => path === root || path.startsWith(root + sep))
  }
  return located({ ...selection, covers }, home, io)
}

interface There {
  readonly repository: RepositoryOptions
  readonly context: Context
  readonly options: StateOptions
}

/**
 * One revision, read once. The working directory stands for the root of the repository: names of files start there, and
 * so does the state, where nothing else is said.
 */
async function locateThere(paths: readonly string[], { repository, context, options }: There): Promise<Located> {
  const { io, note } = context
  const opened = await openRepository(repository)
  try {
    const revision = await opened.checkOut(await opened.poll())
    note(revisionLine(revision))
    const selection = selectRevision(revision, paths, io.cwd)
    const directory = join(io.cwd, '.roster')
    const git = options.state?.startsWith('refs/') ? await lastingGit(repository, directory) : opened.git
    const state = { git, source: opened.source, directory }
    const home = await openStateHome(options, { root: selection.root, io, repository: state })
    return located(selection, home, io)
  } finally {
    await opened.close()
  }
}

/**
 * That of the repository ends with it, and with the signal to stop. A state that is kept in a ref is written later, also by a
 * run that was told to stop. `directory` is made.
 */
export async function lastingGit({ address, access, env }: RepositoryOptions, directory: string): Promise<Git> {
  await mkdir(directory, { recursive: true })
  return openGit({ address, access, env, directory: await realpath(directory) })
}

/** `refs/heads/main is commit 3f2c… of 2026-11-20T09:30:00.000Z, signed by ana@acme.com` */
function revisionLine({ commit, ref, committedAtMs, signature }: Revision): string {
  const at = new Date(committedAtMs).toISOString()
  const what = ref === commit ? `commit ${commit} of ${at}` : `${ref} is commit ${commit} of ${at}`
  return printable(signature ? `${what}, signed by ${signature.signer}` : what)
}

/** What was selected, with its state. */
export /** `selection`: of the files of this machine, or of a revision. */
function located(selection: Selection & Pick<Located, 'covers'>, home: StateHome, io: Io): Located {
  return {
    ...selection,
    stateDirectory: home.directory,
    source: home.source,
    store: (organization) => relativeToRoot(home.store(organization), selection.root, io.cwd),
    tokens: (credential) => createTokenFile({ directory: home.directory, ...credential }, io.clock),
  }
}

/** The same declaration read from another working directory must find its manifests again: files are kept as seen from the root. */
function relativeToRoot(store: StateStore, root: string, cwd: string): StateStore {
  const mapped = (state: State, name: (file: string) => string): State => ({
    ...state,
    applied: state.applied.map((each) => withFile(each, name(each.origin.file))),
  })
  const seenFromHere = (state: State): State => mapped(state, (file) => shown(resolve(root, file), cwd))
  const seenFromRoot = (state: State): State =>
    mapped(state, (file) => relative(root, resolve(cwd, file)).split(sep).join('/'))
  return {
    load: async () => seenFromHere(await store.load()),
    hold: async () => {
      const held = await store.hold()
      return { ...held, state: seenFromHere(held.state), save: (state) => held.save(seenFromRoot(state)) }
    },
  }
}

const withFile = <T extends { readonly origin: { readonly file: string } }>(value: T, file: string): T => ({
  ...value,
  origin: { ...value.origin, file },
})

/** Where examples stand, in a clone and in an installed package. */
export const examplesDirectory = join(dirname(dirname(import.meta.dirname)), 'examples')
