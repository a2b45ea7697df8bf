import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import type { GitAccess, GitCredential } from '../source/git/git-access.ts'
import { parseAddress } from '../source/git/git-address.ts'
import { GitSettingError } from '../source/git/git-error.ts'
import { parseRef } from '../source/git/git-ref.ts'
import { repositoryPath, type RepositoryOptions } from '../source/git/repository.ts'
import type { Io } from './io.ts'

/** Flags of the commands that read a declaration. */
export interface RepositoryFlags {
  /** Instead of files of this machine. */
  readonly repo?: string
  readonly ref?: string
  readonly path?: string
  readonly verify?: 'gpg' | 'ssh'
  readonly signers?: string
}

export function addRepositoryFlags(target: Command): Command {
  return target
    .option('--repo <address>', 'read the declaration from this Git repository instead of from files here')
    .option(
      '--ref <ref>',
      'with --repo: a branch, a tag, a commit, or a range of versions such as ^1.2 (default: HEAD)',
    )
    .option('--path <path>', 'with --repo: the directory of the declaration there (default: all of it)')
    .addOption(
      new Option('--verify <method>', 'with --repo: take a commit only with a good signature').choices(['gpg', 'ssh']),
    )
    .option('--signers <file>', 'with --verify: public keys (gpg), or an allowed signers file (ssh)')
}

/** The flags as they were typed, for the command that comes next. */
export function repositoryWords({ repo, ref, path, verify, signers }: RepositoryFlags): readonly string[] {
  const words = Object.entries({ repo, ref, path, verify, signers })
  return words.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, quoted(value)]))
}

/** For a shell. */
const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

/** Undefined where no repository is asked for. @throws GitSettingError */
export function repositoryOptions(flags: RepositoryFlags, io: Io): RepositoryOptions | undefined {
  const { repo, ref, path, verify, signers } = flags
  if (repo === undefined) {
    const stray = repositoryWords({ ...flags })[0]
    if (stray !== undefined) throw new GitSettingError(`${stray} is of use with --repo alone`)
    return undefined
  }
  if ((verify === undefined) !== (signers === undefined))
    throw new GitSettingError('--verify and --signers go together: a signature counts by who made it')
  return {
    address: parseAddress(repo, io.cwd),
    ref: parseRef(ref),
    path: repositoryPath(path),
    access: gitAccess(io),
    env: io.env,
    signal: io.signal,
    ...(verify &&
      signers !== undefined && {
        verification: { method: verify, signersFile: resolve(io.cwd, signers) },
      }),
  }
}

/** What the environment says of how Git gets in. */
function gitAccess({ env, cwd }: Pick<Io, 'env' | 'cwd'>): GitAccess {
  const file = (name: string): string | undefined => (env[name] ? resolve(cwd, env[name]) : undefined)
  const [sshKeyFile, knownHostsFile, authorityFile, tokenFile] = [
    file('ROSTER_GIT_SSH_KEY_FILE'),
    file('ROSTER_GIT_KNOWN_HOSTS_FILE'),
    file('ROSTER_CA_FILE'),
    file('ROSTER_GIT_TOKEN_FILE'),
  ]
  // every large forge takes any name beside a token, and this is the one that GitHub's apps need
  const username = env['ROSTER_GIT_USERNAME'] || 'x-access-token'
  const token = env['ROSTER_GIT_TOKEN']
  const credential = async (): Promise<GitCredential> => ({
    username,
    password: token || (await readToken(tokenFile!)),
  })
  return {
    ...(sshKeyFile !== undefined && { sshKeyFile }),
    ...(knownHostsFile !== undefined && { knownHostsFile }),
    ...(authorityFile !== undefined && { authorityFile }),
    ...((token || tokenFile !== undefined) && { credential }),
  }
}

async function readToken(file: string): Promise<string> {
  try {
    const token = (await readFile(file, 'utf8')).trim()
    if (token !== '') return token
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new GitSettingError(`the file that ROSTER_GIT_TOKEN_FILE names cannot be read (${code})`)
  }
  throw new GitSettingError('the file that ROSTER_GIT_TOKEN_FILE names is empty')
}
