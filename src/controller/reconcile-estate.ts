import type { TokenStore } from '../atlassian/oauth-kept.ts'
import { isError, type Diagnostic } from '../core/diagnostic.ts'
import { manifestId } from '../core/manifest.ts'
import type { Clock } from '../core/ports.ts'
import type { State, StateStore } from '../core/state.ts'
import type { Status } from '../kubernetes/status.ts'
import { judge, type Situation } from '../report/conditions.ts'
import type { Secrets } from '../run/connection.ts'
import { openSessions, type Pass, type SessionOptions } from '../run/session.ts'
import { createConfigMapStore, removeState, type ConfigMaps } from '../state/config-map-store.ts'
import { holdsFinalizer, isLeaving, objectId, type ClusterObject } from './cluster-object.ts'
import { declarationOf, withLastWords, type ClusterEstate, type Stray } from './estates.ts'
import { calm, organizationSituation, situationsOf, waiting } from './situation.ts'

/** What a pass writes into the cluster beside its state. */
export interface ObjectWrites {
  /** Adds the finalizer. Resolves once the API server has it: what is written afterwards can be withdrawn. */
  hold(object: ClusterObject): Promise<void>
  /** Removes the finalizer, which lets the object go. */
  release(object: ClusterObject): Promise<void>
  /** Writes the status, where it says something else than before. */
  tell(object: ClusterObject, status: Status): Promise<void>
}

export interface EstatePorts {
  readonly objects: ObjectWrites
  /** Of the organization's namespace. */
  readonly configMaps: ConfigMaps
  readonly secrets: Secrets
  readonly labelsOf: (namespace: string) => Readonly<Record<string, string>> | undefined
  /** Whether the lease of the organization is fresh. */
  readonly mayWrite: () => boolean
  /** Ends the pass after the call in flight. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  /** For the network alone: proxies and authorities. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly sandboxUrl?: string
}

export interface EstateRun {
  readonly strays: readonly Stray[]
  /** Ids of the objects that were edited: only what they claim is read. Absent: everything. */
  readonly edited?: ReadonlySet<string>
}

/** `waiting`: on a person or on what was written to show; the objects say which. */
export interface EstateReport {
  readonly result: 'done' | 'waiting' | 'suspended' | 'released'
  readonly pass?: Pass
}

/** One pass over one organization: finalizers first, then Atlassian, then what became of it into status. */
export async function reconcileEstate(
  estate: ClusterEstate,
  run: EstateRun,
  ports: EstatePorts,
): Promise<EstateReport> {
  const { organization, members, leaving } = estate
  const { objects, configMaps } = ports
  if (isSuspended(organization)) {
    for (const each of [organization, ...members, ...leaving]) await tell(objects, each, { ...calm, suspended: true })
    return { result: 'suspended' }
  }
  if (isLeaving(organization) && members.length + leaving.length === 0) {
    await removeState(configMaps, stateName(organization))
    await objects.release(organization)
    return { result: 'released' }
  }
  await holdAll(estate, objects)
  return passOver(estate, run, ports)
}

/** Before the first write: an object that is deleted meanwhile is then still there to be withdrawn. */
async function holdAll({ organization, members }: ClusterEstate, objects: ObjectWrites): Promise<void> {
  const free = [organization, ...members].filter((each) => !holdsFinalizer(each) && !isLeaving(each))
  for (const each of free) await objects.hold(each)
}

async function passOver(estate: ClusterEstate, run: EstateRun, ports: EstatePorts): Promise<EstateReport> {
  const { organization, leaving } = estate
  const { objects, configMaps, signal } = ports
  const store = rememberingStore(createConfigMapStore(configMaps, stateName(organization)), leaving)
  const { sessions, diagnostics } = await open(estate, run, { store, ports })
  const [session] = sessions
  if (!session) return unopened(estate, diagnostics, objects)
  const pass = await session.run(async () => ({ removalsFirst: false, signal }), approvalsOf(organization))
  const result = await tellAll(estate, { pass, diagnostics, run }, objects)
  const applied = new Set((store.latest()?.applied ?? []).map(manifestId))
  for (const each of leaving) if (!applied.has(objectId(each))) await objects.release(each)
  return { result, pass }
}

const stateName = ({ metadata }: ClusterObject): string => `roster-${metadata.name}`

/** A store that says what was saved last, and hears what objects on their way out say. */
function rememberingStore(store: StateStore, leaving: readonly ClusterObject[]) {
  let latest: State | undefined
  return {
    load: async () => (latest = withLastWords(await store.load(), leaving)),
    hold: async () => {
      const held = await store.hold()
      const save = async (state: State): Promise<void> => {
        await held.save(state)
        latest = state
      }
      return { ...held, state: withLastWords(held.state, leaving), save }
    },
    latest: () => latest,
  }
}

