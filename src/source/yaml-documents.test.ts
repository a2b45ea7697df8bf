import { expect, test } from 'vitest'
import { parseYaml } from './yaml-documents.ts'

const envelope = 'apiVersion: roster.dev/v1alpha1\nkind: AtlassianUser\nmetadata:\n  name: ana\n'
const bomb = `${envelope}spec:
  a: &a [x, x, x, x, x, x, x, x, x]
  b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
  c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
  d: [*c, *c]
`

const mistakes: Readonly<Record<string, { readonly text: string; readonly found: readonly string[] }>> = {
  'an open bracket is a syntax error where it is missed': {
    text: `${envelope}spec:\n  members: [a, b\n`,
    found: ['YAML_SYNTAX 7:1'],
  },
  'a tab as indentation is named as such': {
    text: `${envelope}spec:\n\temail: ana@acme.com\n`,
    found: ['YAML_SYNTAX 6:1 a tab is not allowed as indentation'],
  },
  'a key that stands twice is refused at the second': {
    text: `${envelope}spec:\n  email: a@acme.com\n  email: b@acme.com\n`,
    found: ['YAML_SYNTAX 7:3 the key stands twice in one object'],
  },
  'an alias bomb is refused at the alias that multiplies the most': {
    text: bomb,
    found: ['YAML_SYNTAX 9:11 anchors are used more than 100 times through each other'],
  },
  'an anchor that is nowhere is refused at its use': {
    text: `${envelope}spec: *nobody\n`,
    found: ['YAML_SYNTAX 5:7'],
  },
  'an empty file declares nothing, and that is an error': { text: '', found: ['EMPTY_FILE 1:1'] },
  'comments alone declare nothing': { text: '# later\n---\n', found: ['EMPTY_FILE 1:1'] },
  'a list is no manifest': {
    text: '- a\n- b\n',
    found: ['NOT_AN_OBJECT 1:1 a manifest must be an object, this is a list'],
  },
  'a file that was never meant to be a manifest is one complaint': {
    text: 'name: build\non: push\njobs: {}\n',
    found: ['NOT_AN_OBJECT 1:1 this is no manifest: it has neither "apiVersion" nor "kind"'],
  },
  'a manifest that lacks its first line is told all that it lacks': {
    text: 'kind: Job\nname: build\n',
    found: [
      'NOT_AN_OBJECT 1:1 missing field "apiVersion"',
      'NOT_AN_OBJECT 2:1 unknown field "name"',
      'INVALID_NAME 1:1 missing field "metadata.name"',
    ],
  },
  'a misspelt field of the envelope is pointed at': {
    text: `${envelope}specs: {}\n`,
    found: ['NOT_AN_OBJECT 5:1 unknown field "specs"'],
  },
  'a name with capitals is refused at its value': {
    text: envelope.replace('ana', 'Ana Ruiz'),
    found: ['INVALID_NAME 4:9 "Ana Ruiz" cannot be a name'],
  },
  'a name that YAML reads as a number must be quoted': {
    text: envelope.replace('ana', '42'),
    found: ['INVALID_NAME 4:9 "metadata.name" must be a string'],
  },
  'a missing name is refused where it is missed': {
    text: 'apiVersion: roster.dev/v1alpha1\nkind: AtlassianUser\nmetadata: {}\n',
    found: ['INVALID_NAME 3:1 missing field "metadata.name"'],
  },
  'an annotation must be a string': {
    text: `${envelope}  annotations:\n    roster.dev/deletion: true\n`,
    found: ['NOT_AN_OBJECT 6:26 annotation "roster.dev/deletion" must be a string'],
  },
}

for (const [name, { text, found }] of Object.entries(mistakes)) {
  test(name, () => {
    const { manifests, diagnostics } = parseYaml(text, 'a.yaml')
    const seen = diagnostics.map(({ code, origin, message }) => `${code} ${origin?.line}:${origin?.column} ${message}`)
    expect(manifests).toEqual([])
    expect(seen).toHaveLength(found.length)
    for (const [index, want] of found.entries()) expect(seen[index]).toContain(want)
  })
}

