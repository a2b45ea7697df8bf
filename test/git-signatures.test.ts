import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { environment } from '../src/config.ts'
import type { Signature } from '../src/source/git/revision.ts'
import {
  makeRepository,
  open,
  organization,
  removeTemporaries,
  temporary,
  type TestRepository,
} from './git-repository.builder.ts'
import {
  hasGpg,
  hasSshKeygen,
  openKeyring,
  signersFile,
  sshSigner,
  type Keyring,
  type Signer,
} from './git-signing.builder.ts'

// git is some processes for each look
vi.setConfig({ testTimeout: 60_000 })
afterAll(removeTemporaries)

interface Case {
  readonly sign?: Signer
  /** Of a file that may sign, once the commit is made. */
  readonly trusts: () => readonly string[]
  /** What the branch is moved to after that. @returns a commit */
  readonly move?: (repository: TestRepository, commit: string) => string
  readonly env?: Readonly<Record<string, string>>
  readonly result: string
}

async function resultOf(method: Signature['method'], { sign, trusts, move, env }: Case): Promise<string> {
  const made = makeRepository()
  const commit = made.commit({ 'access/org.yaml': organization }, sign ? sign.options : {})
  if (move) made.git(['update-ref', 'refs/heads/main', move(made, commit)])
  const verification = { method, signersFile: signersFile(...trusts()) }
  const repository = await open(made.address, { path: 'access', verification, env: { ...environment(), ...env } })
  try {
    const { signature } = await repository.checkOut(await repository.poll())
    return `${signature!.method} ${signature!.signer} ${signature!.fingerprint}`
  } catch (error) {
    const { code, message } = error as Error & { readonly code: string }
    const [, what] = /(?: is not taken: |signers\S* )(.*)/.exec(message) ?? []
    return `${code}: ${what ?? message}`
  } finally {
    await repository.close()
  }
}

const refused = (why: string): string => `GIT_NOT_VERIFIED: ${why}`
const unsigned = refused('it is not signed')
const unknown = refused('its signer is none of those that are trusted')
const otherWay = `${unknown}, or it is signed in another way than is asked for`

/** The same signature over something else. */
const altered: Case['move'] = (repository, commit) => {
  const text = repository.git(['cat-file', 'commit', commit])
  return repository.git(['hash-object', '-t', 'commit', '-w', '--stdin'], `${text} it\n`)
}

const childOf: Case['move'] = (repository) => repository.commit({ 'access/b.yaml': '# nothing\n' })

let keyring: Keyring
let ana: Signer
let bea: Signer
beforeAll(() => {
  if (!hasGpg) return
  keyring = openKeyring()
  ana = keyring.make('ana')
  bea = keyring.make('bea')
})
afterAll(() => {
  if (hasGpg) keyring.close()
})

const trustsAna = () => [ana.publicKey]

const gpg: Readonly<Record<string, () => Case>> = {
  'a commit by a trusted key is taken, with its signer': () => ({
    sign: ana,
    trusts: trustsAna,
    result: `gpg ana@acme.com ${ana.fingerprint}`,
  }),
  'one of several trusted keys is enough': () => ({
    sign: bea,
    trusts: () => [ana.publicKey, bea.publicKey],
    result: `gpg bea@acme.com ${bea.fingerprint}`,
  }),
  'a commit without a signature is not taken': () => ({ trusts: trustsAna, result: unsigned }),
  'a key that is not among the trusted ones is nobody': () => ({ sign: bea, trusts: trustsAna, result: otherWay }),
  "a key of this machine's keyring is nobody": () => ({
    sign: bea,
    trusts: trustsAna,
    env: { GNUPGHOME: keyring.home },
    result: otherWay,
  }),
  'a signature over something else is wrong': () => ({
    sign: ana,
    trusts: trustsAna,
    move: altered,
    result: refused('its signature is wrong'),
  }),
  'a parent that is signed does not stand for its child': () => ({
    sign: ana,
    trusts: trustsAna,
    move: childOf,
    result: unsigned,
  }),
  'a key that has ended is nobody': () => {
    const sign = keyring.makeEnded('eve')
    return { sign, trusts: () => [sign.publicKey], result: refused('it is signed with a key that has ended') }
  },
  'a key that was revoked is nobody': () => {
    const sign = keyring.make('gus')
    return {
      sign,
      trusts: () => [keyring.revoke(sign)],
      result: refused('it is signed with a key that was revoked'),
    }
  },
  'an SSH signature is none': () => ({ sign: sshSigner('ana'), trusts: trustsAna, result: otherWay }),
  'a file without keys is a setting to mend': () => ({
    sign: ana,
    trusts: () => ['hello'],
    result: 'GIT_SETTING: holds no public keys that gpg can read',
  }),
}

