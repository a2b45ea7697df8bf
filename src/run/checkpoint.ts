import type { Outcome } from '../core/apply.ts'
import type { Clock } from '../core/ports.ts'
import type { HeldState, State } from '../core/state.ts'

export interface Checkpoint {
  /** Told of every outcome. */
  readonly note: (outcome: Outcome) => void
  /** No save begins after this; resolves when none is under way. */
  readonly stop: () => Promise<void>
  /** The same. @throws what a save met with */
  readonly settled: () => Promise<void>
}

/** How often it is looked whether a save is due while no outcome comes, as part of the time between two saves. */
const ticksPerSave = 4

/**
 * Saves now and then while writes go on, also while they wait for something, so that a process that is killed has lost the
 * last moment and not the whole run. `stateOf`: the state after these outcomes.
 */
export function createCheckpoint(
  held: HeldState,
  clock: Clock,
  stateOf: (outcomes: readonly Outcome[]) => State,
): Checkpoint {
  const outcomes: Outcome[] = []
  let savedCount = 0
  let savedAtMs = clock.now()
  let saving: Promise<void> | undefined
  let failure: { readonly error: Error } | undefined
  const save = async (): Promise<void> => {
    savedCount = outcomes.length
    try {
      await held.save(stateOf([...outcomes]))
    } catch (error) {
      // told by `settled`, before which nothing is called done
      failure ??= { error: error instanceof Error ? error : new Error(String(error)) }
    }
    savedAtMs = clock.now()
    saving = undefined
  }
  const saveWhereDue = (): void => {
    const isBehind = savedCount < outcomes.length && clock.now() - savedAtMs >= held.checkpointMs
    if (isBehind && saving === undefined) saving = save()
  }
  const endTicks = clock.every?.(held.checkpointMs / ticksPerSave, saveWhereDue)
  const stop = async (): Promise<void> => {
    endTicks?.()
    await saving
  }
  const settled = async (): Promise<void> => {
    await stop()
    if (failure !== undefined) throw failure.error
  }
  const note = (outcome: Outcome): void => {
    outcomes.push(outcome)
    saveWhereDue()
  }
  return { note, stop, settled }
}
