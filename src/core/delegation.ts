import type { Diagnostic } from './diagnostic.ts'
import type { DeclaredObject, Demand, Kind } from './kind.ts'
import { scopeId } from './resource.ts'
import type { Touch, Touched } from './touch.ts'

/** What a place in the repository or in the cluster may touch. */
export interface Reach {
  /** For messages: `teams/payments/ana.yaml`, `namespace payments`. */
  readonly from: string
  /** Whether one delegation gives all of these together: a role that is given in one project is not given in another. */
  allows(...touches: readonly Touched[]): boolean
}

/** Undefined: the manifest is the organization's own, and may touch everything. */
export type ReachOf = (manifest: DeclaredObject['manifest']) => Reach | undefined

/** What the manifest as a whole may not do. None of it is taken then, not even as a promise to others. */
export function refusals({ manifest, spec }: DeclaredObject, kind: Kind, reach: Reach | undefined): Diagnostic[] {
  if (!reach) return []
  const outside = kind.names(spec).filter((touch) => touch.part === undefined && !reach.allows(touch))
  return outside.map((touch) => refusal(touch, reach, manifest.retired))
}

/** Of the demand of a manifest, what its place may touch; the rest is a mistake of the manifest, and never a change. */
export function within(
  demand: Demand,
  { manifest, spec }: DeclaredObject,
  kind: Kind,
  reach: Reach | undefined,
): Demand {
  if (!reach) return demand
  const names = kind.names(spec)
  const whole = names.filter(({ part }) => part === undefined)
  const given = (touch: Touched, part: Touch['part']) => reach.allows(touch, ...(part === 'place' ? whole : []))
  const outside = names.filter((touch) => !given(touch, touch.part))
  const named = new Set(outside.map(({ name }) => name))
  const places = demand.claims.flatMap(({ scope }) => {
    const place = kind.placeOf(scope)
    return place === undefined || given(place, 'place') ? [] : [{ id: scopeId(scope), place }]
  })
  const beyond = new Set(places.map(({ id }) => id))
  const refused = new Set(outside.flatMap(({ part, path }) => (part === 'entry' ? [JSON.stringify(path)] : [])))
  const selected = new Map(places.flatMap(({ place }) => (named.has(place.name) ? [] : [[place.name, place] as const])))
  return {
    ...demand,
    claims: demand.claims.filter(({ scope }) => !beyond.has(scopeId(scope))),
    entries: demand.entries.filter(
      ({ resource, path }) => !beyond.has(scopeId(resource.scope)) && !refused.has(JSON.stringify(path)),
    ),
    diagnostics: [
      ...demand.diagnostics,
      ...[...outside, ...[...selected.values()].map((place) => ({ ...place, path: ['spec'] }))].map((touch) =>
        refusal(touch, reach, manifest.retired),
      ),
    ],
  }
}

const words: Readonly<Record<Touch['what'], (name: string) => string>> = {
  group: (name) => `group ${name}`,
  project: (name) => `Jira space (project) ${name}`,
  space: (name) => `Confluence space ${name}`,
  account: (name) => `account ${name}`,
  role: (name) => `role ${name}`,
  level: (name) => `access as ${name}`,
  rule: (name) => name,
}

/** A manifest that is gone can be mended by nobody. */
const refusal = ({ what, name, path }: Touch, { from }: Reach, isGone = false): Diagnostic => ({
  code: 'NOT_DELEGATED',
  severity: isGone ? 'warning' : 'error',
  message: `${words[what](name)} is not delegated to ${from}`,
  path,
  hint: 'ask for it in spec.delegations of the AtlassianOrganization, or move the manifest there',
})
