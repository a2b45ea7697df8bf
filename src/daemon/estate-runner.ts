import { plannedChanges, heldChanges } from '../core/plan.ts'
import { LockedError, StateMovedError } from '../core/state.ts'
import type { Log } from '../report/log.ts'
import type { Metrics } from '../report/metrics.ts'
import type { Estate } from '../run/organizations.ts'
import { createPassMemory, type PassMemory } from '../run/session-options.ts'
import { declaredEnds } from '../run/credential-ends.ts'
import { expiries, timingOf } from '../run/timing.ts'
import {
  begun,
  dueTask,
  ended,
  idleMs,
  newAgenda,
  withEdit,
  type Agenda,
  type Ended,
  type Pace,
  type Task,
} from './agenda.ts'
import { createBell } from './bell.ts'
import type { Touched } from './edits.ts'
import { passOver, type EstatePass, type PassHooks, type PassPorts } from './estate-pass.ts'
import { endOf, nothingTold, tellDiagnostics, tellOutcome, tellPlaces, type Memory } from './pass-story.ts'
import type { Snapshot } from './snapshot.ts'

export interface RunnerPorts extends PassPorts {
  readonly log: Log
  readonly metrics: Metrics
}

/** What is in force for one organization. */
export interface InForce {
  readonly estate: Estate
  readonly snapshot: Snapshot
}

/** Keeps one organization as it is declared, one pass at a time, until the signal. */
export interface EstateRunner {
  /** Another declaration is in force. */
  readonly update: (inForce: InForce, touched: Touched) => void
  /** Looks whether somebody has approved what is held. */
  readonly wake: () => void
  /** For how long a pass has run without a call or a change. */
  readonly silentMs: () => number
  /** Ends after the pass that runs. */
  readonly stop: () => void
  /** Resolves when it has ended. Never rejects: a bug in a pass is logged and tried again. */
  readonly over: Promise<void>
}

const defaultIntervalMs = 600_000

export function startRunner(first: InForce, ports: RunnerPorts): EstateRunner {
  const { clock, metrics } = ports
  const { name } = first.estate.organization
  const retired = new AbortController()
  const signal = AbortSignal.any([ports.signal, retired.signal])
  const bell = createBell(clock, signal)
  const desk = newDesk(first, clock.now())
  const log = ports.log.child({ organization: name })
  metrics.credentialsEnd(name, declaredEnds(first.estate.organization))
  return {
    update: (inForce, touched) => {
      metrics.credentialsEnd(name, declaredEnds(inForce.estate.organization))
      Object.assign(desk, inForce, { pace: paceOf(inForce) })
      desk.agenda = withEdit(desk.agenda, touched, clock.now())
      bell.ring()
    },
    wake: () => {
      desk.wantsLook = true
      bell.ring()
    },
    silentMs: () => (desk.activeAtMs === undefined ? 0 : clock.now() - desk.activeAtMs),
    stop: () => {
      retired.abort()
      metrics.credentialsEnd(name, new Map())
      metrics.forget(name)
    },
    over: work(desk, { ...ports, log, signal }, bell.wait),
  }
}

interface Desk {
  readonly name: string
  estate: Estate
  snapshot: Snapshot
  pace: Pace & { readonly isSuspended: boolean }
  agenda: Agenda
  told: Memory
  /** Digests that were approved when the last pass began. */
  approvals: ReadonlySet<string>
  heldDigests: ReadonlySet<string>
  /** Unless it waits for what is due: when it last did something. */
  activeAtMs: number | undefined
  wantsLook: boolean
  /** Made so far. */
  calls: number
  readonly memory: PassMemory
}

const newDesk = (first: InForce, nowMs: number): Desk => ({
  ...first,
  name: first.estate.organization.name,
  pace: paceOf(first),
  agenda: newAgenda(nowMs),
  told: nothingTold,
  approvals: new Set(),
  heldDigests: new Set(),
  activeAtMs: undefined,
  wantsLook: false,
  calls: 0,
  memory: createPassMemory(),
})

function paceOf({ estate }: InForce): Desk['pace'] {
  const { intervalMs = defaultIntervalMs, isSuspended = false } = timingOf(estate.organization) ?? {}
  return { intervalMs, isSuspended, expiries: expiries(estate.declaration.manifests) }
}

async function work(desk: Desk, ports: RunnerPorts, wait: (ms: number) => Promise<void>): Promise<void> {
  const { clock, signal } = ports
  while (!signal.aborted) {
    const isIdle = await workOnce(desk, ports)
    desk.activeAtMs = undefined
    if (isIdle) await wait(idleMs(desk.agenda, desk.pace, clock.now()))
  }
}

