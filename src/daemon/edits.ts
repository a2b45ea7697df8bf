import { isDeepStrictEqual } from 'node:util'
import { manifestId, type Declaration, type Manifest } from '../core/manifest.ts'

/** What an edit touches: everything, or the manifests of these files. */
export type Touched = 'everything' | ReadonlySet<string>

type Texts = ReadonlyMap<string, string>
type Version = Declaration & { readonly texts: Texts }

/**
 * The files whose manifests must be looked at again: those that were edited, added or deleted, and those that name a manifest
 * of theirs, directly or through others. A change of the organization itself is one of everything. Too much costs a read, too
 * little would wait for the next sweep.
 */
export function touchedFiles(before: Version, after: Version): Touched {
  const files = editedFiles(before.texts, after.texts)
  const changed = changedManifests(before, after)
  if (changed.some(({ kind }) => kind === 'AtlassianOrganization')) return 'everything'
  const names = new Set(changed.map(({ name }) => name))
  const others = [...before.manifests, ...after.manifests].map((each) => ({ each, words: new Set(wordsOf(each.spec)) }))
  for (;;) {
    const found = others.filter(({ each, words }) => !names.has(each.name) && !words.isDisjointFrom(names))
    if (found.length === 0) break
    for (const { each } of found) names.add(each.name)
  }
  for (const { each } of others) if (names.has(each.name)) files.add(each.origin.file)
  return files
}

function editedFiles(before: Texts, after: Texts): Set<string> {
  const all = new Set([...before.keys(), ...after.keys()])
  return new Set([...all].filter((file) => before.get(file) !== after.get(file)))
}

/** In their old and in their new form. */
function changedManifests(before: Version, after: Version): readonly Manifest[] {
  const [old, young] = [byId(before.manifests), byId(after.manifests)]
  const isSame = (one: Manifest, other: Manifest | undefined): boolean =>
    isDeepStrictEqual(one.spec, other?.spec) && isDeepStrictEqual(one.annotations, other?.annotations)
  return [
    ...before.manifests.filter((each) => !isSame(each, young.get(manifestId(each)))),
    ...after.manifests.filter((each) => !isSame(each, old.get(manifestId(each)))),
  ]
}

const byId = (manifests: readonly Manifest[]): ReadonlyMap<string, Manifest> =>
  new Map(manifests.map((each) => [manifestId(each), each]))

/** Every text in it: one of them may be the name of another manifest. */
function wordsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(wordsOf)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(wordsOf) : []
}
