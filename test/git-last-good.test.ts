import { rename } from 'node:fs/promises'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { look, type GoodRevision } from '../src/source/git/look.ts'
import type { Repository } from '../src/source/git/repository.ts'
import { nextRevision, type InForce } from '../src/source/git/revision.ts'
import {
  group,
  makeRepository,
  open,
  organization,
  removeTemporaries,
  type OpenOptions,
} from './git-repository.builder.ts'
import { hasSshKeygen, signersFile, sshSigner } from './git-signing.builder.ts'

// git is some processes for each look
vi.setConfig({ testTimeout: 60_000 })
afterAll(removeTemporaries)

const start = { 'access/org.yaml': organization, 'access/a.yaml': group('a') }

/** Looks again and again, as a daemon does. */
function follow(repository: Repository) {
  let inForce: InForce<GoodRevision> = {}
  let commands = 0
  const counted: Repository = {
    ...repository,
    checkOut: (tip) => {
      commands += 1
      return repository.checkOut(tip)
    },
  }
  return {
    /** What happened, and what is in force then: the names of its groups. */
    look: async (): Promise<string> => {
      const next = nextRevision(inForce, await look(counted, inForce), 0)
      inForce = next.inForce
      const groups = inForce.good?.declaration.manifests.filter(({ kind }) => kind === 'AtlassianGroup') ?? []
      const reason = inForce.refused ? ` (${inForce.refused.reason})` : ''
      return `${next.event}${reason}: ${groups.map(({ name }) => name).join(' ') || 'nothing'}`
    },
    message: () => inForce.refused?.message ?? '',
    checkOuts: () => commands,
  }
}

async function followed(options: OpenOptions = {}, files: Readonly<Record<string, string>> = start) {
  const made = makeRepository(files)
  const repository = await open(made.address, { ref: 'main', path: 'access', ...options })
  return { made, ...follow(repository), close: repository.close }
}

const bad: Readonly<
  Record<
    string,
    { readonly change: Readonly<Record<string, string | null>>; readonly reason: string; readonly says: RegExp }
  >
> = {
  'a file that does not parse': {
    change: { 'access/b.yaml': 'kind: [\n', 'access/a.yaml': null },
    reason: 'NOT_PARSED',
    says: /^commit [0-9a-f]{40} is not taken: access\/b\.yaml:\d+:\d+ /,
  },
  'the path renamed away': {
    change: { 'access/org.yaml': null, 'access/a.yaml': null, 'acces/org.yaml': organization },
    reason: 'PATH_GONE',
    says: /^access does not exist in commit [0-9a-f]{40}$/,
  },
  'the path emptied of YAML': {
    change: { 'access/org.yaml': null, 'access/a.yaml': null, 'access/README.md': 'gone' },
    reason: 'PATH_GONE',
    says: /^access holds no \*\.yaml or \*\.yml file in commit/,
  },
  'the organization gone': {
    change: { 'access/org.yaml': null },
    reason: 'NOT_PARSED',
    says: /it declares no AtlassianOrganization$/,
  },
  'a file that moved to Git LFS': {
    change: { 'access/a.yaml': 'version https://git-lfs.github.com/spec/v1\n' },
    reason: 'NOT_PARSED',
    says: /access\/a\.yaml it is kept in Git LFS/,
  },
}

describe('a bad revision after a good one: the good one stays, it is read once, and the next good one is taken', () => {
  for (const [name, { change, reason, says }] of Object.entries(bad)) {
    test(name, async () => {
      const { made, look: next, message, checkOuts, close } = await followed()
      expect(await next()).toBe('taken: a')
      made.commit(change)
      expect(await next()).toBe(`refused (${reason}): a`)
      expect(message()).toMatch(says)
      expect(await next()).toBe(`unchanged (${reason}): a`)
      expect(checkOuts()).toBe(2)
      made.commit({ ...start, 'access/b.yaml': group('b') })
      expect(await next()).toBe('taken: a b')
      await close()
    })
  }
})

test('a bad revision that is taken back leaves everything as it was, and nothing is read again', async () => {
  const { made, look: next, checkOuts, close } = await followed()
  const before = made.git(['rev-parse', 'main'])
  await next()
  made.commit({ 'access/b.yaml': 'kind: [\n' })
  expect(await next()).toBe('refused (NOT_PARSED): a')
  made.git(['update-ref', 'refs/heads/main', before])
  expect(await next()).toBe('mended: a')
  expect(checkOuts()).toBe(2)
  await close()
})

