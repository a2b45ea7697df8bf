import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../core/ports.ts'
import { StateMovedError } from '../core/state.ts'
import type { Git } from '../source/git/git-program.ts'
import { GitError } from '../source/git/git-error.ts'

export interface StateRefOptions {
  readonly git: Git
  /** `refs/roster/state` */
  readonly ref: string
  /** Where a bare repository may be kept for the objects: a cache, which may go away between two runs. Absolute. */
  readonly directory: string
  readonly clock: Clock
}

/** What a ref held at one moment. */
export interface Snapshot {
  /** Undefined where the ref is not there yet. */
  readonly commit: string | undefined
  /** Blob ids by file name. */
  readonly files: ReadonlyMap<string, string>
}

/** Files in a ref of a repository far away. No work tree and no other ref is touched. */
export interface StateRef {
  /** For messages. */
  readonly name: string
  /** @throws GitError, StateMovedError where it does not hold still */
  look(): Promise<Snapshot>
  /** @throws GitError */
  text(snapshot: Snapshot, file: string): Promise<string | undefined>
  /**
   * Writes files on top of a snapshot; `undefined` takes one away. Undefined where the ref has moved meanwhile: nothing was
   * written then.
   * @throws GitError where the remote does not take it, or cannot be asked whether it did
   */
  put(base: Snapshot, files: Files, message: string): Promise<Snapshot | undefined>
  /** Drops what the cache does not need any more. */
  tidy(): Promise<void>
}

export type Files = ReadonlyMap<string, string | undefined>

interface Place {
  readonly options: StateRefOptions
  readonly repository: string
  /** Runs git in the cache. */
  readonly run: (args: readonly string[], input?: string) => Promise<string>
}

export function createStateRef(options: StateRefOptions): StateRef {
  const { git, directory } = options
  const repository = join(directory, 'state.git')
  const identity = { GIT_AUTHOR_NAME: 'Roster', GIT_AUTHOR_EMAIL: 'roster@localhost' }
  const run = async (args: readonly string[], input?: string): Promise<string> => {
    const date = `@${Math.floor(options.clock.now() / 1000)} +0000`
    const committer = { GIT_COMMITTER_NAME: 'Roster', GIT_COMMITTER_EMAIL: 'roster@localhost' }
    const env = { ...identity, ...committer, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }
    const output = await git.run(args, { repository, env, ...(input !== undefined && { input }) })
    return output.toString('utf8')
  }
  const place: Place = { options, repository, run }
  return {
    name: nameOf(options),
    look: () => look(place),
    text: async ({ files }, file) => {
      const id = files.get(file)
      return id === undefined ? undefined : run(['cat-file', 'blob', id])
    },
    put: (base, files, message) => put(place, base, { files, message }),
    // another process may be at work with what it has just fetched
    tidy: async () => void (await run(['prune', '--expire=1.hour.ago'])),
  }
}

const nameOf = ({ ref, git }: StateRefOptions): string => `${ref} of ${git.address.name}`

/** A ref that moves between the two questions is asked for again; one that never holds still is no ref. */
const mostTries = 20

async function look(place: Place): Promise<Snapshot> {
  await prepare(place)
  for (let tries = 0; tries < mostTries; tries += 1) {
    const commit = await tip(place)
    if (commit === undefined) return { commit, files: new Map() }
    if (await isHere(place, commit)) return { commit, files: await filesOf(place, commit) }
    const { git, ref } = place.options
    await place.run(['fetch', '--quiet', '--depth=1', '--no-tags', '--no-write-fetch-head', '--', git.address.url, ref])
  }
  throw new StateMovedError(`${nameOf(place.options)} was moved ${mostTries} times while it was read`)
}

async function prepare({ repository, options: { git } }: Place): Promise<void> {
  await mkdir(repository, { recursive: true })
  await git.run(['init', '--quiet', '--bare', '--template=', '--', repository])
  // it may stand in the work tree of the declaration
  await writeFile(join(repository, '.gitignore'), '*\n')
}

async function tip({ run, options: { git, ref } }: Place): Promise<string | undefined> {
  const listed = await run(['ls-remote', '--', git.address.url, ref])
  // a pattern also matches refs that only end like this one
  const line = listed.split('\n').find((each) => each.endsWith(`\t${ref}`))
  return line?.split('\t')[0]
}

async function isHere({ repository, options: { git } }: Place, commit: string): Promise<boolean> {
  return (await git.attempt(['cat-file', '-e', `${commit}^{commit}`], { repository })).exitCode === 0
}

async function filesOf({ run }: Place, commit: string): Promise<ReadonlyMap<string, string>> {
  const entries = (await run(['ls-tree', '-z', commit])).split('\0').filter((entry) => entry.includes(' blob '))
  return new Map(entries.map((entry) => [entry.slice(entry.indexOf('\t') + 1), /([0-9a-f]+)\t/.exec(entry)![1]!]))
}

async function put(
  place: Place,
  base: Snapshot,
  { files, message }: { readonly files: Files; readonly message: string },
): Promise<Snapshot | undefined> {
  const all = new Map(base.files)
  for (const [name, text] of files) {
    if (text === undefined) all.delete(name)
    else all.set(name, (await place.run(['hash-object', '-w', '--stdin'], text)).trim())
  }
  const listed = [...all].map(([name, id]) => `100644 blob ${id}\t${name}\0`).join('')
  const tree = (await place.run(['mktree', '-z'], listed)).trim()
  const parents = base.commit === undefined ? [] : ['-p', base.commit]
  const commit = (await place.run(['commit-tree', tree, ...parents, '-m', message])).trim()
  return (await isPushed(place, base.commit, commit)) ? { commit, files: all } : undefined
}

/** The lease names the commit that is replaced: the server takes it only from there. */
async function isPushed(place: Place, before: string | undefined, commit: string): Promise<boolean> {
  const { git, ref } = place.options
  const lease = `--force-with-lease=${ref}:${before ?? ''}`
  try {
    await place.run(['push', '--quiet', '--porcelain', '--no-verify', lease, '--', git.address.url, `${commit}:${ref}`])
    return true
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    // an answer may have been lost, or be about another writer: what the remote has is what counts
    const now = await tip(place)
    if (now === commit) return true
    if (now === before) throw error
    return false
  }
}
