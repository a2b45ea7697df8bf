import type { CallEvent } from '../atlassian/transport.ts'
import type { TokenStore } from '../atlassian/oauth-kept.ts'
import type { Diagnostic } from '../core/diagnostic.ts'
import { manifestId } from '../core/manifest.ts'
import type { Clock } from '../core/ports.ts'
import type { Survey } from '../core/reconcile.ts'
import { calm, judge, type Situation } from '../report/conditions.ts'
import type { KubeError } from '../kubernetes/kube-error.ts'
import type { Secrets } from '../run/connection.ts'
import type { PassMemory } from '../run/session-options.ts'
import { openSessions, type Pass, type SessionOptions } from '../run/session.ts'
import { removeState, type ConfigMaps } from '../state/config-map-store.ts'
import type { Claims } from './claims.ts'
import { holdsFinalizer, isLeaving, objectId, type ClusterObject } from './cluster-object.ts'
import { declarationOf, withLastWords, type ClusterEstate, type Stray } from './estates.ts'
import { focusOf, type EstateFocus } from './estate-focus.ts'
import { expansionOf } from './expansion.ts'
import { guardedWrites } from './guarded-writes.ts'
import type { Moves } from './moves.ts'
import type { ObjectWrites } from './object-writes.ts'
import { several } from './several.ts'
import { approvedDigests, requestedAt } from './significant-change.ts'
import { isFailed, isHeld, isLater, organizationSituation, situationsOf, waiting } from './situation.ts'
import type { TenureStore } from './tenure-store.ts'

export interface EstatePorts {
  readonly objects: ObjectWrites
  /** Of the organization's namespace. */
  readonly configMaps: ConfigMaps
  readonly store: TenureStore
  readonly memory: PassMemory
  readonly claims: Claims
  readonly moves: Moves
  readonly onCall?: (event: CallEvent) => void
  /** A write to one object was refused; the others go on. */
  readonly onRefused?: (id: string, error: KubeError) => void
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
  /** Ids of the objects that were edited: only what they claim is read. Absent: everything, in the background. */
  readonly edited?: ReadonlySet<string>
  /** Ids of the objects that were changed since the run began. */
  readonly changed: () => ReadonlySet<string>
}

/** What a pass is to be followed by, by id of the object. */
export interface FollowUp {
  /** Something else was written or changed meanwhile. */
  readonly left: ReadonlySet<string>
  /** Atlassian was not read, or has refused. */
  readonly failed: ReadonlySet<string>
  /** What was written does not show yet. */
  readonly later: ReadonlySet<string>
  /** Waits for somebody's approval. */
  readonly held: ReadonlySet<string>
}

/** `suspended`, `unopened`: nothing was read, the status says why. `standby`: this process may not write any more. */
export interface EstateReport {
  readonly result: 'done' | 'suspended' | 'released' | 'unopened' | 'standby'
  readonly pass?: Pass
  readonly followUp: FollowUp
}

export const nothing: FollowUp = { left: new Set(), failed: new Set(), later: new Set(), held: new Set() }

/** One pass over one organization: finalizers first, then Atlassian, then what became of it into status. */
export async function reconcileEstate(
  estate: ClusterEstate,
  run: EstateRun,
  ports: EstatePorts,
): Promise<EstateReport> {
  const { organization, members, leaving } = estate
  const { configMaps } = ports
  const objects = guardedWrites(ports.objects, { ...ports, organization })
  if (isSuspended(organization)) {
    await several([organization, ...members, ...leaving], (each) => tell(objects, each, { ...calm, suspended: true }))
    return { result: 'suspended', followUp: nothing }
  }
  if (isLeaving(organization) && members.length + leaving.length === 0) {
    await removeState(configMaps, stateName(organization))
    await objects.release(organization)
    return { result: 'released', followUp: nothing }
  }
  await holdAll(estate, run, objects)
  const unheld = new Set(objects.refused)
  const report = await passOver(estate, { ...run, unheld }, { ...ports, objects })
  const { left, failed } = report.followUp
  // what could not be held or told comes again later each time, and not at once
  const followUp = { ...report.followUp, left: left.difference(objects.refused), failed: failed.union(objects.refused) }
  return { ...report, followUp }
}

