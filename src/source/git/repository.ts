import { mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { rootCertificates } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { checkOut } from './check-out.ts'
import type { GitAccess } from './git-access.ts'
import { hasControlCharacter, type GitAddress } from './git-address.ts'
import { GitSettingError } from './git-error.ts'
import { createGit, type Git, type GitSettings } from './git-program.ts'
import { lsRemoteArguments, resolveRef, type Tip, type WantedRef } from './git-ref.ts'
import { RevisionError, type Revision } from './revision.ts'
import type { Verification } from './verification.ts'

export interface RepositoryOptions {
  readonly address: GitAddress
  readonly ref: WantedRef
  /** From the root of the repository, as `repositoryPath` gives it. */
  readonly path: string
  readonly access: GitAccess
  readonly verification?: Verification
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
}

/** A repository elsewhere that holds a declaration. */
export interface Repository {
  /** Names the declaration for the state: the address and the path, without credentials. */
  readonly source: string
  /** For commands of others on the same repository. */
  readonly git: Git
  /** Where the ref points now: one `git ls-remote`, none for a pinned commit. @throws GitError, RevisionError */
  poll(): Promise<Tip>
  /** @throws GitError, RevisionError */
  checkOut(tip: Tip): Promise<Revision>
  close(): Promise<void>
}

/** What of a path is read: `access/`, `./access` and `access` are the same. Empty for the root. @throws GitSettingError */
export function repositoryPath(text = ''): string {
  const path = posix.normalize(`./${text}`).replace(/\/+$/, '')
  const isOutside = path === '..' || path.startsWith('../') || text.startsWith('/')
  if (isOutside || hasControlCharacter(text))
    throw new GitSettingError(`${JSON.stringify(text)} is no path in the repository`)
  return path === '.' ? '' : path
}

/** @throws GitSettingError where git is missing or too old to be held to its settings, or the repository is somebody else's */
export async function openRepository(options: RepositoryOptions): Promise<Repository> {
  const { address, access, env, signal, ref, path } = options
  if (address.protocol === 'file') await checkOwner(fileURLToPath(address.url))
  const directory = await mkdtemp(join(await realpath(tmpdir()), 'roster-git-'))
  const close = (): Promise<void> => rm(directory, { recursive: true, force: true })
  const git = await openGit({ address, access, env, directory, ...(signal && { signal }) }).catch(async (error) => {
    await close()
    throw error
  })
  return {
    source: path === '' ? address.name : `${address.name}//${path}`,
    git,
    poll: () => poll(git, ref),
    checkOut: (tip) => checkOut(git, tip, { ...options, directory }),
    close,
  }
}

/** Git reads no repository of somebody else, and what it says then (`safe.directory`) would be of no use here. */
async function checkOwner(directory: string): Promise<void> {
  const own = process.geteuid?.()
  for (const place of [directory, join(directory, '.git')]) {
    const found = await stat(place).catch((error: NodeJS.ErrnoException) => {
      if (error.code === undefined) throw error
      // git says that there is nothing
      return undefined
    })
    if (found && own !== undefined && found.uid !== own)
      throw new GitSettingError(`${place} belongs to another user: git reads no repository of somebody else`)
  }
}

async function poll(git: Git, ref: WantedRef): Promise<Tip> {
  if (ref.kind === 'commit') return { commit: ref.commit, ref: ref.commit }
  const printed = await git.run(lsRemoteArguments(ref, git.address.url))
  const found = resolveRef(ref, printed.toString('utf8'))
  if ('commit' in found) return found
  throw new RevisionError({ reason: found.reason, message: `${git.address.name}: ${found.detail}` })
}

/**
 * Git for one repository elsewhere, with authorities of one's own beside those that Node trusts.
 * @throws GitSettingError where git is missing, too old to be held to its settings, or a file cannot be read
 */
export async function openGit(settings: GitSettings): Promise<Git> {
  const { access, directory } = settings
  const own = access.authorityFile
  const authorityFile = own === undefined ? undefined : await withOwnAuthorities(own, directory)
  const git = createGit({ ...settings, access: { ...access, ...(authorityFile !== undefined && { authorityFile }) } })
  const printed = (await git.run(['version'])).toString('utf8')
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(printed) ?? []
  // before that git reads no settings from its environment, or not all of them
  if (Number(major) < 2 || (Number(major) === 2 && Number(minor) < 36))
    throw new GitSettingError(`git is ${major}.${minor}: install 2.36 or later`)
  return git
}

/** To git a file of authorities stands instead of its own. */
async function withOwnAuthorities(file: string, directory: string): Promise<string> {
  const own = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new GitSettingError(`the file that ROSTER_CA_FILE names cannot be read (${error.code ?? error.message})`)
  })
  const together = join(directory, 'authorities.pem')
  await writeFile(together, [...rootCertificates, own].join('\n'))
  return together
}
