import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { acme, folder, roster } from '../process.builder.ts'

const head = (kind: string, name: string): string =>
  `apiVersion: roster.dev/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`

const membership = `${head('AtlassianGroupMembership', 'm')}spec:\n  group: g\n  authority: Authoritative\n  members:\n`
const bomb = `${head('AtlassianUser', 'bomb')}spec:
  a: &a [x, x, x, x, x, x, x, x, x]
  b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
  c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
  email: [*c, *c]
`

/** `code line:column` of what is wrong with `access/new.yaml`, in the company's repository. */
const mistakes: Readonly<
  Record<string, { readonly text: string | Buffer; readonly found: string; readonly says?: string }>
> = {
  'an unknown field, with the nearest known one': {
    text: `${head('AtlassianUser', 'new')}spec:\n  email: new@acme.com\n  displayname: New\n  state: Active\n`,
    found: 'INVALID_SPEC 7:3',
    says: 'did you mean "displayName"?',
  },
  'a value of the wrong type': {
    text: `${head('AtlassianUser', 'new')}spec:\n  email: [new@acme.com]\n`,
    found: 'INVALID_SPEC 6:3',
    says: 'must be string',
  },
  'a value that is not one of the known': {
    text: `${head('AtlassianUser', 'new')}spec:\n  email: new@acme.com\n  state: Actve\n`,
    found: 'INVALID_SPEC 7:10',
    says: 'did you mean "Active"?',
  },
  'an unknown kind': {
    text: head('AtlassianUsr', 'new'),
    found: 'UNKNOWN_KIND 2:7',
    says: 'did you mean "AtlassianUser"?',
  },
  'an unknown version': {
    text: `apiVersion: roster.dev/v9\nkind: AtlassianUser\nmetadata: { name: new }\nspec: { email: n@acme.com }\n`,
    found: 'UNKNOWN_KIND 1:13',
    says: 'roster.dev/v1alpha1',
  },
  'an object that is declared twice': {
    text: `${head('AtlassianUser', 'ana-ruiz')}spec:\n  email: ana.ruiz@acme.com\n`,
    found: 'DUPLICATE_OBJECT 4:9',
    says: 'access/new.yaml',
  },
  'a user that no manifest declares': {
    text: `${membership}    - user: ana-riuz\n`,
    found: 'UNKNOWN_REFERENCE 9:13',
    says: 'did you mean "ana-ruiz"?',
  },
  'a bracket that is not closed': {
    text: `${head('AtlassianUser', 'new')}spec: { email: a\n`,
    found: 'YAML_SYNTAX 6:1',
  },
  'an empty file': { text: '', found: 'EMPTY_FILE 1:1' },
  'a file of 10 MB': { text: Buffer.alloc(10_000_000, 'a: b\n'), found: 'FILE_TOO_LARGE 1:1', says: '9.5 MiB' },
  'an alias bomb': { text: bomb, found: 'YAML_SYNTAX 9:15', says: 'more than 100 times' },
  'a tab as indentation': {
    text: `${head('AtlassianUser', 'new')}spec:\n\temail: a@acme.com\n`,
    found: 'YAML_SYNTAX 6:1',
    says: 'indent with spaces',
  },
  'a date that is none': {
    text: `${membership}    - user: ana-ruiz\n      expiresAt: 2027-13-45\n`,
    found: 'INVALID_SPEC 10:18',
  },
  'two ways to name a member at once': {
    text: `${membership}    - user: ana-ruiz\n      email: ana.ruiz@acme.com\n`,
    found: 'INVALID_SPEC 9:7',
  },
}

for (const [name, { text, found, says = found.split(' ')[0] }] of Object.entries(mistakes)) {
  test(`${name} is an error with its place`, async () => {
    const cwd = acme({ 'access/new.yaml': text })
    const { code, stdout } = await roster(['validate', 'access', '--json'], { cwd })
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; severity: string; origin: Place }[] }
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    const places = errors.map(({ code: which, origin }) => `${which} ${origin.line}:${origin.column}`)
    expect({ code, places }).toEqual({ code: 1, places: [found] })
    expect(stdout).toContain(JSON.stringify(says).slice(1, -1))
    rmSync(cwd, { recursive: true })
  })
}

interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

test('an unquoted date just works', async () => {
  const cwd = acme({ 'access/new.yaml': `${membership}    - user: ana-ruiz\n      expiresAt: 2027-03-31\n` })
  expect(await roster(['validate', 'access/new.yaml'], { cwd })).toEqual({
    code: 0,
    stdout: '1 manifest in 1 file: no mistakes. Next: roster plan access/new.yaml\n',
    stderr: '',
  })
})

test('a mistake is shown with the lines around it, on stdout because it is the result', async () => {
  const cwd = acme({ 'access/new.yaml': `${membership}    - user: ana-riuz\n` })
  const { stdout, stderr } = await roster(['validate', 'access/new.yaml'], { cwd })
  expect(stdout.split('\n')).toEqual([
    'access/new.yaml:9:13 error[UNKNOWN_REFERENCE]: no AtlassianUser manifest is named "ana-riuz"',
    '  7 |   authority: Authoritative',
    '  8 |   members:',
    '> 9 |     - user: ana-riuz',
    '    |             ^^^^^^^^ did you mean "ana-ruiz"?',
    '',
    '1 manifest in 1 file: 1 error.',
    '',
  ])
  expect(stderr).toBe('exit 1: error: the command could not do its work\n')
})

test('all mistakes of all files are found in one run', async () => {
  const user = (name: string): string => `${head('AtlassianUser', name)}spec:\n  mail: x\n`
  const cwd = acme({ 'access/a.yaml': `${user('a')}---\n${user('b')}`, 'access/b.yaml': user('c') })
  const { stdout } = await roster(['validate', 'access', '--json'], { cwd })
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { origin: Place; message: string }[] }
  const unknown = diagnostics.filter(({ message }) => message === 'unknown field "mail"')
  expect(unknown.map(({ origin }) => `${origin.file}:${origin.line}`).sort()).toEqual([
    'access/a.yaml:13',
    'access/a.yaml:6',
    'access/b.yaml:6',
  ])
})

test('mistakes elsewhere are not those of the file that was asked for', async () => {
  const cwd = acme({ 'access/a.yaml': 'nonsense', 'access/new.yaml': `${membership}    - user: ana-ruiz\n` })
  expect(await roster(['validate', 'access/new.yaml'], { cwd })).toMatchObject({ code: 0 })
})

test('manifests without an organization say so', async () => {
  const cwd = folder({ 'a.yaml': `${head('AtlassianUser', 'a')}spec: { email: a@acme.com }\n` })
  const { code, stdout } = await roster(['validate', '.'], { cwd })
  expect({ code, says: stdout.includes('error[NO_ORGANIZATION]') }).toEqual({ code: 1, says: true })
})

const begins: Readonly<Record<string, string>> = {
  junit: '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="roster validate" tests="1" failures="1"',
  sarif: '{\n  "$schema": "https://json.schemastore.org/sarif-2.1.0.json"',
  github: '::error file=access/new.yaml,line=9,col=13,endColumn=21,title=UNKNOWN_REFERENCE::no AtlassianUser',
  'code-quality': '[\n  {\n    "check_name": "UNKNOWN_REFERENCE"',
  json: '{\n  "formatVersion": "1.0",\n  "type": "validate",\n  "exitCode": 1',
}

for (const [output, text] of Object.entries(begins)) {
  test(`-o ${output} is all of stdout, and the exit code stays`, async () => {
    const cwd = acme({ 'access/new.yaml': `${membership}    - user: ana-riuz\n` })
    const { code, stdout } = await roster(['validate', 'access/new.yaml', '-o', output], { cwd })
    expect({ code, begin: stdout.slice(0, text.length) }).toEqual({ code: 1, begin: text })
  })
}