/** Whether there was nothing to do. */
async function workOnce(desk: Desk, ports: RunnerPorts): Promise<boolean> {
  const { clock, log, metrics } = ports
  desk.activeAtMs = clock.now()
  try {
    if (desk.wantsLook) await lookForApprovals(desk, clock.now())
    const task = dueTask(desk.agenda, desk.pace, clock.now())
    if (task) await perform(desk, task, ports)
    return task === undefined
  } catch (error) {
    log.error('a pass ended by an error', { error })
    metrics.passFailed(desk.name)
    desk.agenda = ended(desk.agenda, { unfinished: { why: 'failed', touched: 'everything' } }, desk.pace, clock.now())
    return false
  }
}

/** What `roster approve` wrote is acted upon at the next look, and not only at the next sweep. */
async function lookForApprovals(desk: Desk, nowMs: number): Promise<void> {
  desk.wantsLook = false
  if (desk.heldDigests.size === 0) return
  const { approvals } = await desk.snapshot.store(desk.name).load()
  const isNew = [...approvals.keys()].some((digest) => desk.heldDigests.has(digest) && !desk.approvals.has(digest))
  if (isNew) desk.agenda = withEdit(desk.agenda, 'everything', nowMs)
}

async function perform(desk: Desk, task: Task, ports: RunnerPorts): Promise<void> {
  const { clock, random } = ports
  const startMs = clock.now()
  desk.agenda = begun(desk.agenda, task, desk.pace, { nowMs: startMs, random: random() })
  if (desk.pace.isSuspended) {
    if (task.touched === 'everything') ports.log.info('suspended: nothing is done')
    return
  }
  desk.approvals = new Set((await desk.snapshot.store(desk.name).load()).approvals.keys())
  const log = ports.log.child({ revision: desk.snapshot.commit })
  const callsBefore = desk.calls
  const hooks = hooksOf(desk, log, ports)
  try {
    const done = await passOver(desk.estate, desk.snapshot, task, { ports, hooks })
    const end = conclude(desk, task, done, {
      ...ports,
      log,
      durationMs: clock.now() - startMs,
      calls: desk.calls - callsBefore,
    })
    desk.agenda = ended(desk.agenda, end, desk.pace, clock.now())
  } catch (error) {
    if (!(error instanceof LockedError || error instanceof StateMovedError)) throw error
    // another command is at it: what it did is seen by the next look
    log.info('somebody else is writing, this pass is made again', { error })
    desk.agenda = ended(desk.agenda, { unfinished: { why: 'later', touched: task.touched } }, desk.pace, clock.now())
  }
}

function hooksOf(desk: Desk, log: Log, { clock, metrics }: RunnerPorts): PassHooks {
  return {
    memory: desk.memory,
    onCall: (event) => {
      desk.activeAtMs = clock.now()
      desk.calls += 1
      metrics.called(desk.name, event)
    },
    onOutcome: (outcome) => {
      desk.activeAtMs = clock.now()
      tellOutcome(outcome, log)
    },
  }
}

interface Concluding extends RunnerPorts {
  readonly durationMs: number
  readonly calls: number
}

/** Tells how it went, to people and to metrics. */
function conclude(desk: Desk, task: Task, { pass, diagnostics }: EstatePass, ports: Concluding): Ended {
  const { log, metrics, signal, durationMs, calls } = ports
  const all = [...diagnostics, ...(pass?.survey.diagnostics ?? [])]
  if (!pass && signal.aborted) return {}
  const told = tellDiagnostics(all, desk.told.diagnostics, log)
  if (!pass) {
    desk.told = { ...desk.told, diagnostics: told }
    metrics.passFailed(desk.name)
    return { unfinished: { why: 'failed', touched: 'everything' } }
  }
  const { plan } = pass.survey
  const isWhole = task.touched === 'everything'
  desk.told = { diagnostics: told, places: tellPlaces(plan.scopes, { told: desk.told.places, isWhole, log }) }
  const held = heldChanges(plan).length
  if (isWhole)
    desk.heldDigests = new Set(plan.scopes.filter((each) => each.held.length > 0).map(({ digest }) => digest))
  const made = pass.outcomes.filter(({ result }) => result === 'done' || result === 'confirmed').length
  log.info('pass', {
    reason: task.reason,
    changes: made,
    missed: plannedChanges(plan).length - made,
    held,
    unread: plan.scopes.filter(({ unread }) => unread).length,
    places: plan.scopes.length,
    calls,
    durationMs,
  })
  const kind = isWhole ? 'sweep' : 'edit'
  metrics.passed({
    organization: desk.name,
    kind,
    plan,
    diagnostics: all,
    outcomes: pass.outcomes,
    isWhole,
    durationMs,
  })
  return endOf(pass)
}
