import type { WorldState } from './world-state.ts'

/** Eventual consistency: the world as it was before a write, which reads see for a while. */
export interface Past {
  /** Keeps the present state for the reads to come, unless an older one is still kept. */
  keep(state: WorldState, lag: { readonly delayMs?: number; readonly reads?: number }, nowMs: number): void
  /** The state that a read sees. Counts the read. */
  view(state: WorldState, nowMs: number): WorldState
  forget(): void
}

export function createPast(): Past {
  let kept: { state: WorldState; untilMs: number; readsLeft: number } | undefined
  return {
    keep(state, { delayMs, reads }, nowMs) {
      const untilMs = nowMs + (delayMs ?? (reads === undefined ? 1_000 : Infinity))
      const readsLeft = reads ?? Infinity
      if (kept)
        kept = {
          state: kept.state,
          untilMs: Math.max(kept.untilMs, untilMs),
          readsLeft: Math.max(kept.readsLeft, readsLeft),
        }
      else kept = { state: structuredClone(state), untilMs, readsLeft }
    },
    view(state, nowMs) {
      if (!kept) return state
      if (nowMs >= kept.untilMs || kept.readsLeft <= 0) {
        kept = undefined
        return state
      }
      kept.readsLeft -= 1
      return kept.state
    },
    forget() {
      kept = undefined
    },
  }
}
