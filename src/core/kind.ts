import type { Static, TSchema } from 'typebox'
import { subject, type Change } from './change.ts'
import type { Touch, Touched } from './touch.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Directory, Identities, IdentityNeeds, Unread } from './directory.ts'
import type { Manifest } from './manifest.ts'
import type { Clock, Reader, Writer } from './ports.ts'
import type { RemoteError } from './remote-error.ts'
import { scopeId, type Resource, type Scope } from './resource.ts'
import { compile, type FieldHints, type Parsed } from './schema.ts'

/** What a manifest may do to entries that it did not declare. */
export type Authority = 'Observe' | 'Additive' | 'Authoritative'

/** One thing that a manifest asks for. */
export interface Entry<R extends Resource = Resource> {
  readonly resource: R
  /** Where in the manifest it stands, e.g. `['spec', 'members', 2]`. */
  readonly path: readonly (string | number)[]
  /** Milliseconds since 1970. From then on it is a demand for absence. */
  readonly expiresAtMs?: number
  /** `reason: JIRA-812` and the like, shown in the plan. */
  readonly notes?: readonly string[]
}

/** A scope that a manifest claims, and what it may do there. */
export interface Claim {
  readonly scope: Scope
  readonly authority: Authority
}

/** What one manifest asks for. */
export interface Demand<R extends Resource = Resource> {
  readonly claims: readonly Claim[]
  readonly entries: readonly Entry<R>[]
  /** An error holds removals in every scope that the manifest claims. */
  readonly diagnostics: readonly Diagnostic[]
  /** The scopes could not all be worked out: removals are held in every scope that the kind might claim. */
  readonly unclaimed?: true
}

export interface DeclaredObject<Spec = unknown> {
  readonly manifest: Manifest
  readonly spec: Spec
}

/** What `expand` may look at: values only. */
export interface ExpandContext<Spec, Catalogue> {
  readonly directory: Directory
  /** E-mails and names (normal form) that other manifests of this run bring about, with the manifest's name. */
  readonly promised: Promised
  readonly catalogue: Catalogue
  /** Objects of the same kind that the manifest may name, by `metadata.name`: of its namespace, and of the organization's. */
  readonly siblings: ReadonlyMap<string, DeclaredObject<Spec>>
  /** All objects of the kind, wherever they are. */
  readonly peers: readonly DeclaredObject<Spec>[]
  readonly nowMs: number
}

export interface Promised {
  /** E-mails in normal form, of accounts that this run creates where they do not exist. */
  readonly emails: ReadonlySet<string>
  /** E-mail (normal form) by the name of the manifest that declares the account, where the name may be used. */
  readonly emailByManifest: ReadonlyMap<string, string>
  /** Group names: normal form to the name as declared. */
  readonly groups: ReadonlyMap<string, string>
}

/** Another manifest, by its kind and `metadata.name`. */
export interface Reference {
  readonly kind: string
  readonly name: string
}

export interface Promises {
  /** The account that the manifest stands for. `created` is false where it would not be brought about (a leaver). */
  readonly account?: { readonly email: string; readonly created: boolean }
  readonly group?: string
}

export interface ObserveContext {
  readonly reader: Reader
  readonly directory: Directory
  readonly catalogue: unknown
}

/** By scope key: all its resources, or why they are not known. A missing key counts as not known. */
export type Observation<R extends Resource = Resource> = ReadonlyMap<string, readonly R[] | Unread>

/** Changes of one action that go out together. */
export interface Batch<R extends Resource = Resource> {
  readonly action: Change['action']
  readonly changes: readonly Change<R>[]
}

/** The changes of a batch that were refused though the call went well, with what the answer says of each. */
export type Refusals = ReadonlyMap<Change, RemoteError>

