import type { ResourceType } from '../kubernetes/kube-object.ts'
import { kinds } from '../kinds/index.ts'

/** Where objects of each of Roster's kinds are served. The plurals are those of the definitions in crds/. */
export const rosterTypes: ReadonlyMap<string, ResourceType> = new Map(
  [...kinds.keys()].map((kind) => [
    kind,
    { group: 'roster.dev', version: 'v1alpha1', kind, plural: `${kind.toLowerCase()}s`, namespaced: true },
  ]),
)

export function rosterType(kind: string): ResourceType {
  const type = rosterTypes.get(kind)
  if (!type) throw new Error(`${kind} is none of Roster's kinds`)
  return type
}