/** `unheld`: without a finalizer, so that nothing may be written for them yet. */
type HeldRun = EstateRun & { readonly unheld: ReadonlySet<string> }

/** Before the first write: an object that is deleted meanwhile is then still there to be withdrawn. */
async function holdAll({ organization, members }: ClusterEstate, { edited }: EstateRun, objects: ObjectWrites) {
  const asked = members.filter((each) => edited?.has(objectId(each)) ?? true)
  const free = [organization, ...asked].filter((each) => !holdsFinalizer(each) && !isLeaving(each))
  await several(free, (each) => objects.hold(each))
}

async function passOver(estate: ClusterEstate, run: HeldRun, ports: EstatePorts): Promise<EstateReport> {
  const { organization, leaving } = estate
  const { objects } = ports
  const unsupported = consentDiagnostics(organization)
  if (unsupported.length > 0) return unopened(estate, unsupported, objects)
  const looked = await lookAt(estate, run, ports)
  if (!looked.pass) return unopened(estate, looked.diagnostics, objects)
  // whoever writes now says what became of it
  if (!looked.focus) return { result: 'standby', pass: looked.pass, followUp: nothing }
  const { pass, focus, diagnostics } = looked
  ports.claims.learn(pass.survey, { covers: focus.covers, members: estate.members })
  const isAbout = (id: string): boolean => focus.covers(id)
  const applied = new Set((ports.store.latest()?.applied ?? []).map(manifestId))
  const isFree = (each: ClusterObject): boolean => isAbout(objectId(each)) && !applied.has(objectId(each))
  const bound = leaving.filter((each) => !isFree(each))
  const told = { pass, diagnostics, isAbout, isWhole: run.edited === undefined }
  // one that goes now is told nothing more: its status would be a version that the release does not know
  const followUp = await tellAll({ ...estate, leaving: bound }, told, objects)
  await several(leaving.filter(isFree), (each) => objects.release(each))
  return { result: 'done', pass, followUp: { ...followUp, left: askedOf(focus.left, run) } }
}

const askedOf = (left: ReadonlySet<string>, { edited }: EstateRun): ReadonlySet<string> =>
  edited ? left.intersection(edited) : left

interface Looked {
  readonly pass?: Pass
  /** Absent where nothing was to be written. */
  readonly focus?: EstateFocus
  readonly diagnostics: readonly Diagnostic[]
}

/** Where others turn out to share a scope with what was edited, once more with them. */
async function lookAt(estate: ClusterEstate, run: HeldRun, ports: EstatePorts): Promise<Looked> {
  let expanded = run.edited && expansionOf(run.edited, estate, ports.claims)
  for (;;) {
    const looked = await lookOnce(estate, { ...run, expanded }, ports)
    if (looked.missing.size === 0) return looked
    expanded = (expanded ?? new Set()).union(looked.missing)
  }
}

async function lookOnce(
  estate: ClusterEstate,
  run: HeldRun & { readonly expanded: ReadonlySet<string> | undefined },
  ports: EstatePorts,
): Promise<Looked & { readonly missing: ReadonlySet<string> }> {
  const { expanded, edited, unheld } = run
  const { moves, claims, signal, mayWrite } = ports
  const moment = moves.begin()
  let missing: ReadonlySet<string> = new Set()
  let focus: EstateFocus | undefined
  try {
    const { sessions, diagnostics } = await open(estate, run, {
      ports,
      focus: (survey) =>
        (focus = focusOf(survey, { edited, changed: edited ? unheld : run.changed().union(unheld), moves, moment })),
    })
    const [session] = sessions
    if (!session) return { diagnostics, missing }
    const decide = async (survey: Survey) => {
      if (expanded) missing = claims.missing(survey, expanded)
      return missing.size > 0 || !mayWrite() ? undefined : { removalsFirst: false, signal }
    }
    const pass = await session.run(decide, approvedDigests(estate.organization))
    return { pass, ...(focus && { focus }), diagnostics, missing }
  } finally {
    moves.end(moment)
  }
}

export const stateName = ({ metadata }: ClusterObject): string => `roster-${metadata.name}`