export interface WriteContext {
  readonly writer: Writer
  readonly reader: Reader
  readonly identities: Identities
  readonly directory: Directory
  readonly catalogue: unknown
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Sizes of the estate as last read completely. */
export interface KnownCounts {
  readonly accounts?: number
  readonly groups?: number
  readonly provisioned?: number
}

/** How many reads a stage will take. Not `exact` where a size is not known before reading: then it is the least. */
export interface Forecast {
  readonly calls: number
  readonly exact: boolean
}

/** Everything the engine knows about a kind. */
export interface Kind {
  readonly name: string
  readonly schema: TSchema
  readonly description: string
  /** Scope kinds that a manifest of this kind may claim entries in. */
  readonly touches: readonly string[]
  parse(manifest: Manifest): Parsed<unknown>
  needs(spec: unknown): Partial<IdentityNeeds>
  promises(spec: unknown): Promises
  refersTo(spec: unknown): readonly Reference[]
  selects(spec: unknown): boolean
  forecastCatalogue(specs: readonly unknown[]): Forecast
  catalogue(specs: readonly unknown[], reader: Reader): Promise<unknown>
  expand(object: DeclaredObject, context: ExpandContext<unknown, unknown>): Demand
  /** Reads that `observe` will make for these scopes. */
  forecast(scopes: readonly Scope[], catalogue: unknown): Forecast
  observe(scopes: readonly Scope[], context: ObserveContext): Promise<Observation>
  lanes(changes: readonly Change[]): readonly (readonly Change[])[]
  batches(changes: readonly Change[]): readonly (readonly Change[])[]
  write(batch: Batch, context: WriteContext): Promise<void | Refusals>
  realize(resource: Resource, identities: Identities): Resource
  objection(change: Change): string | undefined
  names(spec: unknown): readonly Touch[]
  placeOf(scope: Scope): Touched | undefined
}

/** What a kind's author writes, fully typed. */
export interface KindDefinition<Schema extends TSchema, Catalogue, R extends Resource> {
  readonly name: string
  readonly schema: Schema
  /** One sentence for reference pages and the CRD. */
  readonly description: string
  /** Fields that people try and that cannot be, with what to do instead. */
  readonly fieldHints?: FieldHints
  /** Default: its own name. */
  readonly touches?: readonly string[]
  needs?(spec: Static<Schema>): Partial<IdentityNeeds>
  promises?(spec: Static<Schema>): Promises
  /** Other manifests that a spec names. Default: none. */
  refersTo?(spec: Static<Schema>): readonly Reference[]
  /** Whether a spec claims scopes that it does not name, so that new ones may come under it. Default: no. */
  selects?(spec: Static<Schema>): boolean
  /** What must be known of projects, roles, spaces before specs can be expanded. Throws only on bugs: failures are values in `Catalogue`. */
  catalogue?(specs: readonly Static<Schema>[], reader: Reader): Promise<Catalogue>
  forecastCatalogue?(specs: readonly Static<Schema>[]): Forecast
  /**
   * Pure: names become immutable ids, mistakes become diagnostics with a path. A retired manifest claims its scopes and
   * enters nothing (or the state that its deletionPolicy asks for).
   */
  expand(object: DeclaredObject<Static<Schema>>, context: ExpandContext<Static<Schema>, Catalogue>): Demand<R>
  forecast?(scopes: readonly Scope[], catalogue: Catalogue): Forecast
  /** Never throws for one scope's failure: that is an `Unread` value. One forbidden scope never stops the rest. */
  observe(
    scopes: readonly Scope[],
    context: ObserveContext & { readonly catalogue: Catalogue },
  ): Promise<Observation<R>>
  /** Which changes of one action wait for each other; lanes run side by side. Default: one lane a scope. */
  lanes?(changes: readonly Change<R>[]): readonly (readonly Change<R>[])[]
  /** How the changes of one lane are put together into requests. Default: one by one. */
  batches?(changes: readonly Change<R>[]): readonly (readonly Change<R>[])[]
  /** @throws RemoteError when the batch, or an unknown part of it, may not have been carried out; PendingIdentityError. */
  write(batch: Batch<R>, context: WriteContext & { readonly catalogue: Catalogue }): Promise<void | Refusals>
  /** The same resource with promised identities replaced, for the ledger. Default: unchanged. @throws PendingIdentityError */
  realize?(resource: R, identities: Identities): R
  /** Why this change is not to be made whatever is declared: custom access is never turned into a role by the way. */
  objection?(change: Change<R>): string | undefined
  /** What a spec names that must be delegated. Every kind that touches anything has some. */
  names(spec: Static<Schema>): readonly Touch[]
  /** The project or space that a scope is in. Default: none, `names` says it all. */
  placeOf?(scope: Scope): Touched | undefined
}

const byScope = (changes: readonly Change[]) => Map.groupBy(changes, (change) => scopeId(subject(change).scope))
const none: Forecast = { calls: 0, exact: true }

/** Validates specs and hides a kind's own types from the engine: nowhere else are they cast. */
export function defineKind<Schema extends TSchema, Catalogue, R extends Resource>(
  definition: KindDefinition<Schema, Catalogue, R>,
): Kind {
  type Spec = Static<Schema>
  const d = definition
  const parse = compile(d.schema, d.fieldHints)
  return {
    name: d.name,
    schema: d.schema,
    description: d.description,
    touches: d.touches ?? [d.name],
    parse: (manifest) => parse(manifest.spec),
    needs: (spec) => d.needs?.(spec as Spec) ?? {},
    promises: (spec) => d.promises?.(spec as Spec) ?? {},
    refersTo: (spec) => d.refersTo?.(spec as Spec) ?? [],
    selects: (spec) => d.selects?.(spec as Spec) ?? false,
    forecastCatalogue: (specs) => d.forecastCatalogue?.(specs as Spec[]) ?? none,
    catalogue: async (specs, reader) => d.catalogue?.(specs as Spec[], reader),
    expand: (object, context) => d.expand(object as DeclaredObject<Spec>, context as ExpandContext<Spec, Catalogue>),
    forecast: (scopes, catalogue) => d.forecast?.(scopes, catalogue as Catalogue) ?? none,
    observe: (scopes, context) => d.observe(scopes, context as ObserveContext & { catalogue: Catalogue }),
    lanes: (changes) => d.lanes?.(changes as Change<R>[]) ?? [...byScope(changes).values()],
    batches: (changes) => d.batches?.(changes as Change<R>[]) ?? changes.map((change) => [change]),
    write: (batch, context) => d.write(batch as Batch<R>, context as WriteContext & { catalogue: Catalogue }),
    objection: (change) => d.objection?.(change as Change<R>),
    names: (spec) => d.names(spec as Spec),
    placeOf: (scope) => d.placeOf?.(scope),
    realize: (resource, identities) => d.realize?.(resource as R, identities) ?? resource,
  }
}
