import type { DeclaredObject } from '../core/kind.ts'
import { apiVersion } from '../core/manifest.ts'
import { kinds } from '../kinds/index.ts'
import type { Claims } from './claims.ts'
import { manifestOf, objectId, type ClusterObject } from './cluster-object.ts'
import type { ClusterEstate } from './estates.ts'

/** What an object says for others, as far as it can be understood without looking at anything else. */
interface Facts {
  readonly declared?: DeclaredObject
  /** `Kind/name` of the manifests that it names. */
  readonly names: ReadonlySet<string>
  /** It claims scopes that it does not name. */
  readonly selects: boolean
}

const known = new WeakMap<ClusterObject, Facts>()

/** Objects are frozen, and another version is another object. */
function factsOf(object: ClusterObject): Facts {
  const found = known.get(object) ?? learn(object)
  known.set(object, found)
  return found
}

function learn(object: ClusterObject): Facts {
  const kind = object.apiVersion === apiVersion ? kinds.get(object.kind) : undefined
  const manifest = manifestOf(object)
  const parsed = kind?.parse(manifest)
  if (!kind || !parsed || !('spec' in parsed)) return { names: new Set(), selects: false }
  const { spec } = parsed
  return {
    declared: { manifest, spec },
    names: new Set(kind.refersTo(spec).map((each) => `${each.kind}/${each.name}`)),
    selects: kind.selects(spec),
  }
}

/** The edited objects, and all that may share a scope with one of them as far as is known before looking. */
export function expansionOf(
  edited: ReadonlySet<string>,
  { members }: ClusterEstate,
  claims: Claims,
): ReadonlySet<string> {
  const editedKinds = new Set([...edited].map((id) => id.slice(0, id.indexOf('/'))))
  const isOpen = (each: ClusterObject): boolean =>
    claims.isUnknown(each) || (editedKinds.has(each.kind) && factsOf(each).selects)
  return edited.union(claims.sharing(edited)).union(new Set(members.filter(isOpen).map(objectId)))
}

/** The edited objects, and all that name one of them, directly or through others: what they mean may have changed. */
export function withDependents(edited: ReadonlySet<string>, members: readonly ClusterObject[]): ReadonlySet<string> {
  const reached = new Set(edited)
  const nameOf = (id: string): string => `${id.slice(0, id.indexOf('/'))}/${id.slice(id.lastIndexOf('/') + 1)}`
  let names = new Set([...edited].map(nameOf))
  while (names.size > 0) {
    const found = members
      .filter((each) => !reached.has(objectId(each)) && !factsOf(each).names.isDisjointFrom(names))
      .map(objectId)
    for (const id of found) reached.add(id)
    names = new Set(found.map(nameOf))
  }
  return reached
}
