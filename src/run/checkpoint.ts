import type { Outcome } from '../core/apply.ts'
import type { Clock } from '../core/ports.ts'
import type { HeldState, State } from '../core/state.ts'

export interface Checkpoint {
  /** Told of every outcome. */
  readonly note: (outcome: Outcome) => void
  /** Resolves when no save is under way. @throws what a save met with */
  readonly settled: () => Promise<void>
}

/**
 * Saves now and then while writes go on, so that a process that is killed has lost the last moment and not the whole run.
 * `stateOf`: the state after these outcomes.
 */
export function createCheckpoint(
  held: HeldState,
  clock: Clock,
  stateOf: (outcomes: readonly Outcome[]) => State,
): Checkpoint {
  const outcomes: Outcome[] = []
  let savedAtMs = clock.now()
  let saving: Promise<void> | undefined
  let failure: { readonly error: Error } | undefined
  const save = async (): Promise<void> => {
    try {
      await held.save(stateOf([...outcomes]))
    } catch (error) {
      // told by `settled`, before which nothing is called done
      failure ??= { error: error instanceof Error ? error : new Error(String(error)) }
    }
    savedAtMs = clock.now()
    saving = undefined
  }
  return {
    note: (outcome) => {
      outcomes.push(outcome)
      if (saving === undefined && clock.now() - savedAtMs >= held.checkpointMs) saving = save()
    },
    settled: async () => {
      await saving
      if (failure !== undefined) throw failure.error
    },
  }
}
