import type { Directory, Unread } from './directory.ts'
import type { Kind } from './kind.ts'
import type { Reader } from './ports.ts'
import { resourceId, scopeId, type Resource, type Scope } from './resource.ts'

export interface ObservedState {
  readonly resources: ReadonlyMap<string, Resource>
  /** Scopes that could not be read completely. Unknown is not empty: they take no part in the diff. */
  readonly unread: ReadonlyMap<string, Unread>
}

export interface ObserveInput {
  readonly kinds: ReadonlyMap<string, Kind>
  readonly reader: Reader
  readonly directory: Directory
  readonly catalogues: ReadonlyMap<string, unknown>
}

/** Reads the scopes asked for and nothing else. One forbidden scope never stops the rest. */
export async function observe(
  scopes: Iterable<Scope>,
  { kinds, reader, directory, catalogues }: ObserveInput,
): Promise<ObservedState> {
  const resources = new Map<string, Resource>()
  const unread = new Map<string, Unread>()
  const byKind = Map.groupBy(scopes, ({ kind }) => kind)
  await Promise.all(
    [...byKind].map(async ([name, all]) => {
      const kind = kinds.get(name)!
      const observation = await kind.observe(all, { reader, directory, catalogue: catalogues.get(name) })
      for (const scope of all) {
        const found = observation.get(scope.key) ?? forgotten
        if ('code' in found) unread.set(scopeId(scope), found)
        else for (const resource of found) resources.set(resourceId(resource), resource)
      }
    }),
  )
  return { resources, unread }
}

const forgotten: Unread = { code: 'INCOMPLETE', message: 'it was not read' }