test('with nothing good before it a bad revision leaves nothing in force', async () => {
  const { look: next, close } = await followed({}, { ...start, 'access/b.yaml': 'kind: [\n' })
  expect(await next()).toBe('refused (NOT_PARSED): nothing')
  await close()
})

test('a deleted branch leaves the last good revision in force until the branch is back', async () => {
  const { made, look: next, message, close } = await followed()
  const before = made.git(['rev-parse', 'main'])
  await next()
  made.git(['update-ref', '-d', 'refs/heads/main'])
  expect(await next()).toBe('refused (REF_GONE): a')
  expect(message()).toMatch(/there is no main$/)
  expect(await next()).toBe('still-refused (REF_GONE): a')
  made.git(['update-ref', 'refs/heads/main', before])
  expect(await next()).toBe('mended: a')
  await close()
})

test('a force-push is taken, to a history without what was before, and back again', async () => {
  const { made, look: next, close } = await followed()
  const before = made.git(['rev-parse', 'main'])
  await next()
  made.commit({ ...start, 'access/c.yaml': group('c') }, { isRoot: true })
  expect(await next()).toBe('taken: a c')
  made.git(['update-ref', 'refs/heads/main', before])
  expect(await next()).toBe('taken: a')
  await close()
})

test('a tag that comes to mean a branch too is no longer followed', async () => {
  const { made, look: next, close } = await followed({ ref: 'live' }, start)
  made.git(['tag', 'live', 'main'])
  expect(await next()).toBe('taken: a')
  made.commit({ ...start, 'access/evil.yaml': group('evil') }, { branch: 'live' })
  expect(await next()).toBe('refused (REF_AMBIGUOUS): a')
  await close()
})

test('the highest version in a range is followed, and a pre-release is not', async () => {
  const { made, look: next, close } = await followed({ ref: '^1' })
  const release = (tag: string, name: string) => {
    const commit = made.commit({ [`access/${name}.yaml`]: group(name) })
    made.git(['tag', '-m', tag, tag, commit])
  }
  expect(await next()).toBe('refused (REF_GONE): nothing')
  release('v1.0.0', 'b')
  expect(await next()).toBe('taken: a b')
  release('v2.0.0', 'c')
  release('v1.1.0-rc.1', 'd')
  expect(await next()).toBe('unchanged: a b')
  release('v1.1.0', 'e')
  expect(await next()).toBe('taken: a b c d e')
  await close()
})

test('a commit that is pinned stays, wherever the branch goes', async () => {
  const made = makeRepository(start)
  const repository = await open(made.address, { ref: made.git(['rev-parse', 'main']), path: 'access' })
  const { look: next } = follow(repository)
  expect(await next()).toBe('taken: a')
  made.commit({ 'access/b.yaml': group('b') })
  expect(await next()).toBe('unchanged: a')
  await repository.close()
})

test('a repository that cannot be reached leaves the last good revision in force, and is tried again', async () => {
  const { made, look: next, close } = await followed()
  await next()
  await rename(made.directory, `${made.directory}-away`)
  expect(await next()).toBe('refused (UNREACHABLE): a')
  expect(await next()).toBe('still-refused (UNREACHABLE): a')
  await rename(`${made.directory}-away`, made.directory)
  expect(await next()).toBe('mended: a')
  await close()
})

test.skipIf(!hasSshKeygen)('a commit that is not signed is not taken, and the next signed one is', async () => {
  const ana = sshSigner('ana')
  const made = makeRepository()
  made.commit(start, ana.options)
  const verification = { method: 'ssh', signersFile: signersFile(ana.publicKey) } as const
  const repository = await open(made.address, { ref: 'main', path: 'access', verification })
  const { look: next, checkOuts } = follow(repository)
  expect(await next()).toBe('taken: a')
  made.commit({ 'access/b.yaml': group('b') })
  expect(await next()).toBe('refused (NOT_VERIFIED): a')
  // the keys may be mended without a commit
  expect(await next()).toBe('still-refused (NOT_VERIFIED): a')
  expect(checkOuts()).toBe(3)
  made.commit({ 'access/c.yaml': group('c') }, ana.options)
  expect(await next()).toBe('taken: a b c')
  await repository.close()
})
