import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Diagnostic } from '../core/diagnostic.ts'
import { createFileSource } from '../daemon/file-source.ts'
import type { DeclarationSource, Snapshot } from '../daemon/snapshot.ts'
import type { Context } from './context.ts'
import { look, type GoodRevision } from '../source/git/look.ts'
import { openRepository, type RepositoryOptions } from '../source/git/repository.ts'
import { locate, located } from './declaration.ts'
import { openStateHome, type StateOptions } from './state-home.ts'

/** Where a daemon reads its declaration, and where it keeps what it must remember. */
export interface DaemonSource {
  readonly source: DeclarationSource
  readonly stateDirectory: string
  readonly close: () => Promise<void>
}

/** The files of a directory. */
export async function openFiles(path: string, context: Context, options: StateOptions): Promise<DaemonSource> {
  const { io } = context
  const read = async () => {
    const found = await locate([path], context, options)
    const missing = found.isWhole && found.declaration.manifests.some(isOrganization) ? [] : [noOrganization(path)]
    const { manifests, diagnostics, texts } = found.declaration
    return { ...found, cwd: io.cwd, declaration: { manifests, texts, diagnostics: [...diagnostics, ...missing] } }
  }
  const { stateDirectory } = await locate([path], context, options)
  const source = createFileSource({ directory: resolve(io.cwd, path), read, clock: io.clock })
  return { source, stateDirectory, close: async () => {} }
}

const isOrganization = ({ kind }: { readonly kind: string }): boolean => kind === 'AtlassianOrganization'

/** A part of a declaration is nothing to run on: what it does not hold would be nobody's. */
const noOrganization = (path: string): Diagnostic => ({
  code: 'NO_ORGANIZATION',
  severity: 'error',
  message: 'the directory does not hold the AtlassianOrganization',
  origin: { file: path },
})

/** What a ref of a repository points to. Its state is in the working directory, where nothing else is said. */
export async function openGit(
  repository: RepositoryOptions,
  { io }: Context,
  options: StateOptions,
): Promise<DaemonSource> {
  const opened = await openRepository(repository)
  const directory = join(io.cwd, '.roster')
  if (options.state?.startsWith('refs/')) await mkdir(directory, { recursive: true })
  const place = { root: io.cwd, io, repository: { git: opened.git, source: opened.source, directory } }
  const home = await openStateHome(options, place)
  const snapshotOf = ({ commit, revision, declaration }: GoodRevision): Snapshot => {
    const root = join(io.cwd, revision.path)
    const selection = { declaration, root, isSelected: () => true, isWhole: true, covers: () => true }
    return { ...located(selection, home, io), cwd: io.cwd, commit }
  }
  let known: GoodRevision | undefined
  const source: DeclarationSource = {
    type: 'git',
    look: async ({ good, ...rest }) => {
      const isKnown = known !== undefined && known.commit === good?.commit
      const candidate = await look(opened, { ...rest, ...(isKnown && { good: known! }) })
      if (!('taken' in candidate)) return candidate
      known = candidate.taken
      return { taken: snapshotOf(known) }
    },
    // a poll and a webhook tell of changes
    watch: () => () => {},
  }
  return { source, stateDirectory: home.directory, close: () => opened.close() }
}
