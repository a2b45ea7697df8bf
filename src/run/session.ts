import { forecastDirectory, loadDirectory, type DirectoryOptions } from '../atlassian/directory.ts'
import { createTransport, type CallEvent, type Transport } from '../atlassian/transport.ts'
import type { Outcome } from '../core/apply.ts'
import { createIdentities, type IdentityNeeds } from '../core/directory.ts'
import { isError, type Diagnostic } from '../core/diagnostic.ts'
import type { Forecast } from '../core/kind.ts'
import { apiVersion, type Declaration, type Manifest } from '../core/manifest.ts'
import { reconcile, type Reconciled, type Surroundings, type Survey } from '../core/reconcile.ts'
import { nextPins, nextState, retired, type State, type StateStore } from '../core/state.ts'
import type { AtlassianOrganizationSpec } from '../kinds/atlassian-organization/schema.ts'
import { kinds } from '../kinds/index.ts'
import { connectionFor, type ConnectionOptions } from './connection.ts'
import { credentialEnds } from './credential-ends.ts'
import { reachOf } from './delegations.ts'
import { byOrganization, type Estate } from './organizations.ts'
import { policiesFor } from './policies.ts'

export interface SessionOptions extends ConnectionOptions {
  /** Which files are in question; the rest is read for references and shared scopes. */
  readonly covers: (file: string) => boolean
  /** Whether `covers` takes in every file. */
  readonly isWhole: boolean
  /** Names the declaration: another one makes the next run a first run. */
  readonly source: string
  readonly store: (organization: string) => StateStore
  /** Labels of a namespace of the cluster, for delegations by selector. */
  readonly labelsOf?: (namespace: string) => Readonly<Record<string, string>> | undefined
  /** Asked right before each write: whether this process is still the one that may. */
  readonly mayWrite?: () => boolean
  readonly onCall?: (event: CallEvent) => void
  readonly onForecast?: (forecast: Forecast) => void
}

export interface ApplyOptions {
  readonly removalsFirst: boolean
  readonly signal: AbortSignal
  readonly onOutcome?: (outcome: Outcome) => void
}

export interface Pass extends Reconciled {
  /** Reads made until the plan was there. */
  readonly readsMade: number
}

/** The work on one organization. */
export interface Session {
  readonly organization: string
  readonly transport: Transport
  readonly siteNames: readonly string[]
  /** Plans, and applies where `decide` says how. `approved` digests hold for this run. */
  run(decide: (survey: Survey) => Promise<ApplyOptions | undefined>, approved?: readonly string[]): Promise<Pass>
}

/** One session per organization whose manifest can be understood; what is wrong with the others is in `diagnostics`. */
export async function openSessions(
  declaration: Declaration,
  options: SessionOptions,
): Promise<{ sessions: readonly Session[]; diagnostics: readonly Diagnostic[] }> {
  const { estates, diagnostics } = byOrganization(declaration)
  const opened = await Promise.all(estates.map((estate) => open(estate, options)))
  return {
    sessions: opened.flatMap(({ session }) => session ?? []),
    diagnostics: [...diagnostics, ...opened.flatMap((each) => each.diagnostics)],
  }
}

async function open(
  estate: Estate,
  options: SessionOptions,
): Promise<{ session?: Session; diagnostics: readonly Diagnostic[] }> {
  const { organization } = estate
  const parsed = kinds.get(organization.kind)!.parse(organization)
  if ('problems' in parsed) {
    return {
      diagnostics: parsed.problems.map((each) => ({
        ...each,
        origin: organization.locate(each.path ?? [], each.atKey),
      })),
    }
  }
  const spec = parsed.spec as AtlassianOrganizationSpec
  const { connection, diagnostics: found } = await connectionFor(organization, spec, options)
  const diagnostics = [...found, ...credentialEnds(organization, spec, options.clock.now())]
  if (diagnostics.some(isError)) return { diagnostics }
  const { clock, random, onCall, mayWrite } = options
  const hooks = { ...(onCall && { onCall }), ...(mayWrite && { mayWrite }) }
  const transport = createTransport({ ...connection, clock, random, ...hooks })
  const siteUrls = new Map(connection.sites.map(({ name, url }) => [name, url]))
  const ownEmails = [...connection.credentials.sites.values()].flatMap(({ email }) => email ?? [])
  return { diagnostics, session: createSession({ estate, spec, transport, siteUrls, ownEmails, options }) }
}

interface SessionParts {
  readonly estate: Estate
  readonly spec: AtlassianOrganizationSpec
  readonly transport: Transport
  readonly siteUrls: ReadonlyMap<string, string>
  /** Accounts of the credentials, where they are known. */
  readonly ownEmails: readonly string[]
  readonly options: SessionOptions
}

