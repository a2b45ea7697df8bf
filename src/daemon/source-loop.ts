import type { Clock } from '../core/ports.ts'
import type { Log } from '../report/log.ts'
import type { SourceResult } from '../report/metrics-source.ts'
import type { Metrics } from '../report/metrics.ts'
import { nextRevision, type Candidate, type InForce, type RevisionEvent } from '../source/git/revision.ts'
import { createBell } from './bell.ts'
import type { DeclarationSource, Snapshot } from './snapshot.ts'

export interface SourceLoopOptions {
  readonly source: DeclarationSource
  /** Between looks, where nothing asks for one sooner. */
  readonly pollMs: number
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly signal: AbortSignal
  /** Of an earlier life of this process; nothing newer was good then. */
  readonly recalled?: Snapshot
  /** Told of each declaration that comes into force, with the one before it. */
  readonly onTaken: (after: Snapshot, before: Snapshot | undefined) => void
  /** Told after each look. */
  readonly onLook: () => void
}

export interface SourceLoop {
  readonly inForce: () => InForce<Snapshot>
  /** For how long the look that runs has run. */
  readonly lookingMs: () => number
  /** Looks as soon as it can. */
  readonly ring: () => void
  /** Resolves when the signal has ended it. */
  readonly over: Promise<void>
}

/** Looks at the source again and again. What is in force stays so until something better is there. */
export function startSourceLoop(options: SourceLoopOptions): SourceLoop {
  const { source, pollMs, clock, log, signal } = options
  const bell = createBell(clock, signal)
  const desk: Desk = { inForce: {}, isFailing: false, lookingSinceMs: undefined }
  const run = async (): Promise<void> => {
    const endWatch = source.watch(bell.ring)
    try {
      while (!signal.aborted) {
        desk.lookingSinceMs = clock.now()
        await lookOnce(desk, options)
        desk.lookingSinceMs = undefined
        options.onLook()
        await bell.wait(pollMs)
      }
    } finally {
      endWatch()
    }
  }
  log.debug('looking at the source', { source: source.type, pollMs })
  const lookingMs = (): number => (desk.lookingSinceMs === undefined ? 0 : clock.now() - desk.lookingSinceMs)
  return { inForce: () => desk.inForce, lookingMs, ring: bell.ring, over: run() }
}

interface Desk {
  inForce: InForce<Snapshot>
  /** Whether the last look failed, so that it is told once. */
  isFailing: boolean
  lookingSinceMs: number | undefined
}

async function lookOnce(desk: Desk, options: SourceLoopOptions): Promise<void> {
  const { source, log, metrics, signal } = options
  try {
    const candidate = await source.look(desk.inForce)
    // git is stopped like everything else, and that is nothing to tell
    if (signal.aborted) return
    if (desk.isFailing) log.info('the source can be read again')
    desk.isFailing = false
    take(desk, candidate, options)
  } catch (error) {
    if (signal.aborted) return
    metrics.looked(source.type, 'failed')
    fallBack(desk, options)
    if (!desk.isFailing) log.error('the source cannot be read, what is in force goes on', { error })
    desk.isFailing = true
  }
}

function take(desk: Desk, candidate: Candidate<Snapshot>, options: SourceLoopOptions): void {
  const { source, clock, log, metrics, onTaken } = options
  const before = desk.inForce.good
  const { inForce, event } = nextRevision(desk.inForce, candidate, clock.now())
  const { good, refused } = inForce
  desk.inForce = inForce
  metrics.looked(source.type, resultOf(event, refused))
  if (event === 'mended') log.info('what was refused is no more, the newest declaration is in force')
  if (event === 'taken' && good) onTaken(good, before)
  if (event === 'refused' && refused) refuse(desk, refused, options)
}

/** Said once, and loudly. */
function refuse(
  desk: Desk,
  { reason, message, commit }: NonNullable<InForce<Snapshot>['refused']>,
  options: SourceLoopOptions,
): void {
  // what was verified once may not be trusted any more
  if (commit !== options.recalled?.commit) fallBack(desk, options)
  const { log } = options
  const facts = { code: reason, reason: message, ...(commit !== undefined && { refused: commit }) }
  const { good } = desk.inForce
  if (!good) log.error('there is no declaration that can be taken: nothing is done', facts)
  else log.error('the last good declaration stays in force', { ...facts, revision: good.commit })
}

/** To what was in force before a restart. */
function fallBack(desk: Desk, { recalled, onTaken }: SourceLoopOptions): void {
  if (desk.inForce.good || !recalled) return
  desk.inForce = { ...desk.inForce, good: recalled }
  onTaken(recalled, undefined)
}

function resultOf(event: RevisionEvent, refused: InForce<Snapshot>['refused']): SourceResult {
  if (event === 'taken') return 'changed'
  if (event === 'unchanged' || event === 'mended') return refused ? 'rejected' : 'unchanged'
  return refused?.reason === 'UNREACHABLE' ? 'failed' : 'rejected'
}
