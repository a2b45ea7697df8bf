import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { isError } from '../src/core/diagnostic.ts'
import { GitError } from '../src/source/git/git-error.ts'
import { look } from '../src/source/git/look.ts'
import { readRevision } from '../src/source/git/read-revision.ts'
import type { Repository } from '../src/source/git/repository.ts'
import { nextRevision, RevisionError } from '../src/source/git/revision.ts'
import {
  group,
  link,
  makeRepository,
  open,
  organization,
  removeTemporaries,
  submodule,
  type Entry,
  type TestRepository,
} from './git-repository.builder.ts'

// git is some processes for each look
vi.setConfig({ testTimeout: 60_000 })
afterAll(removeTemporaries)

interface Case {
  /** Beside `access/org.yaml`, which is always there. */
  readonly files: Readonly<Record<string, Entry>>
  readonly path?: string
  /** What is read, what is told, or why the commit is refused. */
  readonly result: string
}

/** Also the table in docs/git.md. */
const cases: Readonly<Record<string, Case>> = {
  'a link to a file outside the repository': {
    files: { 'access/passwd.yaml': link('/etc/passwd') },
    result: 'access/passwd.yaml: the link leads out of the repository',
  },
  'a link up and out of the repository': {
    files: { 'access/up.yaml': link('../../../secret.yaml') },
    result: 'access/up.yaml: the link leads out of the repository',
  },
  'a YAML link to a file in the repository': {
    files: { 'access/b.yaml': link('org.yaml') },
    result: 'access/b.yaml: links are not followed in Git',
  },
  'a directory that became a link': {
    files: { 'access/team': link('../other'), 'other/a.yaml': group('a') },
    result: 'access/team: only a link to a file in the repository is passed over',
  },
  'a link to a link to a directory': {
    files: { 'access/team': link('../hop/x'), hop: link('other'), 'other/x/a.yaml': group('a') },
    result: 'access/team: only a link to a file in the repository is passed over',
  },
  'a link to a README': {
    files: { 'access/README.md': link('../README.md'), 'README.md': 'hello' },
    result: 'read: access/org.yaml',
  },
  'a submodule below the path': {
    files: { 'access/shared': submodule },
    result: 'access/shared: it is a submodule: what it declares is not read',
  },
  'a submodule elsewhere': { files: { vendor: submodule }, result: 'read: access/org.yaml' },
  'a .gitmodules that names an option as its address': {
    files: { '.gitmodules': '[submodule "x"]\n\tpath = vendor\n\turl = --upload-pack=touch\n', vendor: submodule },
    result: 'refused by git: fetch',
  },
  'a directory called .git': { files: { '.git/config': '[core]\n' }, result: 'refused by git: fetch' },
  'a directory called .GIT below the path': {
    files: { 'access/.GIT/hooks/post-checkout': 'touch /tmp/x' },
    result: 'refused by git: fetch',
  },
  'a directory called git~1, which Windows takes for .git': {
    files: { 'access/git~1/a.yaml': group('a') },
    result: 'refused by git: fetch',
  },
  'a directory called ..': { files: { '../a.yaml': group('a') }, result: 'refused by git: fetch' },
  'a name that is an option': {
    files: { 'access/--upload-pack=id.yaml': group('a') },
    result: 'read: access/--upload-pack=id.yaml, access/org.yaml',
  },
  'a path that is an option': {
    files: { '-rf/org.yaml': organization },
    path: '-rf',
    result: 'read: -rf/org.yaml',
  },
  'a name with a line break': {
    files: { 'access/a\nb.yaml': group('a') },
    result: '"access/a\\nb.yaml": the name is no readable text',
  },
  'names with spaces, quotes and letters of all kinds': {
    files: { 'access/ä "b\' c.yaml': group('a') },
    result: 'read: access/org.yaml, access/ä "b\' c.yaml',
  },
  'a pattern as a path': { files: {}, path: 'acc*', result: 'PATH_GONE' },
  'a path that is a link': { files: { here: link('access') }, path: 'here', result: 'PATH_GONE' },
  'a path below a link': { files: { here: link('.') }, path: 'here/access', result: 'PATH_GONE' },
  'a path that is a submodule': { files: { here: submodule }, path: 'here', result: 'PATH_GONE' },
  'a path that is gone': { files: {}, path: 'acces', result: 'PATH_GONE' },
  'a path without YAML': { files: { 'docs/a.md': 'a' }, path: 'docs', result: 'PATH_GONE' },
  'a file as a path': { files: {}, path: 'access/org.yaml', result: 'read: access/org.yaml' },
  'a Git LFS pointer': {
    files: { 'access/a.yaml': 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n' },
    result: 'access/a.yaml: it is kept in Git LFS, which is not read',
  },
  'a file of 2 MiB': {
    files: { 'access/a.yaml': `# ${'x'.repeat(2 * 1024 * 1024)}\n` },
    result: 'access/a.yaml: the file has 2.0 MiB, a manifest file may have 1',
  },
  'a file that is not UTF-8': {
    files: { 'access/a.yaml': Buffer.from([0x61, 0xff, 0x0a]) },
    result: 'access/a.yaml: the file is not UTF-8 text',
  },
  'attributes that name a filter': {
    files: { '.gitattributes': '*.yaml filter=evil\n', 'access/.gitattributes': '* working-tree-encoding=UTF-16\n' },
    result: 'read: access/org.yaml',
  },
  'files whose names begin with a dot': {
    files: { 'access/.github/workflows/a.yaml': 'on: push\n', 'access/.x.yaml': 'x' },
    result: 'read: access/org.yaml',
  },
}

async function resultOf({ files, path = 'access' }: Case): Promise<string> {
  const made = makeRepository({ 'access/org.yaml': organization, ...files })
  const repository = await open(made.address, { path })
  try {
    const revision = await repository.checkOut(await repository.poll())
    const declaration = readRevision(revision)
    const [error] = declaration.diagnostics.filter(isError)
    return error ? `${error.origin!.file}: ${error.message}` : `read: ${declaration.files.join(', ')}`
  } catch (error) {
    if (error instanceof RevisionError) return error.refusal.reason
    if (error instanceof GitError) return `refused by git: ${error.failure.operation}`
    throw error
  } finally {
    await repository.close()
  }
}

for (const [name, each] of Object.entries(cases)) {
  test(`${name}: ${each.result}`, async () => expect(await resultOf(each)).toBe(each.result))
}

/** @returns the code of the error, and how often the commit was read for it in two looks */
async function refusalOf(made: TestRepository) {
  const repository = await open(made.address)
  let checkOuts = 0
  const checkOut: Repository['checkOut'] = (tip) => {
    checkOuts += 1
    return repository.checkOut(tip)
  }
  const counted = { ...repository, checkOut }
  const first = nextRevision({}, await look(counted, {}), 0)
  await look(counted, first.inForce)
  await repository.close()
  return { reason: first.inForce.refused?.reason, checkOuts }
}

test('more than 20,000 YAML files are refused, and not read at the next look', async () => {
  const made = makeRepository()
  const id = made.git(['hash-object', '-w', '--stdin'], '# nothing')
  const lines = Array.from({ length: 20_001 }, (_, index) => `100644 blob ${id}\t${index}.yaml\0`)
  const tree = made.git(['mktree', '-z'], lines.join(''))
  made.git(['update-ref', 'refs/heads/main', made.git(['commit-tree', '-m', 'Many', tree])])
  expect(await refusalOf(made)).toEqual({ reason: 'TOO_LARGE', checkOuts: 1 })
})

test('more than 128 MiB of YAML are refused, and not read at the next look', async () => {
  const text = (index: number) => `# ${index} ${'x'.repeat(1024 * 1024 - 10)}`
  const made = makeRepository(
    Object.fromEntries(Array.from({ length: 129 }, (_, index) => [`${index}.yaml`, text(index)])),
  )
  expect(await refusalOf(made)).toEqual({ reason: 'TOO_LARGE', checkOuts: 1 })
})

test('a repository of SHA-256 is read as any other', async () => {
  const made = makeRepository({ 'access/org.yaml': organization }, 'sha256')
  const repository = await open(made.address, { path: 'access' })
  const { commit, files } = await repository.checkOut(await repository.poll())
  expect([commit.length, ...files.keys()]).toEqual([64, 'access/org.yaml'])
  await repository.close()
})

/** How docs/git.md puts a result. */
const words: readonly (readonly [RegExp, RegExp])[] = [
  [/^read: /, /^read|^passed over/],
  [/^refused by git: /, /^git refuses the commit$/],
  [/^PATH_GONE$/, /^the commit is refused$|^no such path$/],
  [/: /, /^told/],
]

test('the table of docs/git.md is this one', () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/git.md'), 'utf8')
  const [, table = ''] = /^\| in the repository .*\n\|.*\n((?:\|.*\n)+)/m.exec(page) ?? []
  const rows = table.trim().split('\n')
  const told = new Map(
    rows.map((row) => row.split('|').slice(1, 3)).map(([name, then]) => [name!.trim(), then!.trim()]),
  )
  expect([...told.keys()]).toEqual(Object.keys(cases))
  const wrong = [...told].filter(([name, then]) => {
    const [, word] = words.find(([result]) => result.test(cases[name]!.result))!
    return !word.test(then)
  })
  expect(wrong).toEqual([])
})