interface Opening {
  readonly store: StateStore
  readonly ports: EstatePorts
}

async function open(estate: ClusterEstate, { strays, edited }: EstateRun, { store, ports }: Opening) {
  const unsupported = consentDiagnostics(estate.organization)
  if (unsupported.length > 0) return { sessions: [], diagnostics: unsupported }
  const { env, cwd, clock, random, secrets, labelsOf, mayWrite, sandboxUrl } = ports
  const { applied } = await store.load()
  const options: SessionOptions = {
    env,
    cwd,
    clock,
    random,
    secrets,
    labelsOf,
    mayWrite,
    ...(sandboxUrl !== undefined && { sandboxUrl }),
    covers: (file) => edited?.has(file) ?? true,
    isWhole: edited === undefined,
    source: `cluster ${estate.organization.metadata.uid ?? ''}`,
    store: () => store,
    tokens: forgetfulTokens,
  }
  return openSessions(declarationOf(estate, strays, applied), options)
}

/** Tokens of a service account are asked for again after a restart. Nobody else shares them, so nothing is to be locked. */
const forgetfulTokens = (): TokenStore => ({
  load: async () => undefined,
  save: async () => {},
  exclusively: (work) => work(),
})

interface SiteCredentials {
  readonly credentials?: { readonly sites?: readonly { readonly oauth?: { readonly grant?: string } }[] }
}

/** Its refresh token changes with each use and would have to outlive the process. */
function consentDiagnostics(organization: ClusterObject): readonly Diagnostic[] {
  const sites = (organization.spec as SiteCredentials | undefined)?.credentials?.sites ?? []
  if (!sites.some(({ oauth }) => oauth?.grant === 'AuthorizationCode')) return []
  const message = 'the controller does not sign in by a person’s consent (AuthorizationCode)'
  const hint = 'use an API token, or ClientCredentials of a service account'
  return [{ code: 'NOT_SUPPORTED', severity: 'error', message, hint, origin: { file: objectId(organization) } }]
}

const isSuspended = ({ spec }: ClusterObject): boolean =>
  (spec as { readonly suspend?: boolean } | undefined)?.suspend === true

/** Digests in an annotation of the organization: who may write there may release. */
const approvalsOf = ({ metadata }: ClusterObject): readonly string[] =>
  (metadata.annotations?.['roster.dev/approved'] ?? '').split(',').map((digest) => digest.trim())

async function unopened(
  { organization, members, leaving }: ClusterEstate,
  diagnostics: readonly Diagnostic[],
  objects: ObjectWrites,
): Promise<EstateReport> {
  await tell(objects, organization, organizationSituation(objectId(organization), diagnostics, 0))
  const why = waiting('the AtlassianOrganization cannot be worked on: see its conditions')
  for (const each of [...members, ...leaving]) await tell(objects, each, why)
  return { result: 'waiting' }
}

interface Told {
  readonly pass: Pass
  /** Of the organization and of the declaration as a whole. */
  readonly diagnostics: readonly Diagnostic[]
  readonly run: EstateRun
}

async function tellAll(
  { organization, members, leaving }: ClusterEstate,
  { pass, diagnostics, run: { edited } }: Told,
  objects: ObjectWrites,
): Promise<'done' | 'waiting'> {
  const situationOf = situationsOf(pass)
  const told = [...members, ...leaving].filter((each) => edited?.has(objectId(each)) ?? true)
  let isWaiting = diagnostics.some(isError)
  for (const each of told) {
    const ready = await tell(objects, each, situationOf(objectId(each)))
    isWaiting ||= !ready
  }
  const left = members.length + leaving.length
  const own = organizationSituation(objectId(organization), diagnostics, pass.survey.desired.entries.size)
  const rest = isLeaving(organization) ? waiting(`it goes once the ${left} objects under it are gone`) : own
  // after a part was read, the number of its entries is not that of the organization
  if (!edited || isLeaving(organization)) await tell(objects, organization, rest)
  return isWaiting ? 'waiting' : 'done'
}

/** Whether it is ready. */
async function tell(objects: ObjectWrites, object: ClusterObject, situation: Situation): Promise<boolean> {
  const observedGeneration = object.metadata.generation ?? 0
  const conditions = judge(situation).map((each) => ({ ...each, observedGeneration }))
  await objects.tell(object, { observedGeneration, conditions })
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
}
