import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Diagnostic } from '../core/diagnostic.ts'
import { createFileSource } from '../daemon/file-source.ts'
import type { DeclarationSource, Kept, Snapshot } from '../daemon/snapshot.ts'
import { look, type GoodRevision } from '../source/git/look.ts'
import { openRepository, type Repository, type RepositoryOptions } from '../source/git/repository.ts'
import { parseYaml } from '../source/yaml-documents.ts'
import type { YamlDeclaration } from '../source/yaml-files.ts'
import type { Context } from './context.ts'
import { lastingGit, locate, located } from './declaration.ts'
import type { Io } from './io.ts'
import { openStateHome, type StateHome, type StateOptions } from './state-home.ts'

/** Where a daemon reads its declaration, and where it keeps what it must remember. */
export interface DaemonSource {
  readonly source: DeclarationSource
  readonly stateDirectory: string
  readonly close: () => Promise<void>
}

/** The files of a directory. */
export async function openFiles(path: string, context: Context, options: StateOptions): Promise<DaemonSource> {
  const { io } = context
  const directory = resolve(io.cwd, path)
  const read = async () => {
    const found = await locate([path], context, options)
    const missing = found.isWhole && found.declaration.manifests.some(isOrganization) ? [] : [noOrganization(path)]
    const { manifests, diagnostics, texts } = found.declaration
    return { ...found, cwd: io.cwd, declaration: { manifests, texts, diagnostics: [...diagnostics, ...missing] } }
  }
  const { stateDirectory } = await locate([path], context, options)
  const recall = async (kept: Kept): Promise<Snapshot> =>
    recalled(kept, await openStateHome(options, { root: kept.root, io }), io)
  const id = JSON.stringify([directory, io.cwd])
  const source = createFileSource({ id, directory, read, recall, clock: io.clock })
  return { source, stateDirectory, close: async () => {} }
}

interface Whole {
  readonly commit: string
  readonly root: string
  readonly declaration: YamlDeclaration
}

/** All of what was read, with the state that belongs to it. */
function snapshotOf({ commit, root, declaration }: Whole, home: StateHome, io: Io): Snapshot {
  const selection = { declaration, root, isSelected: () => true, isWhole: true, covers: () => true }
  return { ...located(selection, home, io), root, cwd: io.cwd, commit }
}

function recalled({ texts, ...kept }: Kept, home: StateHome, io: Io): Snapshot {
  const parsed = [...texts].map(([file, text]) => parseYaml(text, file))
  const manifests = parsed.flatMap((each) => each.manifests)
  const diagnostics = parsed.flatMap((each) => each.diagnostics)
  return snapshotOf({ ...kept, declaration: { manifests, diagnostics, texts, files: [...texts.keys()] } }, home, io)
}

const isOrganization = ({ kind }: { readonly kind: string }): boolean => kind === 'AtlassianOrganization'

/** A part of a declaration is nothing to run on: what it does not hold would be nobody's. */
const noOrganization = (path: string): Diagnostic => ({
  code: 'NO_ORGANIZATION',
  severity: 'error',
  message: 'the directory does not hold the AtlassianOrganization',
  origin: { file: path },
})

/** Who may sign is a part of it: a key that is not trusted any more brings nothing back. */
async function settingsOf({ ref, verification }: RepositoryOptions): Promise<readonly unknown[]> {
  if (!verification) return [ref]
  const signers = await readFile(verification.signersFile)
  return [ref, verification.method, createHash('sha256').update(signers).digest('hex')]
}

/** What a ref of a repository points to. Its state is in the working directory, where nothing else is said. */
export async function openGit(
  repository: RepositoryOptions,
  { io }: Context,
  options: StateOptions,
): Promise<DaemonSource> {
  const settings = await settingsOf(repository)
  const opened = await openRepository(repository)
  try {
    const directory = join(io.cwd, '.roster')
    const git = options.state?.startsWith('refs/') ? await lastingGit(repository, directory) : opened.git
    const place = { root: io.cwd, io, repository: { git, source: opened.source, directory } }
    const home = await openStateHome(options, place)
    const id = JSON.stringify([opened.source, settings, io.cwd])
    const source = gitSource(opened, { id, home, io })
    return { source, stateDirectory: home.directory, close: () => opened.close() }
  } catch (error) {
    await opened.close()
    throw error
  }
}

function gitSource(
  opened: Repository,
  { id, home, io }: { readonly id: string; readonly home: StateHome; readonly io: Io },
): DeclarationSource {
  let known: GoodRevision | undefined
  return {
    type: 'git',
    id,
    look: async ({ good, ...rest }) => {
      const isKnown = known !== undefined && known.commit === good?.commit
      const candidate = await look(opened, { ...rest, ...(isKnown && { good: known! }) })
      if (!('taken' in candidate)) return candidate
      known = candidate.taken
      const { commit, revision, declaration } = known
      return { taken: snapshotOf({ commit, declaration, root: join(io.cwd, revision.path) }, home, io) }
    },
    recall: async (kept) => recalled(kept, home, io),
    // a poll and a webhook tell of changes
    watch: () => () => {},
  }
}