function createSession(parts: SessionParts): Session {
  const { estate, spec, transport, options } = parts
  const store = options.store(estate.organization.name)
  return {
    organization: estate.organization.name,
    transport,
    siteNames: spec.sites.map(({ name }) => name),
    run: (decide, approved = []) => runPass(parts, store, { decide, approved }),
  }
}

interface Decision {
  readonly decide: (survey: Survey) => Promise<ApplyOptions | undefined>
  readonly approved: readonly string[]
}

async function runPass(parts: SessionParts, store: StateStore, { decide, approved }: Decision): Promise<Pass> {
  const { estate, transport, options } = parts
  const nowMs = options.clock.now()
  const state = await store.load()
  const manifests = [...estate.declaration.manifests, ...retired(state, estate.declaration.manifests, options.covers)]
  const surroundings = surroundingsFor(parts, state, { nowMs, approved })
  const identities = createIdentities()
  let readsMade = 0
  let applied = false
  const declaration = { ...estate.declaration, manifests }
  const reconciled = await reconcile(declaration, surroundings, async (survey) => {
    readsMade = transport.stats().reads
    const decision = await decide(survey)
    if (!decision) return undefined
    applied = true
    const reload = () => surroundings.loadDirectory(survey.needs)
    return { ...decision, clock: options.clock, identities, reload, writer: transport.createWriter() }
  })
  if (applied) await store.save(stateAfter({ state, reconciled, manifests, identities, nowMs, options }))
  return { ...reconciled, readsMade }
}

interface After {
  readonly state: State
  readonly reconciled: Reconciled
  readonly manifests: readonly Manifest[]
  readonly identities: ReturnType<typeof createIdentities>
  readonly nowMs: number
  readonly options: SessionOptions
}

function stateAfter({ state, reconciled: { survey, outcomes }, manifests, identities, nowMs, options }: After): State {
  const { covers, isWhole, source } = options
  const { difference, desired, observed, directory, needs } = survey
  const next = nextState(state, {
    manifests,
    covers,
    difference,
    desired,
    observed,
    outcomes,
    identities,
    kinds,
    ...(isWhole && { source }),
    nowMs,
  })
  const pins = nextPins(state.pins, { needs, directory, identities, isWhole })
  return { ...next, pins, counts: { ...state.counts, ...directory.counts } }
}

function directoryOptionsFor(
  { spec, transport: { reader, lookUps }, siteUrls }: SessionParts,
  state: State,
): DirectoryOptions {
  const { credentials, defaultGroups, provisioning, authenticationPolicies } = spec
  return {
    reader,
    known: state.counts,
    declaredDefaultGroups: defaultGroups,
    sites: credentials.sites.map(({ site }) => site),
    provisioningMethod: provisioning.method,
    provisionsGroups: provisioning.groups,
    authenticationPolicies: new Map(authenticationPolicies.map((policy) => [policy.name, policy])),
    siteUrls,
    pins: state.pins,
    lookUps,
  }
}

function surroundingsFor(
  parts: SessionParts,
  state: State,
  run: { nowMs: number; approved: readonly string[] },
): Surroundings {
  const { spec, transport, ownEmails, options } = parts
  const { nowMs, approved } = run
  const directoryOptions = directoryOptionsFor(parts, state)
  // what the last apply gave by product may have to be taken back, also where no manifest names the product any more
  const recalled = recalledProducts(state)
  const withRecalled = (needs: IdentityNeeds): IdentityNeeds =>
    needs.emails.size === 0 ? needs : { ...needs, products: needs.products.union(recalled) }
  return {
    kinds,
    reader: transport.reader,
    loadDirectory: (needs) => loadDirectory(withRecalled(needs), directoryOptions),
    readsMade: () => transport.stats().reads,
    forecastDirectory: (needs) => forecastDirectory(withRecalled(needs), directoryOptions),
    policies: policiesFor({
      guardrails: spec.guardrails,
      isSuspended: spec.suspend,
      ownEmails,
      state,
      source: options.source,
      nowMs,
    }),
    approvals: { has: (digest) => approved.includes(digest) || (state.approvals.get(digest) ?? 0) > nowMs },
    ledger: state.ledger,
    nowMs,
    covers: options.covers,
    reachOf: reachOf(spec, parts.estate.organization, {
      cwd: options.cwd,
      ...(options.labelsOf && { labelsOf: options.labelsOf }),
    }),
    ...(options.onForecast && { onForecast: options.onForecast }),
  }
}

function recalledProducts({ applied }: State): ReadonlySet<string> {
  const products = applied.flatMap((each) => {
    const kind = kinds.get(each.kind)
    const parsed = kind?.parse({ ...each, apiVersion, locate: () => each.origin })
    return kind && parsed && 'spec' in parsed ? [...(kind.needs(parsed.spec).products ?? [])] : []
  })
  return new Set(products)
}
