import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment } from '../src/config.ts'
import { temporary, type CommitOptions } from './git-repository.builder.ts'

const PATH = environment()['PATH']!

const starts = (program: string, args: readonly string[]): boolean => spawnSync(program, args).error === undefined

export const hasGpg = starts('gpg', ['--version'])
export const hasSshKeygen = starts('ssh-keygen', ['-?'])

/** Somebody who signs commits. */
export interface Signer {
  /** As `man git-commit` and `man git-config` want it. */
  readonly options: Pick<CommitOptions, 'sign' | 'config' | 'env'>
  /** A line of a file of allowed signers, or a public key. */
  readonly publicKey: string
  readonly fingerprint: string
}

/** A keyring with people who sign, and an agent that `close` ends. */
export interface Keyring {
  readonly home: string
  make(name: string): Signer
  /** With a key that was good in 2019, and a signature of that time. */
  makeEnded(name: string): Signer
  /** The key with the word that it is no longer good. */
  revoke(signer: Signer): string
  close(): void
}

export function openKeyring(): Keyring {
  const home = temporary('gpg')
  const env = { PATH, GNUPGHOME: home, LC_ALL: 'C' }
  const gpg = (args: readonly string[], input = ''): string =>
    execFileSync('gpg', ['--batch', '--quiet', '--no-tty', ...args], { env, input, encoding: 'utf8', stdio: 'pipe' })
  const make = (name: string, expires: string, time: readonly string[]): Signer => {
    const email = `${name}@acme.com`
    gpg([...time, '--passphrase', '', '--quick-generate-key', email, 'ed25519', 'sign', expires])
    const fingerprint = /^fpr:+([0-9A-F]+):/m.exec(gpg(['--with-colons', '--list-keys', email]))![1]!
    const options = { sign: [`-S${fingerprint}!`], env: { GNUPGHOME: home } }
    return { options, publicKey: gpg(['--armor', '--export', fingerprint]), fingerprint }
  }
  const then = ['--faked-system-time', '20190601T000000']
  const program = join(home, 'gpg-of-2019')
  writeFileSync(program, `#!/bin/sh\nexec gpg ${then.join(' ')} "$@"\n`)
  chmodSync(program, 0o755)
  return {
    home,
    make: (name) => make(name, 'never', []),
    makeEnded: (name) => {
      const made = make(name, '1y', then)
      return { ...made, options: { ...made.options, config: { 'gpg.program': program } } }
    },
    revoke: ({ fingerprint }) => {
      const file = join(home, 'openpgp-revocs.d', `${fingerprint}.rev`)
      // gpg writes it beside each key, with a colon that keeps it from being used unawares
      gpg(['--import'], readFileSync(file, 'utf8').replace(/^:(?=-----BEGIN)/m, ''))
      return gpg(['--armor', '--export', fingerprint])
    },
    close: () => void spawnSync('gpgconf', ['--kill', 'all'], { env }),
  }
}

/** With an SSH key. `options` of its line among the allowed signers: `valid-before="20260101"`. */
export function sshSigner(name: string, options = ''): Signer {
  const file = join(temporary('ssh-key'), 'id')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file], { env: { PATH } })
  const key = readFileSync(`${file}.pub`, 'utf8').trim()
  const fingerprint = execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`], { env: { PATH }, encoding: 'utf8' })
  return {
    options: { sign: ['-S'], config: { 'gpg.format': 'ssh', 'user.signingkey': file } },
    publicKey: `${name}@acme.com ${options} ${key}\n`,
    fingerprint: fingerprint.split(' ')[1]!,
  }
}

/** A file with what may sign. */
export function signersFile(...keys: readonly string[]): string {
  const file = join(temporary('signers'), 'signers')
  writeFileSync(file, keys.join(''))
  return file
}
