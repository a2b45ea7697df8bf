import type { Diagnostic } from '../core/diagnostic.ts'
import type { Declaration } from '../core/manifest.ts'
import type { AppliedManifest, State } from '../core/state.ts'
import { manifestId } from '../core/manifest.ts'
import { isLeaving, manifestOf, objectId, organizationKind, type ClusterObject } from './cluster-object.ts'

/** One organization and the objects under it, as the cluster has them. */
export interface ClusterEstate {
  /** `namespace/name` of the organization: what is queued, leased and locked. */
  readonly key: string
  readonly organization: ClusterObject
  readonly members: readonly ClusterObject[]
  /** Deleted, and held by their finalizer until what they gave is withdrawn. */
  readonly leaving: readonly ClusterObject[]
}

/** An object that no organization takes. */
export interface Stray {
  readonly object: ClusterObject
  readonly diagnostic: Diagnostic
}

export interface Sorted {
  readonly estates: readonly ClusterEstate[]
  readonly strays: readonly Stray[]
}

interface Reference {
  readonly name: string
  readonly namespace?: string
}

/**
 * Which organization each object belongs to: the one it names, else the only one of its namespace. One from another
 * namespace is taken only where the organization has delegations, which then say what it may touch.
 */
export function sortByOrganization(objects: readonly ClusterObject[]): Sorted {
  const organizations = organizationsIn(objects)
  const strays: Stray[] = []
  const taken = new Map([...organizations.keys()].map((key) => [key, [] as ClusterObject[]]))
  for (const object of objects) {
    if (object.kind === organizationKind) continue
    const found = organizationOf(object, organizations)
    if (typeof found === 'string') taken.get(found)!.push(object)
    else strays.push({ object, diagnostic: found })
  }
  const estates = [...organizations].map(([key, organization]) => {
    const all = taken.get(key)!
    return { key, organization, members: all.filter((each) => !isLeaving(each)), leaving: all.filter(isLeaving) }
  })
  return { estates, strays }
}

/** `namespace/name` */
export const keyOf = ({ metadata: { namespace = '', name } }: ClusterObject): string => `${namespace}/${name}`

/** By `namespace/name`. */
export const organizationsIn = (objects: readonly ClusterObject[]): ReadonlyMap<string, ClusterObject> =>
  new Map(objects.filter(({ kind }) => kind === organizationKind).map((each) => [keyOf(each), each]))

/** The key of the organization that an object belongs to, or why there is none. */
export function organizationOf(
  object: ClusterObject,
  organizations: ReadonlyMap<string, ClusterObject>,
): string | Diagnostic {
  const { namespace = '' } = object.metadata
  const reference = referenceOf(object)
  if (reference === undefined) {
    const [only, ...others] = [...organizations.values()].filter(({ metadata }) => metadata.namespace === namespace)
    if (only && others.length === 0) return keyOf(only)
    const message = only
      ? `namespace ${namespace} has several organizations`
      : `namespace ${namespace} has no AtlassianOrganization`
    return mistake(object, 'NO_ORGANIZATION', { message, hint: 'say in spec.organizationRef which one' })
  }
  const key = `${reference.namespace ?? namespace}/${reference.name}`
  const organization = organizations.get(key)
  if (!organization) {
    return mistake(object, 'NO_ORGANIZATION', { message: `there is no AtlassianOrganization ${key}` })
  }
  if (organization.metadata.namespace === namespace || hasDelegations(organization)) return key
  const hint = 'it takes objects of other namespaces where spec.delegations of the AtlassianOrganization names them'
  return mistake(object, 'NOT_DELEGATED', { message: `nothing of ${key} is delegated to namespace ${namespace}`, hint })
}

/** Namespace of the organization that an object means. */
export const referencedNamespace = (object: ClusterObject): string =>
  referenceOf(object)?.namespace ?? object.metadata.namespace ?? ''

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

function referenceOf({ spec }: ClusterObject): Reference | undefined {
  const reference = isObject(spec) ? spec['organizationRef'] : undefined
  if (!isObject(reference) || typeof reference['name'] !== 'string') return undefined
  const { name, namespace } = reference
  return { name, ...(typeof namespace === 'string' && { namespace }) }
}

const hasDelegations = ({ spec }: ClusterObject): boolean =>
  isObject(spec) && Array.isArray(spec['delegations']) && spec['delegations'].length > 0

const mistake = (
  object: ClusterObject,
  code: Diagnostic['code'],
  more: Pick<Diagnostic, 'message' | 'hint'>,
): Diagnostic => ({ code, severity: 'error', origin: { file: objectId(object) }, ...more })

/**
 * What the estate declares. A stray that may have meant this organization holds removals in it: one of its own
 * namespace, or one that was applied under it before. Others cannot, or any namespace could stop every organization.
 */
export function declarationOf(
  { organization, members }: ClusterEstate,
  strays: readonly Stray[],
  applied: readonly AppliedManifest[],
): Declaration {
  const known = new Set(applied.map(manifestId))
  const concerned = strays.filter(
    ({ object }) =>
      !isLeaving(object) &&
      (object.metadata.namespace === organization.metadata.namespace || known.has(objectId(object))),
  )
  return {
    manifests: [organization, ...members].map(manifestOf),
    diagnostics: concerned.map(({ diagnostic }) => diagnostic),
  }
}

/**
 * The state with what objects on their way out say now: `roster.dev/deletion: Retain` counts also where it was set after
 * the last pass. What is withdrawn is what was last applied, not an edit that never was.
 */
export function withLastWords(state: State, leaving: readonly ClusterObject[]): State {
  const words = new Map(leaving.map((each) => [objectId(each), each.metadata.annotations ?? {}]))
  return {
    ...state,
    applied: state.applied.map((each) => {
      const annotations = words.get(manifestId(each))
      return annotations ? { ...each, annotations } : each
    }),
  }
}
