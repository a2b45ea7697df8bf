import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readSelection } from './root.ts'
import { readYamlFiles } from './yaml-files.ts'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'roster-source-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const object = (name: string, kind = 'AtlassianUser') =>
  `apiVersion: roster.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: {}\n`

function write(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

interface Case {
  readonly files: Readonly<Record<string, string | Buffer>>
  readonly links?: Readonly<Record<string, string>>
  readonly paths?: readonly string[]
  readonly names: readonly string[]
  readonly codes?: readonly string[]
}

const cases: Readonly<Record<string, Case>> = {
  'a directory is read with all below it, in the order of the paths': {
    files: { 'b.yaml': object('b'), 'a/z.yml': object('z'), 'a/b/c.YAML': object('c'), 'a.txt': 'no' },
    names: ['c', 'z', 'b'],
  },
  'names that begin with a dot are skipped': {
    files: {
      '.github/workflows/ci.yaml': 'name: ci',
      '.roster/state.yaml': '1',
      '.hidden.yaml': '1',
      'a.yaml': object('a'),
    },
    names: ['a'],
  },
  'a file that was named itself is read whatever its name': {
    files: { '.a.txt': object('a') },
    paths: ['.a.txt'],
    names: ['a'],
  },
  'a file that was named twice is read once': {
    files: { 'a.yaml': object('a') },
    paths: ['.', 'a.yaml'],
    names: ['a'],
  },
  'a missing path is an error': { files: {}, paths: ['nowhere'], names: [], codes: ['FILE_UNREADABLE nowhere'] },
  'a directory without manifests is an error, not an empty declaration': {
    files: { 'read.me': '' },
    names: [],
    codes: ['FILE_UNREADABLE .'],
  },
  'a file of 10 MB is refused before it is parsed': {
    files: { 'a.yaml': object('a'), 'big.yaml': Buffer.alloc(10_000_000, '[') },
    names: ['a'],
    codes: ['FILE_TOO_LARGE big.yaml'],
  },
  'an empty file is an error of this file alone': {
    files: { 'a.yaml': object('a'), 'empty.yaml': '' },
    names: ['a'],
    codes: ['EMPTY_FILE empty.yaml'],
  },
  'bytes that are no text are refused': {
    files: { 'a.yaml': Buffer.from([0xff, 0xfe, 0x00]) },
    names: [],
    codes: ['YAML_SYNTAX a.yaml'],
  },
  'a link to a file out of the directory is refused': {
    files: { 'in/a.yaml': object('a'), 'out/secret.yaml': object('secret') },
    links: { 'in/link.yaml': 'out/secret.yaml' },
    paths: ['in'],
    names: ['a'],
    codes: ['FILE_UNREADABLE in/link.yaml'],
  },
  'a link to a directory out of the directory is refused': {
    files: { 'in/a.yaml': object('a'), 'out/secret.yaml': object('secret') },
    links: { 'in/link': 'out' },
    paths: ['in'],
    names: ['a'],
    codes: ['FILE_UNREADABLE in/link'],
  },
  'a link to its own directory does not lead in circles': {
    files: { 'in/a.yaml': object('a') },
    links: { 'in/again': 'in' },
    paths: ['in'],
    names: ['a'],
    codes: ['FILE_UNREADABLE in/again'],
  },
  'a link that leads nowhere is an error': {
    files: { 'a.yaml': object('a') },
    links: { 'b.yaml': 'gone.yaml' },
    names: ['a'],
    codes: ['FILE_UNREADABLE b.yaml'],
  },
}

for (const [name, { files, links = {}, paths = ['.'], names, codes = [] }] of Object.entries(cases)) {
  test(name, async () => {
    write(files)
    for (const [link, target] of Object.entries(links)) symlinkSync(join(folder, target), join(folder, link))
    const { manifests, diagnostics } = await readYamlFiles(paths, { cwd: folder })
    expect(manifests.map((each) => each.name)).toEqual(names)
    expect(diagnostics.map(({ code, origin }) => `${code} ${origin?.file}`)).toEqual(codes)
  })
}

const repository = {
  'access/organization.yaml': object('acme', 'AtlassianOrganization'),
  'access/teams/a.yaml': object('a'),
  'access/teams/b.yaml': object('b'),
  'access/people/c.yaml': object('c'),
  'other/d.yaml': object('d'),
}

const selections: Readonly<
  Record<string, { readonly paths: readonly string[]; readonly all: string; readonly selected: string }>
> = {
  'the directory of the organization is taken whole': { paths: ['access'], all: 'acme c a b', selected: 'acme c a b' },
  'a directory below it is selected, and the rest read for references': {
    paths: ['access/teams'],
    all: 'acme c a b',
    selected: 'a b',
  },
  'a file below it is selected alone': { paths: ['access/teams/b.yaml'], all: 'acme c a b', selected: 'b' },
  'without an organization above only what was given is read': { paths: ['other'], all: 'd', selected: 'd' },
}

for (const [name, { paths, all, selected }] of Object.entries(selections)) {
  test(name, async () => {
    write({ ...repository, '.git/HEAD': '' })
    const { declaration, isSelected } = await readSelection(paths, folder)
    expect(declaration.manifests.map((each) => each.name).join(' ')).toBe(all)
    expect(
      declaration.manifests
        .filter(isSelected)
        .map((each) => each.name)
        .join(' '),
    ).toBe(selected)
    expect(declaration.diagnostics).toEqual([])
  })
}

test('an organization above the repository is not looked for', async () => {
  write({
    'organization.yaml': object('acme', 'AtlassianOrganization'),
    'repo/.git/HEAD': '',
    'repo/a.yaml': object('a'),
  })
  expect((await readSelection(['repo/a.yaml'], folder)).declaration.manifests.map(({ name }) => name)).toEqual(['a'])
})
