import {
  forecastDirectory,
  loadDirectory,
  readWhole,
  refreshDirectory,
  type DirectoryOptions,
} from '../atlassian/directory.ts'
import { createTransport, type Transport } from '../atlassian/transport.ts'
import type { IdentityNeeds } from '../core/directory.ts'
import { isError, type Diagnostic } from '../core/diagnostic.ts'
import { apiVersion, type Declaration } from '../core/manifest.ts'
import { reconcile, type Reconciled, type Surroundings, type Survey } from '../core/reconcile.ts'
import { retired, type State, type StateStore } from '../core/state.ts'
import type { AtlassianOrganizationSpec } from '../kinds/atlassian-organization/schema.ts'
import { kinds } from '../kinds/index.ts'
import { connectionFor, type Connected } from './connection.ts'
import { credentialEnds } from './credential-ends.ts'
import { reachOf } from './delegations.ts'
import { byOrganization, type Estate } from './organizations.ts'
import { policiesFor } from './policies.ts'
import type { ApplyOptions, SessionOptions } from './session-options.ts'
import { beginWriting, type Writing } from './writing.ts'

export type { ApplyOptions, SessionOptions } from './session-options.ts'

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
  const connected = await connectionFor(organization, spec, options)
  const { connection, diagnostics: found } = connected
  const diagnostics = [...found, ...credentialEnds(organization, spec, options.clock.now())]
  if (diagnostics.some(isError)) return { diagnostics }
  const transport = transportFor(connected, options)
  const siteUrls = new Map(connection.sites.map(({ name, url }) => [name, url]))
  const ownEmails = [...connection.credentials.sites.values()].flatMap(({ email }) => email ?? [])
  return { diagnostics, session: createSession({ estate, spec, transport, siteUrls, ownEmails, options }) }
}

function transportFor(
  { connection, fingerprint }: Connected,
  { clock, random, onCall, memory }: SessionOptions,
): Transport {
  if (memory?.connection?.fingerprint === fingerprint) return memory.connection.transport
  const transport = createTransport({ ...connection, clock, random, ...(onCall && { onCall }) })
  if (memory) memory.connection = { fingerprint, transport }
  return transport
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
  const { estate, options } = parts
  const nowMs = options.clock.now()
  const state = await store.load()
  const manifests = [...estate.declaration.manifests, ...retired(state, estate.declaration.manifests, options.covers)]
  const surroundings = surroundingsFor(parts, state, { nowMs, approved })
  const declaration = { ...estate.declaration, manifests }
  let readsMade = 0
  let writing: Writing | undefined
  try {
    const reconciled = await reconcile(declaration, surroundings, async (looked) => {
      readsMade = surroundings.readsMade()
      const decision = await decide(looked)
      if (!decision) return undefined
      writing = await beginWriting({ looked, decision, state, store, manifests, nowMs }, parts)
      const reload = () => surroundings.loadDirectory(looked.needs)
      return { survey: writing.survey, means: { ...writing.means, reload } }
    })
    options.memory?.removals.note(reconciled.outcomes, reconciled.survey, options.clock.now())
    await writing?.end(reconciled)
    return { ...reconciled, readsMade }
  } finally {
    await writing?.release()
  }
}

function directoryOptionsFor({ spec, transport, siteUrls, options }: SessionParts, state: State): DirectoryOptions {
  const { credentials, defaultGroups, provisioning, authenticationPolicies } = spec
  return {
    reader: options.inBackground ? transport.backgroundReader : transport.reader,
    known: state.counts,
    declaredDefaultGroups: defaultGroups,
    sites: credentials.sites.map(({ site }) => site),
    provisioningMethod: provisioning.method,
    provisionsGroups: provisioning.groups,
    authenticationPolicies: new Map(authenticationPolicies.map((policy) => [policy.name, policy])),
    siteUrls,
    pins: state.pins,
    lookUps: transport.lookUps,
  }
}

function surroundingsFor(
  parts: SessionParts,
  state: State,
  { nowMs, approved }: { nowMs: number; approved: readonly string[] },
): Surroundings {
  const { spec, transport, ownEmails, options } = parts
  const directoryOptions = directoryOptionsFor(parts, state)
  const readsBefore = transport.stats().reads
  // what the last apply gave by product may have to be taken back, also where no manifest names the product any more
  const recalled = recalledProducts(state)
  const withRecalled = (needs: IdentityNeeds): IdentityNeeds =>
    needs.emails.size === 0 ? needs : { ...needs, products: needs.products.union(recalled) }
  return {
    kinds,
    reader: directoryOptions.reader,
    loadDirectory: (needs) => readDirectory(withRecalled(needs), directoryOptions, options),
    readsMade: () => transport.stats().reads - readsBefore,
    forecastDirectory: (needs) => forecastDirectory(withRecalled(needs), directoryOptions),
    policies: policiesFor({
      guardrails: spec.guardrails,
      isSuspended: spec.suspend,
      ownEmails,
      state,
      source: options.source,
      nowMs,
      removedBefore: options.memory?.removals.since(nowMs),
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
    ...(options.expands && { expands: options.expands }),
    ...(parts.estate.organization.namespace !== undefined && { home: parts.estate.organization.namespace }),
  }
}

function readDirectory(needs: IdentityNeeds, directory: DirectoryOptions, { memory, isWhole }: SessionOptions) {
  if (!memory) return loadDirectory(needs, directory)
  return isWhole ? readWhole(needs, directory, memory.directory) : refreshDirectory(needs, directory, memory.directory)
}

function recalledProducts({ applied }: State): ReadonlySet<string> {
  const products = applied.flatMap((each) => {
    const kind = kinds.get(each.kind)
    const parsed = kind?.parse({ ...each, apiVersion, locate: () => each.origin })
    return kind && parsed && 'spec' in parsed ? [...(kind.needs(parsed.spec).products ?? [])] : []
  })
  return new Set(products)
}
