import { eq, maxSatisfying, valid, validRange } from 'semver'
import { hasControlCharacter } from './git-address.ts'
import { GitSettingError } from './git-error.ts'

/** What to follow: a branch or a tag by its short or full name, a commit, or the highest version in a range. */
export type WantedRef =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'full'; readonly ref: string }
  | { readonly kind: 'commit'; readonly commit: string }
  | { readonly kind: 'range'; readonly range: string }

/** Where a ref points now. */
export interface Tip {
  readonly commit: string
  /** In full, `refs/heads/main`; of a pinned commit, the commit. */
  readonly ref: string
}

export type Resolved = Tip | { readonly reason: 'REF_GONE' | 'REF_AMBIGUOUS'; readonly detail: string }

const tagPrefix = 'refs/tags/'
const commitPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/** `undefined`: the default branch. @throws GitSettingError */
export function parseRef(text = 'HEAD'): WantedRef {
  if (commitPattern.test(text)) return { kind: 'commit', commit: text }
  if (/[~^<>=*|\s]/.test(text)) {
    if (validRange(text) === null || hasControlCharacter(text))
      throw new GitSettingError(`${JSON.stringify(text)} is no range of versions: write ^1.2 or >=1.0 <2`)
    return { kind: 'range', range: text }
  }
  if (!isRefName(text)) throw new GitSettingError(`${JSON.stringify(text)} cannot be the name of a branch or of a tag`)
  return text === 'HEAD' || text.startsWith('refs/') ? { kind: 'full', ref: text } : { kind: 'name', name: text }
}

/** As `git check-ref-format` has it, and without a dash in front. */
const isRefName = (name: string): boolean =>
  name !== '' &&
  !hasControlCharacter(name) &&
  !/[\s~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|[/.]$|(?:^|\/)\.|\.lock(?:\/|$)/.test(name)

/** Arguments of the `git ls-remote` that answers it. The server sends branches and tags alone where only they are meant. */
export function lsRemoteArguments(wanted: Exclude<WantedRef, { kind: 'commit' }>, url: string): readonly string[] {
  switch (wanted.kind) {
    case 'range':
      return ['ls-remote', '--tags', '--', url]
    case 'full':
      return ['ls-remote', ...namespaceFlag(wanted.ref), '--', url, wanted.ref, `${wanted.ref}^{}`]
    case 'name': {
      const refs = refsNamed(wanted.name)
      return ['ls-remote', '--heads', '--tags', '--', url, ...refs.flatMap((ref) => [ref, `${ref}^{}`])]
    }
    default:
      return wanted satisfies never
  }
}

const refsNamed = (name: string): readonly string[] => [`refs/heads/${name}`, `refs/tags/${name}`]

function namespaceFlag(ref: string): readonly string[] {
  if (ref.startsWith('refs/heads/')) return ['--heads']
  return ref.startsWith('refs/tags/') ? ['--tags'] : []
}

/** Which commit is meant, of what `git ls-remote` printed. Of an annotated tag, the commit that it names. Pure. */
export function resolveRef(wanted: Exclude<WantedRef, { kind: 'commit' }>, printed: string): Resolved {
  const tips = tipsOf(printed)
  if (wanted.kind === 'range') return highest(wanted.range, tips)
  const refs = wanted.kind === 'full' ? [wanted.ref] : refsNamed(wanted.name)
  const found = refs.flatMap((ref) => (tips.has(ref) ? [{ ref, commit: tips.get(ref)! }] : []))
  const name = wanted.kind === 'full' ? wanted.ref : wanted.name
  if (found.length === 0) return { reason: 'REF_GONE', detail: `there is no ${name}${hintFor(name)}` }
  if (found.length === 1) return found[0]!
  return { reason: 'REF_AMBIGUOUS', detail: `${name} is a branch and a tag: write ${refs.join(' or ')}` }
}

/** Only the server knows what a part of a commit's id means, and it is not asked that. */
const hintFor = (name: string): string => (/^[0-9a-f]{7,}$/.test(name) ? ': write a commit in full' : '')

function highest(range: string, tips: ReadonlyMap<string, string>): Resolved {
  const tags = [...tips].filter(([ref]) => ref.startsWith(tagPrefix))
  const names = tags.map(([ref]) => ref.slice(tagPrefix.length))
  const version = maxSatisfying(names, range)
  if (version === null) return { reason: 'REF_GONE', detail: `no tag is a version in ${range}` }
  // `1.2.0`, `v1.2.0` and `1.2.0+build` are one version
  const found = tags
    .map(([ref, commit]) => ({ ref, commit }))
    .filter(({ ref }) => valid(ref.slice(tagPrefix.length)) !== null && eq(ref.slice(tagPrefix.length), version))
  if (new Set(found.map(({ commit }) => commit)).size === 1) return found[0]!
  const refs = found.map(({ ref }) => ref)
  return { reason: 'REF_AMBIGUOUS', detail: `${refs.join(' and ')} are one version and several commits` }
}

function tipsOf(printed: string): ReadonlyMap<string, string> {
  const lines = printed.split('\n').flatMap((line) => {
    const [id = '', ref] = line.split('\t')
    return ref !== undefined && commitPattern.test(id) ? [[ref, id] as const] : []
  })
  const all = new Map(lines)
  return new Map([...all].filter(([ref]) => !ref.endsWith('^{}')).map(([ref, id]) => [ref, all.get(`${ref}^{}`) ?? id]))
}
