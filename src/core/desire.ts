import { isDeepStrictEqual } from 'node:util'
import { located, promises, type AllPromised, type Declared } from './declare.ts'
import { refusals, within, type ReachOf } from './delegation.ts'
import { isError, type Diagnostic, type Origin } from './diagnostic.ts'
import type { Directory } from './directory.ts'
import type { Authority, DeclaredObject, Demand, Entry, Kind } from './kind.ts'
import { manifestId } from './manifest.ts'
import { namesInSight } from './references.ts'
import { isPromised } from './principal.ts'
import { compare, resourceId, scopeId, type Resource, type Scope } from './resource.ts'

export interface DesiredScope {
  readonly scope: Scope
  /** The strongest of the manifests that claim it. */
  readonly authority: Authority
  /** The manifests that claim it. */
  readonly origins: readonly Origin[]
  /** Why nothing may be removed in it. */
  readonly incomplete?: string
  /** It holds somebody or something that exists only once this run is done. */
  readonly promised: boolean
}

export interface DesiredEntry {
  readonly resource: Resource
  readonly origins: readonly Origin[]
  /** Only manifests that observe demand it: it is reported and not written. */
  readonly observeOnly: boolean
  /** Only manifests that are gone ask for it: what becomes of an account once nobody declares it. */
  readonly leftBehind?: true
  readonly notes: readonly string[]
}

export interface DesiredState {
  readonly scopes: ReadonlyMap<string, DesiredScope>
  readonly entries: ReadonlyMap<string, DesiredEntry>
  /** Past their end and demanded by nobody else: they must go, whoever added them. */
  readonly expired: ReadonlyMap<string, DesiredEntry>
  /** Manifests, by where they stand, of which it is not known what they claim: names could not be looked up. */
  readonly unresolved: ReadonlySet<Origin>
  /** Two manifests contradict each other about them: they stay as they are. */
  readonly undecided: ReadonlySet<string>
  readonly diagnostics: readonly Diagnostic[]
}

export interface DesireContext {
  readonly directory: Directory
  /** Catalogue by kind name. */
  readonly catalogues: ReadonlyMap<string, unknown>
  readonly nowMs: number
  /** What a manifest may touch. Default: everything. */
  readonly reachOf?: ReachOf
  /** Which manifests are worked out, by file; the others lend their names. Default: all. */
  readonly expands?: (file: string) => boolean
  /** Namespace of the organization, whose names everybody may use. */
  readonly home?: string
}

const strength: Readonly<Record<Authority, number>> = { Observe: 0, Additive: 1, Authoritative: 2 }

interface Claimed {
  scope: Scope
  authority: Authority
  origins: Origin[]
  incomplete?: string
}

interface Demanded extends Entry {
  readonly origin: Origin
  readonly authority: Authority
  readonly retired: boolean
}

/** What all manifests together ask for. Pure; the order of manifests does not matter. */
export function desire(all: Declared, kinds: ReadonlyMap<string, Kind>, context: DesireContext): DesiredState {
  const { declared, refused } = delegated(all, kinds, context.reachOf)
  const claims = new Map<string, Claimed>()
  const demands = new Map<string, Demanded[]>()
  const diagnostics: Diagnostic[] = [...refused]
  const unresolved = new Set<Origin>()
  const holds = new Map(declared.holdKinds)
  const promised = promises(declared, kinds, context.home)
  for (const kind of kinds.values()) {
    for (const { object, demand } of expandAll(declared, kind, promised, context)) {
      const found = demand.diagnostics.map((each) => located(each, object.manifest))
      diagnostics.push(...found)
      if (found.some(isUnread)) unresolved.add(object.manifest.origin)
      const mistake = found.find(isError)
      if (mistake && demand.unclaimed) kind.touches.forEach((touched) => holds.set(touched, mistake.message))
      for (const claim of demand.claims) addClaim(claims, claim, object.manifest.origin, mistake?.message)
      for (const entry of demand.entries) addDemand(demands, entry, object, demand.claims)
    }
  }
  return unite({ claims, demands, diagnostics, holds, unresolved }, declared.holdEverywhere, context.nowMs)
}

