import { mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runChild } from './child-process.ts'
import { GitSettingError } from './git-error.ts'
import type { Fetched } from './git-objects.ts'
import type { Git } from './git-program.ts'
import { RevisionError, type Signature } from './revision.ts'

/** Which signature a commit must have. */
export interface Verification {
  readonly method: Signature['method']
  /** gpg: public keys, as `gpg --export` writes them. ssh: an allowed signers file, `man ssh-keygen`. Absolute. */
  readonly signersFile: string
}

export interface VerificationPlace {
  /** An existing directory of our own. */
  readonly directory: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Who signed it. Only keys in the file count. @throws RevisionError where that is nobody */
export async function verifyCommit(
  { git, repository }: Fetched,
  commit: string,
  verification: Verification,
  place: VerificationPlace,
): Promise<Signature> {
  const settings = await settingsFor(verification, place)
  const { exitCode } = await git.attempt(['verify-commit', commit], { repository, ...settings })
  const format = '--format=%G?%x00%GF%x00%GS'
  const told = await git.run(['log', '--no-walk', format, commit], { repository, ...settings })
  const [status = '', fingerprint = '', signer = ''] = told.toString('utf8').trimEnd().split('\0')
  if (exitCode === 0) return { method: verification.method, signer, fingerprint }
  // git says "no signature" also of one that it was kept from looking at
  const meaning = status === 'N' && (await isSigned(git, repository, commit)) ? 'E' : status
  const message = `commit ${commit} is not taken: ${meanings[meaning] ?? meanings['E']!}`
  throw new RevisionError({ reason: 'NOT_VERIFIED', message, commit })
}

async function isSigned(git: Git, repository: string, commit: string): Promise<boolean> {
  const text = (await git.run(['cat-file', 'commit', commit], { repository })).toString('latin1')
  return /^gpgsig/m.test(text.slice(0, text.indexOf('\n\n')))
}

/** Of `%G?`, `man git-log`. */
const meanings: Readonly<Record<string, string>> = {
  N: 'it is not signed',
  B: 'its signature is wrong',
  U: 'its signer is none of those that are trusted',
  G: 'its signer is none of those that are trusted',
  X: 'its signature has ended',
  Y: 'it is signed with a key that has ended',
  R: 'it is signed with a key that was revoked',
  E: 'its signer is none of those that are trusted, or it is signed in another way than is asked for',
}

async function settingsFor({ method, signersFile }: Verification, { directory, env }: VerificationPlace) {
  const text = await readSigners(signersFile)
  // whatever the commit asks for, only the one kind of signature is looked at
  if (method === 'ssh') {
    const limits = { cwd: directory, env: { PATH: env['PATH'] ?? '' }, timeoutMs: 30_000, mostBytes: 64 * 1024 }
    if ('systemCode' in (await runChild('ssh-keygen', ['-?'], limits)))
      throw new GitSettingError('the ssh-keygen program is not on the PATH: install openssh-client')
    const config = { 'gpg.ssh.allowedSignersFile': signersFile, 'gpg.minTrustLevel': 'fully' }
    return { config: { ...config, 'gpg.program': 'false', 'gpg.x509.program': 'false' } }
  }
  const home = await mkdtemp(join(directory, 'gpg-'))
  const environment = { PATH: env['PATH'] ?? '', GNUPGHOME: home, LC_ALL: 'C' }
  const quiet = ['--batch', '--no-options', '--no-autostart', '--no-tty', '--quiet']
  const limits = { cwd: home, env: environment, timeoutMs: 30_000, mostBytes: 64 * 1024 }
  const imported = await runChild('gpg', [...quiet, '--import'], { ...limits, input: text })
  if ('systemCode' in imported) throw new GitSettingError('the gpg program is not on the PATH: install gnupg')
  if (!('exitCode' in imported) || imported.exitCode !== 0)
    throw new GitSettingError(`${signersFile} holds no public keys that gpg can read`)
  return {
    config: { 'gpg.ssh.program': 'false', 'gpg.x509.program': 'false' },
    env: { GNUPGHOME: home },
  }
}

async function readSigners(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new GitSettingError(`the file of trusted signers ${file} cannot be read (${code})`)
  }
}
