import type { DeclaredObject, Kind, Reference } from './kind.ts'
import type { Manifest } from './manifest.ts'

/**
 * What a manifest may mean by a name: what is in its own namespace, else what is in the organization's. Never what another
 * team has called so, or a name could be taken over.
 */
export function namesInSight<Named extends { readonly manifest: Manifest }>(
  all: readonly Named[],
  home: string | undefined,
): (from: Pick<Manifest, 'namespace'>) => ReadonlyMap<string, Named> {
  const byNamespace = Map.groupBy(all, ({ manifest }) => manifest.namespace)
  return onceEach(({ namespace }) => {
    const places = namespace === home ? [home] : [home, namespace]
    const inSight = places.flatMap((place) => byNamespace.get(place) ?? [])
    return new Map(inSight.map((each) => [each.manifest.name, each]))
  })
}

/** One answer for each namespace. */
export function onceEach<Answer>(
  answer: (from: Pick<Manifest, 'namespace'>) => Answer,
): (from: Pick<Manifest, 'namespace'>) => Answer {
  const known = new Map<string | undefined, Answer>()
  return (from) => {
    const found = known.get(from.namespace) ?? answer(from)
    known.set(from.namespace, found)
    return found
  }
}

type Objects = ReadonlyMap<string, readonly DeclaredObject[]>

/** What each object means by the names of other manifests that it has. */
export function createReferences(
  objects: Objects,
  kinds: ReadonlyMap<string, Kind>,
  home: string | undefined,
): (object: DeclaredObject) => readonly DeclaredObject[] {
  const inSight = new Map(
    [...objects].map(([kind, all]) => [
      kind,
      namesInSight(
        all.filter(({ manifest }) => !manifest.retired),
        home,
      ),
    ]),
  )
  const meant = (from: Manifest, { kind, name }: Reference) => inSight.get(kind)?.(from).get(name) ?? []
  return ({ manifest, spec }) =>
    kinds
      .get(manifest.kind)!
      .refersTo(spec)
      .flatMap((reference) => meant(manifest, reference))
}

/** Whatever these lead to by name, step by step, without themselves. */
export function reachedFrom(
  start: Iterable<DeclaredObject>,
  next: (object: DeclaredObject) => readonly DeclaredObject[],
): ReadonlySet<DeclaredObject> {
  const begun = new Set(start)
  const reached = new Set<DeclaredObject>()
  const steps = [...begun]
  for (let step = steps.pop(); step; step = steps.pop()) {
    for (const each of next(step)) {
      if (begun.has(each) || reached.has(each)) continue
      reached.add(each)
      steps.push(each)
    }
  }
  return reached
}