/** Without the manifests that are refused as a whole: what they claim must not hold anything of others either. */
function delegated(all: Declared, kinds: ReadonlyMap<string, Kind>, reachOf: ReachOf = () => undefined) {
  const refused: Diagnostic[] = []
  const objects = new Map(
    [...all.objects].map(([name, objects]) => {
      const kept = objects.filter((object) => {
        const found = refusals(object, kinds.get(name)!, reachOf(object.manifest))
        refused.push(...found.map((each) => located(each, object.manifest)))
        return found.length === 0
      })
      return [name, kept] as const
    }),
  )
  return { declared: { ...all, objects }, refused }
}

function expandAll(declared: Declared, kind: Kind, promised: AllPromised, context: DesireContext) {
  const objects = declared.objects.get(kind.name) ?? []
  const peers = objects.filter(({ manifest }) => !manifest.retired)
  const siblingsOf = namesInSight(peers, context.home)
  const { directory, nowMs, catalogues, expands = () => true } = context
  const shared = { directory, nowMs, peers, catalogue: catalogues.get(kind.name) }
  const asked = objects.filter(({ manifest }) => expands(manifest.origin.file))
  const expanded = asked.map((object) => {
    const { manifest } = object
    const inSight = { promised: promised.promisedTo(manifest), siblings: siblingsOf(manifest) }
    const demand = kind.expand(object, { ...shared, ...inSight })
    return { object, demand: within(demand, object, kind, context.reachOf?.(manifest)) }
  })
  const living = new Map(
    expanded.flatMap(({ object: { manifest }, demand }) =>
      manifest.retired ? [] : [[manifestId(manifest), demand] as const],
    ),
  )
  return expanded.map(({ object, demand }) => {
    const now = object.manifest.retired ? living.get(manifestId(object.manifest)) : undefined
    return { object, demand: now ? leftOf(demand, now) : demand }
  })
}

/** Of a manifest that says something else now: the shared scopes that it has left. Accounts and groups stay as they are. */
function leftOf(before: Demand, now: Demand): Demand {
  const kept = new Set(now.claims.map(({ scope }) => scopeId(scope)))
  const claims = before.claims.filter(({ scope }) => !scope.single && !kept.has(scopeId(scope)))
  const diagnostics = before.diagnostics.filter((each) => isError(each) || isUnread(each))
  return { ...before, claims, entries: [], diagnostics }
}

function addClaim(
  claims: Map<string, Claimed>,
  claim: { scope: Scope; authority: Authority },
  origin: Origin,
  mistake?: string,
): void {
  const id = scopeId(claim.scope)
  const known = claims.get(id)
  const claimed = known ?? { scope: claim.scope, authority: claim.authority, origins: [] }
  if (strength[claim.authority] > strength[claimed.authority]) claimed.authority = claim.authority
  // a switch such as allowDefaultGroups that one manifest sets lifts the guard of the scope
  if (known?.scope.guarded !== undefined && claim.scope.guarded === undefined) claimed.scope = claim.scope
  claimed.origins.push(origin)
  if (mistake !== undefined) claimed.incomplete ??= mistake
  claims.set(id, claimed)
}

function addDemand(
  demands: Map<string, Demanded[]>,
  entry: Entry,
  object: DeclaredObject,
  claims: readonly { scope: Scope; authority: Authority }[],
): void {
  const within = scopeId(entry.resource.scope)
  const authority = claims.find(({ scope }) => scopeId(scope) === within)?.authority
  if (authority === undefined)
    throw new Error(`${object.manifest.kind} demands an entry of ${within}, which it does not claim`)
  const id = resourceId(entry.resource)
  const { manifest } = object
  const demanded = { ...entry, authority, origin: manifest.locate(entry.path), retired: manifest.retired === true }
  demands.set(id, [...(demands.get(id) ?? []), demanded])
}

