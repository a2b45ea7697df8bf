import { expect, test } from 'vitest'
import { parseYaml } from '../source/yaml-documents.ts'
import { touchedFiles, type Touched } from './edits.ts'

type Texts = Readonly<Record<string, string>>

const manifest = (kind: string, name: string, spec: string): string =>
  `---\napiVersion: roster.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n`

const user = (name: string, email = `${name}@acme.com`) => manifest('AtlassianUser', name, `{ email: ${email} }`)
const crew = (name: string, spec: string) => manifest('AtlassianGroupMembership', name, spec)

const before: Texts = {
  organization: manifest('AtlassianOrganization', 'acme', '{ interval: 10m }'),
  people: user('ana') + user('bob'),
  pay: crew('pay', '{ group: pay-devs, members: [{ user: ana }] }'),
  all: crew('all', '{ group: everybody, includes: [pay] }'),
  other: crew('other', '{ group: other, members: [{ email: eve@acme.com }] }'),
}

const declared = (texts: Texts) => ({
  manifests: Object.entries(texts).flatMap(([file, text]) => parseYaml(text, file).manifests),
  diagnostics: [],
  texts: new Map(Object.entries(texts)),
})

const cases: Readonly<Record<string, readonly [Texts, Touched]>> = {
  'nothing was edited, nothing is touched': [before, new Set()],
  'a manifest touches its file': [{ ...before, other: crew('other', '{ group: other }') }, new Set(['other'])],
  'a manifest that others name touches them, also through others': [
    { ...before, people: user('ana', 'ana@example.com') + user('bob') },
    new Set(['people', 'pay', 'all']),
  ],
  'a manifest that nobody names touches its file alone': [
    { ...before, people: user('ana') + user('bob', 'bob@example.com') },
    new Set(['people']),
  ],
  'a deleted file touches those that named it': [
    { organization: before['organization']!, people: before['people']!, all: before['all']!, other: before['other']! },
    new Set(['pay', 'all']),
  ],
  'a new file touches itself': [{ ...before, young: user('cara') }, new Set(['young'])],
  'a new manifest touches those that waited for it': [
    { ...before, late: crew('late', '{ group: late, members: [{ user: dora }] }'), young: user('dora') },
    new Set(['late', 'young']),
  ],
  'a manifest that moves to another file touches both, and nobody who names it': [
    { ...before, people: user('bob'), ana: user('ana') },
    new Set(['people', 'ana']),
  ],
  'an annotation counts': [
    {
      ...before,
      other: before['other']!.replace('name: other', 'name: other, annotations: { roster.dev/deletion: Retain }'),
    },
    new Set(['other']),
  ],
  'a comment touches its file, as nobody can tell what it stands for': [
    { ...before, other: `${before['other']}# why\n` },
    new Set(['other']),
  ],
  'the organization touches everything': [
    { ...before, organization: manifest('AtlassianOrganization', 'acme', '{ interval: 5m }') },
    'everything',
  ],
  'a comment beside the organization does not': [
    { ...before, organization: `${before['organization']}# why\n` },
    new Set(['organization']),
  ],
}

for (const [sentence, [after, touched]] of Object.entries(cases))
  test(sentence, () => expect(touchedFiles(declared(before), declared(after))).toEqual(touched))
