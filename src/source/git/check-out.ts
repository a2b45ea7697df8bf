import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Diagnostic } from '../../core/diagnostic.ts'
import { GitError } from './git-error.ts'
import { fetchBlobs, fetchCommit, readBlobs, type Blob, type Fetched } from './git-objects.ts'
import type { Git } from './git-program.ts'
import type { Tip } from './git-ref.ts'
import {
  linkProblem,
  linkTarget,
  notRead,
  parseTree,
  readable,
  submoduleMode,
  treeMode,
  type TreeEntry,
  type TreePart,
} from './git-tree.ts'
import { RevisionError, type Revision } from './revision.ts'
import { verifyCommit, type Verification } from './verification.ts'

export interface CheckOutOptions {
  /** From the root of the repository, without slashes at its ends; empty for all of it. */
  readonly path: string
  readonly verification?: Verification
  /** An existing directory of our own; what is put there is gone at the end. */
  readonly directory: string
  readonly env: Readonly<Record<string, string | undefined>>
}

const mostFileBytes = 1024 * 1024
const mostFiles = 20_000
const mostBytes = 128 * 1024 * 1024

/**
 * Reads a commit: no history, and of its files the YAML below the path alone. Nothing of it is ever laid out as files.
 * @throws RevisionError, GitError
 */
export async function checkOut(git: Git, tip: Tip, options: CheckOutOptions): Promise<Revision> {
  const scratch = await mkdtemp(join(options.directory, 'revision-'))
  try {
    const fetched: Fetched = { git, repository: join(scratch, 'objects') }
    await fetchCommit(fetched, tip.commit)
    const { verification } = options
    const place = { directory: scratch, env: options.env }
    const signature = verification && (await verifyCommit(fetched, tip.commit, verification, place))
    const read = await readTree(fetched, tip.commit, options.path)
    const { commit, ref } = tip
    const committedAtMs = await committedAt(fetched, commit)
    return { commit, ref, committedAtMs, path: options.path, ...read, ...(signature && { signature }) }
  } catch (error) {
    // the same commit would be as large at the next look
    if (error instanceof GitError && error.failure.ended === 'size') throw tooLarge(tip.commit, error.message)
    throw error
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function committedAt({ git, repository }: Fetched, commit: string): Promise<number> {
  const printed = await git.run(['log', '--no-walk', '--format=%ct', commit], { repository })
  return Number(printed.toString('latin1').trim()) * 1000
}

async function readTree(
  fetched: Fetched,
  commit: string,
  path: string,
): Promise<Pick<Revision, 'files' | 'diagnostics'>> {
  const { tree, entries } = await list(fetched, commit, path)
  const part = readable(entries, path)
  if (part.files.length > mostFiles) throw tooLarge(commit, `${path || 'it'} holds more than ${mostFiles} YAML files`)
  const wanted = [...part.files, ...part.links].map(({ id }) => id)
  await fetchBlobs(fetched, tree, wanted)
  const blobs = await readBlobs(fetched, wanted, { mostBytes: mostFileBytes, mostBytesTogether: mostBytes })
  const links = await linkProblems(part.links, blobs, { fetched, commit })
  const texts = part.files.map((file) => ({ file, text: textOf(file.path, blobs.get(file.id)!) }))
  const files = new Map(texts.flatMap(({ file, text }) => (typeof text === 'string' ? [[file.path, text]] : [])))
  const refused = texts.flatMap(({ text }) => (typeof text === 'string' ? [] : [text]))
  const diagnostics = [...part.diagnostics, ...links, ...refused]
  // a missing declaration must not read as an empty one
  if (files.size === 0 && diagnostics.length === 0) throw gone(commit, path, 'holds no *.yaml or *.yml file')
  return { files, diagnostics }
}

interface Listed {
  /** Of the objects to look through. */
  readonly tree: string
  readonly entries: readonly TreeEntry[]
}

async function list({ git, repository }: Fetched, commit: string, path: string): Promise<Listed> {
  const below = async (tree: string) =>
    parseTree(await git.run(['ls-tree', '-r', '-z', '--full-tree', '--', tree], { repository }), path)
  if (path === '') return { tree: `${commit}^{tree}`, entries: await below(commit) }
  const [entry] = parseTree(await git.run(['ls-tree', '-z', '--full-tree', '--', commit, path], { repository }))
  if (!entry) throw gone(commit, path, 'does not exist')
  if (entry.mode === treeMode) return { tree: entry.id, entries: await below(entry.id) }
  if (entry.mode === submoduleMode) throw gone(commit, path, 'is a submodule')
  if (!entry.mode.startsWith('100')) throw gone(commit, path, 'is a link')
  return { tree: `${commit}^{tree}`, entries: [entry] }
}

const gone = (commit: string, path: string, what: string): RevisionError =>
  new RevisionError({
    reason: 'PATH_GONE',
    message: `${path === '' ? 'the repository' : path} ${what} in commit ${commit}`,
    commit,
  })

const tooLarge = (commit: string, what: string): RevisionError =>
  new RevisionError({ reason: 'TOO_LARGE', message: `commit ${commit} is not read: ${what}`, commit })

function textOf(path: string, { size, bytes }: Blob): string | Diagnostic {
  if (bytes === undefined) {
    const message = `the file has ${(size / mostFileBytes).toFixed(1)} MiB, a manifest file may have 1`
    return { ...notRead(path, message, 'split it'), code: 'FILE_TOO_LARGE' }
  }
  if (bytes.subarray(0, 64).toString('latin1').startsWith('version https://git-lfs.github.com/spec/'))
    return notRead(path, 'it is kept in Git LFS, which is not read', 'git lfs untrack it, and commit the file itself')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // the decoder has nothing to say beyond "not UTF-8"
    return { ...notRead(path, 'the file is not UTF-8 text'), code: 'YAML_SYNTAX' }
  }
}

async function linkProblems(
  links: TreePart['links'],
  blobs: ReadonlyMap<string, Blob>,
  { fetched: { git, repository }, commit }: { readonly fetched: Fetched; readonly commit: string },
): Promise<readonly Diagnostic[]> {
  if (links.length === 0) return []
  const targets = links.map((link) => ({ link, target: blobs.get(link.id)!.bytes?.toString('utf8') ?? '/' }))
  const paths = targets.flatMap(({ link, target }) => linkTarget(link.path, target) ?? [])
  const inTree = paths.filter((path) => path !== '.')
  const printed = inTree.length === 0 ? Buffer.alloc(0) : await git.run(lsTree(commit, inTree), { repository })
  const modes = new Map(parseTree(printed).map(({ path, mode }) => [path, mode]))
  const kindOf = (path: string) => {
    const mode = path === '.' ? treeMode : modes.get(path)
    if (mode === undefined) return undefined
    return mode === treeMode ? 'directory' : mode.startsWith('100') ? 'file' : 'other'
  }
  return targets.flatMap(({ link, target }) => linkProblem(link, target, kindOf) ?? [])
}

const lsTree = (commit: string, paths: readonly string[]): readonly string[] => [
  'ls-tree',
  '-z',
  '--full-tree',
  '--',
  commit,
  ...new Set(paths),
]