const values: Readonly<Record<string, { readonly yaml: string; readonly value: unknown }>> = {
  'an unquoted date is the string that was written': { yaml: '2027-03-31', value: '2027-03-31' },
  'an unquoted time is the string that was written': { yaml: '2027-03-31T10:00:00Z', value: '2027-03-31T10:00:00Z' },
  'NO is a country, not a boolean': { yaml: 'NO', value: 'NO' },
  'on is a word, not a boolean': { yaml: 'on', value: 'on' },
  'a leading zero is not octal': { yaml: '0o17', value: 15 },
  'a time of day is not sexagesimal': { yaml: '12:30', value: '12:30' },
  'a key of a prototype is a plain key': { yaml: '{ __proto__: 1 }', value: JSON.parse('{ "__proto__": 1 }') },
}

for (const [name, { yaml, value }] of Object.entries(values)) {
  test(name, () => {
    const { manifests, diagnostics } = parseYaml(`${envelope}spec:\n  field: ${yaml}\n`, 'a.yaml')
    expect(diagnostics).toEqual([])
    expect(manifests[0]?.spec).toEqual({ field: value })
  })
}

test('one bad document leaves the others of the file in force', () => {
  const good = (name: string) => envelope.replace('ana', name)
  const { manifests, diagnostics } = parseYaml(`${good('one')}---\n- bad\n---\n${good('two')}`, 'a.yaml')
  expect(manifests.map(({ name, origin }) => `${name} ${origin.line}`)).toEqual(['one 2', 'two 9'])
  expect(diagnostics.map(({ code, origin }) => `${code} ${origin?.line}`)).toEqual(['NOT_AN_OBJECT 6'])
})

test('a separator with nothing after it is no document', () => {
  expect(parseYaml(`---\n${envelope}---\n# the end\n`, 'a.yaml')).toMatchObject({
    diagnostics: [],
    manifests: [{ name: 'ana' }],
  })
})

test('namespace and annotations are kept', () => {
  const text = `${envelope}  namespace: payments\n  annotations: { roster.dev/deletion: Retain }\n`
  const want = { namespace: 'payments', annotations: { 'roster.dev/deletion': 'Retain' } }
  expect(parseYaml(text, 'a.yaml').manifests[0]).toMatchObject(want)
})

const located = `${envelope}spec:
  email: ana@acme.com
  members:
    - user: ana
      reason: &why "JIRA-812"
    - { user: tom, reason: *why }
    - &third
      user: ida
  copy: *third
  text: |
    two
    lines
`

const places: Readonly<
  Record<string, { readonly path: readonly (string | number)[]; readonly atKey?: true; readonly at: string }>
> = {
  'a value is underlined from end to end': { path: ['spec', 'email'], at: '6:10-22' },
  'a key is underlined when the key is wrong': { path: ['spec', 'email'], atKey: true, at: '6:3-8' },
  'a value in an item of a list': { path: ['spec', 'members', 0, 'user'], at: '8:13-16' },
  'a quoted value with its quotes, without its anchor': { path: ['spec', 'members', 0, 'reason'], at: '9:20-30' },
  'an item that is a map is pointed at by its first key': { path: ['spec', 'members', 0], at: '8:7-11' },
  'an item in braces is pointed at by its brace': { path: ['spec', 'members', 1], at: '10:7-undefined' },
  'an alias is pointed at where it is used': { path: ['spec', 'members', 1, 'reason'], at: '10:28-32' },
  'a path goes through an alias': { path: ['spec', 'copy', 'user'], at: '12:13-16' },
  'a list is pointed at by its key': { path: ['spec', 'members'], at: '7:3-10' },
  'a text of many lines is pointed at where it begins': { path: ['spec', 'text'], at: '14:9-undefined' },
  'what is missing is pointed at by its parent': { path: ['spec', 'members', 0, 'email'], atKey: true, at: '8:7-11' },
  'the empty path is the manifest': { path: [], at: '1:1-11' },
}

for (const [name, { path, atKey, at }] of Object.entries(places)) {
  test(name, () => {
    const { line, column, endColumn } = parseYaml(located, 'a.yaml').manifests[0]!.locate(path, atKey)
    expect(`${line}:${column}-${endColumn}`).toBe(at)
  })
}