interface Opening {
  readonly focus: (survey: Survey) => EstateFocus
  readonly ports: EstatePorts
}

async function open(
  estate: ClusterEstate,
  { strays, edited, expanded }: EstateRun & { readonly expanded: ReadonlySet<string> | undefined },
  { focus, ports }: Opening,
) {
  const { env, cwd, clock, random, secrets, labelsOf, mayWrite, sandboxUrl, memory, onCall } = ports
  const store = ports.store.view((state) => withLastWords(state, estate.leaving))
  const { applied } = await store.load()
  const options: SessionOptions = {
    env,
    cwd,
    clock,
    random,
    secrets,
    labelsOf,
    mayWrite,
    memory,
    focus,
    ...(sandboxUrl !== undefined && { sandboxUrl }),
    ...(onCall && { onCall }),
    ...(expanded && { expands: (file) => expanded.has(file) }),
    covers: (file) => edited?.has(file) ?? true,
    isWhole: edited === undefined,
    inBackground: edited === undefined,
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

/** Its refresh token changes with each use and would have to outlive the process. */
function consentDiagnostics(organization: ClusterObject): readonly Diagnostic[] {
  const sites = at(at(organization.spec, 'credentials'), 'sites')
  const signsIn = (site: unknown): boolean => at(at(site, 'oauth'), 'grant') === 'AuthorizationCode'
  if (!Array.isArray(sites) || !sites.some(signsIn)) return []
  const message = 'the controller does not sign in by a person’s consent (AuthorizationCode)'
  const hint = 'use an API token, or ClientCredentials of a service account'
  return [{ code: 'NOT_SUPPORTED', severity: 'error', message, hint, origin: { file: objectId(organization) } }]
}

/** What is in etcd from before the rules of the definitions may be of any shape. */
const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined

const isSuspended = ({ spec }: ClusterObject): boolean => at(spec, 'suspend') === true

async function unopened(
  { organization, members, leaving }: ClusterEstate,
  diagnostics: readonly Diagnostic[],
  objects: ObjectWrites,
): Promise<EstateReport> {
  await tell(objects, organization, organizationSituation(objectId(organization), diagnostics, 0))
  const why = waiting('the AtlassianOrganization cannot be worked on: see its conditions')
  await several([...members, ...leaving], (each) => tell(objects, each, why))
  return { result: 'unopened', followUp: nothing }
}

interface Told {
  readonly pass: Pass
  /** Of the organization and of the declaration as a whole. */
  readonly diagnostics: readonly Diagnostic[]
  readonly isAbout: (id: string) => boolean
  readonly isWhole: boolean
}

async function tellAll(
  { organization, members, leaving }: ClusterEstate,
  { pass, diagnostics, isAbout, isWhole }: Told,
  objects: ObjectWrites,
): Promise<FollowUp> {
  const situationOf = situationsOf(pass)
  const told = [...members, ...leaving].filter((each) => isAbout(objectId(each)))
  const [failed, later, held] = [new Set<string>(), new Set<string>(), new Set<string>()]
  await several(told, async (each) => {
    const id = objectId(each)
    const situation = situationOf(id)
    if (isFailed(situation)) failed.add(id)
    else if (isLater(situation)) later.add(id)
    if (isHeld(situation)) held.add(id)
    await tell(objects, each, situation)
  })
  const left = members.length + leaving.length
  const own = organizationSituation(objectId(organization), diagnostics, pass.survey.desired.entries.size)
  const rest = isLeaving(organization) ? waiting(`it goes once the ${left} objects under it are gone`) : own
  // after a part was read, the number of its entries is not that of the organization
  if (isWhole || isLeaving(organization)) await tell(objects, organization, rest)
  return { ...nothing, failed, later, held }
}

async function tell(objects: ObjectWrites, object: ClusterObject, situation: Situation): Promise<void> {
  const observedGeneration = object.metadata.generation ?? 0
  const conditions = judge(situation).map((each) => ({ ...each, observedGeneration }))
  const token = requestedAt(object)
  const handled = token !== undefined && { lastHandledReconcileAt: token }
  await objects.tell(object, { observedGeneration, conditions, ...handled })
}
