import { StateMovedError, type HeldState, type State, type StateStore } from '../core/state.ts'

/** The state of one organization while this process is its writer. */
export interface TenureStore {
  /** For one pass. `seen`: what a pass is to find in it, e.g. what objects on their way out say now. */
  readonly view: (seen: (state: State) => State) => StateStore
  /** The state as it was saved last; undefined before the first pass. */
  readonly latest: () => State | undefined
  /** Waits for whoever writes, and lets nobody write any more. */
  readonly close: () => Promise<void>
}

/**
 * Loads once, as nobody else writes during the tenure, and lets the passes of this process write one after the other. Where
 * somebody else did write after all, a save fails with StateMovedError and the tenure is over.
 */
export function createTenureStore(inner: StateStore): TenureStore {
  const tenure: Tenure = { inner, loading: undefined, current: undefined, writing: Promise.resolve(), isClosed: false }
  return {
    view: (seen) => ({
      load: async () => seen((await load(tenure)).state),
      hold: () => hold(tenure, seen),
    }),
    latest: () => tenure.current,
    close: async () => {
      tenure.isClosed = true
      await enter(tenure)
    },
  }
}

interface Tenure {
  readonly inner: StateStore
  loading: Promise<HeldState> | undefined
  current: State | undefined
  /** Of whoever entered last. */
  writing: Promise<void>
  isClosed: boolean
}

async function load(tenure: Tenure): Promise<{ readonly held: HeldState; readonly state: State }> {
  tenure.loading ??= tenure.inner.hold()
  try {
    const held = await tenure.loading
    tenure.current ??= held.state
    return { held, state: tenure.current }
  } catch (error) {
    // the next pass tries again
    tenure.loading = undefined
    throw error
  }
}

/** Resolves when everybody who entered before has left, with the way to leave. */
async function enter(tenure: Tenure): Promise<() => void> {
  const before = tenure.writing
  const { promise, resolve } = Promise.withResolvers<void>()
  tenure.writing = before.then(() => promise)
  await before
  return resolve
}

async function hold(tenure: Tenure, seen: (state: State) => State): Promise<HeldState> {
  const leave = await enter(tenure)
  try {
    const { held, state } = await load(tenure)
    return {
      state: seen(state),
      checkpointMs: held.checkpointMs,
      isHeld: () => !tenure.isClosed && held.isHeld(),
      save: (next) => save(tenure, held, next),
      release: async () => leave(),
    }
  } catch (error) {
    leave()
    throw error
  }
}

async function save(tenure: Tenure, held: HeldState, state: State): Promise<void> {
  try {
    await held.save(state)
    tenure.current = state
  } catch (error) {
    // somebody else has written: the next pass begins with what is there now
    if (error instanceof StateMovedError) [tenure.loading, tenure.current] = [undefined, undefined]
    throw error
  }
}