interface Gathered {
  readonly claims: ReadonlyMap<string, Claimed>
  readonly demands: ReadonlyMap<string, Demanded[]>
  readonly diagnostics: readonly Diagnostic[]
  readonly holds: ReadonlyMap<string, string>
  readonly unresolved: ReadonlySet<Origin>
}

const isUnread = ({ code }: Diagnostic): boolean => code === 'IDENTITIES_UNREAD' || code === 'CATALOGUE_UNREAD'

function unite(gathered: Gathered, holdEverywhere: string | undefined, nowMs: number): DesiredState {
  const entries = new Map<string, DesiredEntry>()
  const expired = new Map<string, DesiredEntry>()
  const undecided = new Set<string>()
  const diagnostics = [...gathered.diagnostics]
  const doubts = new Map<string, string>()
  for (const [id, all] of gathered.demands) {
    const lasting = all.filter((each) => each.expiresAtMs === undefined || each.expiresAtMs > nowMs)
    const [first, ...others] = lasting.length > 0 ? lasting : all
    const other = others.find((each) => !isDeepStrictEqual(each.resource.fields, first!.resource.fields))
    if (other) {
      undecided.add(id)
      doubts.set(scopeId(first!.resource.scope), `contradicting demands for ${first!.resource.title}`)
      diagnostics.push(conflict(first!, other))
    } else (lasting.length > 0 ? entries : expired).set(id, entryOf([first!, ...others]))
  }
  const scopes = desiredScopes(gathered, doubts, holdEverywhere)
  for (const { resource } of entries.values()) markPromised(scopes, resource)
  return { scopes, entries, expired, undecided, diagnostics, unresolved: gathered.unresolved }
}

function desiredScopes(
  { claims, holds }: Gathered,
  doubts: ReadonlyMap<string, string>,
  holdEverywhere?: string,
): Map<string, DesiredScope> {
  const scopes = new Map<string, DesiredScope>()
  for (const [id, claimed] of claims) {
    const hold = holdEverywhere ?? claimed.incomplete ?? doubts.get(id) ?? holds.get(claimed.scope.kind)
    scopes.set(id, { ...claimed, promised: false, ...(hold !== undefined && { incomplete: hold }) })
  }
  return scopes
}

function markPromised(scopes: Map<string, DesiredScope>, resource: Resource): void {
  const id = scopeId(resource.scope)
  const known = scopes.get(id)
  if (known && resource.principal && isPromised(resource.principal)) scopes.set(id, { ...known, promised: true })
}

function entryOf(demands: readonly Demanded[]): DesiredEntry {
  const sorted = demands.toSorted(
    (a, b) => compare(a.origin.file, b.origin.file) || (a.origin.line ?? 0) - (b.origin.line ?? 0),
  )
  return {
    resource: sorted[0]!.resource,
    origins: sorted.map(({ origin }) => origin),
    observeOnly: sorted.every(({ authority }) => authority === 'Observe'),
    ...(sorted.every(({ retired }) => retired) && { leftBehind: true }),
    notes: [...new Set(sorted.flatMap(({ notes }) => notes ?? []))],
  }
}

function conflict(one: Demanded, other: Demanded): Diagnostic {
  const [first, second] = [one, other].toSorted((a, b) => compare(place(a.origin), place(b.origin)))
  return {
    code: 'CONFLICTING_DEMANDS',
    severity: 'error',
    message: `${first!.resource.title} in ${first!.resource.scope.title} is demanded differently at ${place(first!.origin)}`,
    origin: second!.origin,
    hint: 'let one manifest say it',
  }
}

const place = ({ file, line, column }: Origin): string => `${file}:${line ?? 1}:${column ?? 1}`
