import { expect, test } from 'vitest'
import { GitSettingError } from './git-error.ts'
import { lsRemoteArguments, parseRef, resolveRef, type WantedRef } from './git-ref.ts'

const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [string, string, string]

const parsed: Readonly<Record<string, readonly [string | undefined, WantedRef]>> = {
  'nothing is the default branch': [undefined, { kind: 'full', ref: 'HEAD' }],
  'a word is a branch or a tag': ['main', { kind: 'name', name: 'main' }],
  'a version is a name': ['v1.2.0', { kind: 'name', name: 'v1.2.0' }],
  'a name may have slashes': ['release/2026', { kind: 'name', name: 'release/2026' }],
  'a full name is taken as it is': ['refs/pull/7/head', { kind: 'full', ref: 'refs/pull/7/head' }],
  '40 digits are a commit': [a, { kind: 'commit', commit: a }],
  '64 digits are a commit': ['0'.repeat(64), { kind: 'commit', commit: '0'.repeat(64) }],
  '39 digits are a name': [a.slice(1), { kind: 'name', name: a.slice(1) }],
  'a caret makes a range': ['^1.2', { kind: 'range', range: '^1.2' }],
  'a range may have two ends': ['>=1 <3', { kind: 'range', range: '>=1 <3' }],
}

for (const [name, [given, wanted]] of Object.entries(parsed)) {
  test(name, () => expect(parseRef(given)).toEqual(wanted))
}

const refused: Readonly<Record<string, string>> = {
  'an option': '--upload-pack=id',
  'a range that is none': '^one',
  'a line break': 'main\nrefs/heads/x',
  'a revision expression': 'main@{1}',
  'two dots': 'a..b',
  'a pattern': 'refs/heads/m?in',
  'a colon': 'main:access',
  'a lock file': 'main.lock',
  'an empty name': '',
  'a name that ends with a slash': 'main/',
}

for (const [name, given] of Object.entries(refused)) {
  test(`${name} is no ref`, () => expect(() => parseRef(given)).toThrow(GitSettingError))
}

/** Any ref but a commit. */
const movable = (text?: string) => parseRef(text) as Exclude<WantedRef, { readonly kind: 'commit' }>

const printed = (refs: Readonly<Record<string, string>>): string =>
  Object.entries(refs)
    .map(([ref, commit]) => `${commit}\t${ref}\n`)
    .join('')

interface Case {
  readonly wanted: string
  readonly refs: Readonly<Record<string, string>>
  /** The commit and the ref, or what is wrong. */
  readonly result: string
}

const resolved: Readonly<Record<string, Case>> = {
  'a branch is found': { wanted: 'main', refs: { 'refs/heads/main': a }, result: `${a} refs/heads/main` },
  'a tag is found': { wanted: 'v1', refs: { 'refs/tags/v1': a }, result: `${a} refs/tags/v1` },
  'an annotated tag is the commit that it names': {
    wanted: 'v1',
    refs: { 'refs/tags/v1': a, 'refs/tags/v1^{}': b },
    result: `${b} refs/tags/v1`,
  },
  'a branch and a tag of one name are no answer': {
    wanted: 'v1',
    refs: { 'refs/heads/v1': a, 'refs/tags/v1': a },
    result: 'REF_AMBIGUOUS: v1 is a branch and a tag: write refs/heads/v1 or refs/tags/v1',
  },
  'a name inside another one is not it': {
    wanted: 'main',
    refs: { 'refs/heads/x/refs/heads/main': a },
    result: 'REF_GONE: there is no main',
  },
  'a part of a commit is not known': {
    wanted: 'aaaaaaa',
    refs: { 'refs/heads/main': a },
    result: 'REF_GONE: there is no aaaaaaa: write a commit in full',
  },
  'the highest version in a range': {
    wanted: '^1.2',
    refs: { 'refs/tags/v1.2.0': a, 'refs/tags/v1.10.0': b, 'refs/tags/v1.9.0': a, 'refs/tags/v2.0.0': c },
    result: `${b} refs/tags/v1.10.0`,
  },
  'a pre-release counts where it is asked for alone': {
    wanted: '^1.2',
    refs: { 'refs/tags/v1.3.0-rc.1': a, 'refs/tags/1.2.0': b },
    result: `${b} refs/tags/1.2.0`,
  },
  'what is no version is passed over': {
    wanted: '*',
    refs: { 'refs/tags/latest': a, 'refs/tags/1.0.0': b, 'refs/heads/9.0.0': c },
    result: `${b} refs/tags/1.0.0`,
  },
  'an annotated version is the commit that it names': {
    wanted: '^1',
    refs: { 'refs/tags/v1.0.0': a, 'refs/tags/v1.0.0^{}': b },
    result: `${b} refs/tags/v1.0.0`,
  },
  'one version with and without a v, on one commit, is one': {
    wanted: '^1',
    refs: { 'refs/tags/1.0.0': a, 'refs/tags/v1.0.0': a },
    result: `${a} refs/tags/1.0.0`,
  },
  'one version on two commits is no answer': {
    wanted: '^1',
    refs: { 'refs/tags/1.0.0': a, 'refs/tags/v1.0.0': b },
    result: 'REF_AMBIGUOUS: refs/tags/1.0.0 and refs/tags/v1.0.0 are one version and several commits',
  },
  'two builds of one version are no answer': {
    wanted: '^1',
    refs: { 'refs/tags/1.0.0+a': a, 'refs/tags/1.0.0+b': b },
    result: 'REF_AMBIGUOUS: refs/tags/1.0.0+a and refs/tags/1.0.0+b are one version and several commits',
  },
  'no version in the range': {
    wanted: '^2',
    refs: { 'refs/tags/v1.0.0': a },
    result: 'REF_GONE: no tag is a version in ^2',
  },
}

for (const [name, { wanted, refs, result }] of Object.entries(resolved)) {
  test(name, () => {
    const found = resolveRef(movable(wanted), printed(refs))
    expect('commit' in found ? `${found.commit} ${found.ref}` : `${found.reason}: ${found.detail}`).toBe(result)
  })
}

test('what git is given stands behind two dashes', () => {
  for (const text of [undefined, 'main', 'refs/tags/v1', '^1']) {
    const words = lsRemoteArguments(movable(text), 'https://example.com/a')
    expect(words.slice(words.indexOf('--') + 1)[0]).toBe('https://example.com/a')
    expect(words.slice(0, words.indexOf('--')).every((word) => /^(ls-remote|--heads|--tags)$/.test(word))).toBe(true)
  }
})