describe.skipIf(!hasGpg)('gpg (skipped without gpg)', () => {
  for (const [name, make] of Object.entries(gpg)) {
    test(name, async () => {
      const each = make()
      expect(await resultOf('gpg', each)).toBe(each.result)
    })
  }

  test('a signed tag does not stand for its commit', async () => {
    const made = makeRepository({ 'access/org.yaml': organization })
    made.git(['tag', '-m', 'v1', '-u', ana.fingerprint, 'v1', 'main'], '', { GNUPGHOME: keyring.home })
    const verification = { method: 'gpg', signersFile: signersFile(ana.publicKey) } as const
    const repository = await open(made.address, { ref: 'v1', path: 'access', verification })
    await expect(repository.poll().then(repository.checkOut)).rejects.toThrow(/is not taken: it is not signed/)
    await repository.close()
  })
})

const signed = (options = ''): Signer => sshSigner('ana', options)

const ssh: Readonly<Record<string, () => Case>> = {
  'a commit by a trusted key is taken, with its signer': () => {
    const sign = signed()
    return { sign, trusts: () => [sign.publicKey], result: `ssh ana@acme.com ${sign.fingerprint}` }
  },
  'a commit without a signature is not taken': () => ({ trusts: () => [signed().publicKey], result: unsigned }),
  'a key that is not among the trusted ones is nobody': () => ({
    sign: signed(),
    trusts: () => [signed().publicKey],
    result: unknown,
  }),
  'a signature over something else is wrong': () => {
    const sign = signed()
    return {
      sign,
      trusts: () => [sign.publicKey],
      move: altered,
      result: refused('its signature is wrong'),
    }
  },
  'a parent that is signed does not stand for its child': () => {
    const sign = signed()
    return { sign, trusts: () => [sign.publicKey], move: childOf, result: unsigned }
  },
  'a key that ended before the commit is nobody': () => {
    const sign = signed('valid-before="20260101"')
    return { sign, trusts: () => [sign.publicKey], result: unknown }
  },
  'a key that ended after the commit was good then': () => {
    const sign = signed('valid-before="20261121"')
    return { sign, trusts: () => [sign.publicKey], result: `ssh ana@acme.com ${sign.fingerprint}` }
  },
  'a key that may sign files alone is nobody': () => {
    const sign = signed('namespaces="file"')
    return { sign, trusts: () => [sign.publicKey], result: refused('its signature is wrong') }
  },
  'an empty file trusts nobody': () => ({ sign: signed(), trusts: () => [], result: unknown }),
}

describe.skipIf(!hasSshKeygen)('ssh (skipped without ssh-keygen)', () => {
  for (const [name, make] of Object.entries(ssh)) {
    test(name, async () => {
      const each = make()
      expect(await resultOf('ssh', each)).toBe(each.result)
    })
  }

  test.skipIf(!hasGpg)('a gpg signature is none', async () => {
    const each = { sign: ana, trusts: () => [signed().publicKey], result: otherWay }
    expect(await resultOf('ssh', each)).toBe(each.result)
  })
})

const programs = {
  gpg: 'the gpg program is not on the PATH: install gnupg',
  ssh: 'the ssh-keygen program is not on the PATH: install openssh-client',
} as const

for (const method of ['gpg', 'ssh'] as const) {
  test(`${method}: where the program is missing it is said so`, async () => {
    const PATH = temporary('git-alone')
    symlinkSync(execFileSync('which', ['git'], { encoding: 'utf8' }).trim(), join(PATH, 'git'))
    const each = { trusts: () => ['x'], env: { PATH }, result: `GIT_SETTING: ${programs[method]}` }
    expect(await resultOf(method, each)).toBe(each.result)
  })
}
