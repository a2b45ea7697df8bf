import { isError } from '../core/diagnostic.ts'
import type { Survey } from '../core/reconcile.ts'
import { objectId, type ClusterObject } from './cluster-object.ts'

/** Which manifests claim which scopes, as the passes have seen it: whoever shares a scope must be heard with the others. */
export interface Claims {
  /** Everything that shares a scope with one of these, by file. */
  readonly sharing: (files: ReadonlySet<string>) => ReadonlySet<string>
  /** No pass has seen what this one claims as it is now, or it could not be said without doubt. */
  readonly isUnknown: (object: ClusterObject) => boolean
  /** Who claims a scope of this survey and was not worked out in it. */
  readonly missing: (survey: Survey, expanded: ReadonlySet<string>) => ReadonlySet<string>
  readonly learn: (survey: Survey, about: Learned) => void
}

export interface Learned {
  /** Which files were in question. */
  readonly covers: (file: string) => boolean
  /** As the pass has seen them. */
  readonly members: readonly ClusterObject[]
}

export function createClaims(): Claims {
  const files = new Map<string, Set<string>>()
  const scopes = new Map<string, Set<string>>()
  const generations = new Map<string, number>()
  const forget = (file: string): void => {
    for (const scope of scopes.get(file) ?? []) files.get(scope)?.delete(file)
    scopes.delete(file)
    generations.delete(file)
  }
  const add = (scope: string, file: string): void => {
    grouped(files, scope).add(file)
    grouped(scopes, file).add(scope)
  }
  return {
    sharing: (asked) => {
      const found = new Set<string>()
      for (const file of asked)
        for (const scope of scopes.get(file) ?? []) for (const other of files.get(scope) ?? []) found.add(other)
      return found
    },
    isUnknown: (object) => generations.get(objectId(object)) !== generationOf(object),
    missing: ({ desired }, expanded) => {
      const found = new Set<string>()
      for (const scope of desired.scopes.keys())
        for (const file of files.get(scope) ?? []) if (!expanded.has(file)) found.add(file)
      return found
    },
    learn: ({ desired, diagnostics }, { covers, members }) => {
      for (const file of new Set([...scopes.keys(), ...generations.keys()])) if (covers(file)) forget(file)
      const doubtful = new Set(diagnostics.filter(isError).map(({ origin }) => origin?.file))
      for (const each of members) {
        const file = objectId(each)
        if (covers(file) && !doubtful.has(file)) generations.set(file, generationOf(each))
      }
      for (const [scope, { origins }] of desired.scopes)
        for (const { file } of origins) if (covers(file)) add(scope, file)
    },
  }
}

const generationOf = ({ metadata }: ClusterObject): number => metadata.generation ?? 0

function grouped(map: Map<string, Set<string>>, key: string): Set<string> {
  const found = map.get(key) ?? new Set<string>()
  map.set(key, found)
  return found
}
