import { isDeepStrictEqual } from 'node:util'
import type { Outcome } from '../core/apply.ts'
import { createIdentities, type Identities } from '../core/directory.ts'
import type { Manifest } from '../core/manifest.ts'
import { narrow, type Reconciled, type Survey, type WriteSide } from '../core/reconcile.ts'
import {
  checkpointState,
  nextPins,
  nextState,
  StateMovedError,
  type HeldState,
  type State,
  type StateStore,
} from '../core/state.ts'
import type { Transport } from '../atlassian/transport.ts'
import { kinds } from '../kinds/index.ts'
import { createCheckpoint } from './checkpoint.ts'
import type { ApplyOptions, Focus, SessionOptions } from './session-options.ts'

/** The part of a pass that may change something, from taking the state to giving it back. */
export interface Writing {
  /** What is carried out of what was looked at. */
  readonly survey: Survey
  readonly means: Omit<WriteSide, 'reload'>
  /** Remembers what came of it. */
  readonly end: (reconciled: Reconciled) => Promise<void>
  readonly release: () => Promise<void>
}

export interface Beginning {
  readonly looked: Survey
  readonly decision: ApplyOptions
  /** On which the plan rests. */
  readonly state: State
  readonly store: StateStore
  readonly manifests: readonly Manifest[]
  readonly nowMs: number
}

interface Surroundings {
  readonly transport: Transport
  readonly options: SessionOptions
}

/** @throws StateMovedError where somebody else has applied since the plan was made; LockedError */
export async function beginWriting(beginning: Beginning, { transport, options }: Surroundings): Promise<Writing> {
  const held = await beginning.store.hold()
  try {
    return await writingWith(held, beginning, { transport, options })
  } catch (error) {
    await held.release()
    throw error
  }
}

async function writingWith(held: HeldState, beginning: Beginning, { transport, options }: Surroundings) {
  const { looked, decision, manifests, nowMs } = beginning
  const { clock, mayWrite } = options
  const focus = options.focus?.(looked) ?? asPlanned(held.state, beginning, options)
  const survey = narrow(looked, focus.keeps)
  const identities = createIdentities()
  const after = { state: held.state, manifests, identities, nowMs, options: { ...options, ...focus } }
  // before the first write, so that what it adds is known to be declared, whatever becomes of this process
  await held.save(checkpointState(held.state, { ...appliedOf(after, survey, []), manifests }))
  const checkpoint = createCheckpoint(held, clock, (outcomes) =>
    checkpointState(held.state, appliedOf(after, survey, outcomes)),
  )
  const onOutcome = (outcome: Outcome): void => {
    checkpoint.note(outcome)
    decision.onOutcome?.(outcome)
  }
  return {
    survey,
    means: {
      ...decision,
      onOutcome,
      clock,
      identities,
      writer: transport.createWriter(() => (mayWrite?.() ?? true) && held.isHeld(), decision.signal),
    },
    end: async (reconciled: Reconciled) => {
      await checkpoint.settled()
      await held.save(stateAfter(after, reconciled))
    },
    release: async () => {
      await checkpoint.stop()
      await held.release()
    },
  }
}

function asPlanned(now: State, { state }: Beginning, { covers, isWhole }: SessionOptions): Focus {
  const essence = ({ approvals: _, ...rest }: State) => rest
  if (!isDeepStrictEqual(essence(now), essence(state))) {
    throw new StateMovedError('somebody else has applied since this plan was made: plan again')
  }
  return { keeps: () => true, covers, isWhole }
}

interface After {
  readonly state: State
  readonly manifests: readonly Manifest[]
  readonly identities: Identities
  readonly nowMs: number
  readonly options: Pick<SessionOptions, 'covers' | 'isWhole' | 'source'>
}

const appliedOf = ({ manifests, identities, nowMs, options }: After, survey: Survey, outcomes: readonly Outcome[]) => ({
  manifests,
  covers: options.covers,
  difference: survey.difference,
  desired: survey.desired,
  observed: survey.observed,
  outcomes,
  identities,
  kinds,
  ...(options.isWhole && { source: options.source }),
  nowMs,
})

function stateAfter(after: After, { survey, outcomes }: Reconciled): State {
  const { state, identities, options } = after
  const { directory, needs } = survey
  const next = nextState(state, appliedOf(after, survey, outcomes))
  const pins = nextPins(state.pins, { needs, directory, identities, isWhole: options.isWhole })
  return { ...next, pins, counts: { ...state.counts, ...directory.counts } }
}
