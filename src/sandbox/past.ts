import type { Api } from './exchange.ts'
import type { WorldState } from './world-state.ts'

/** How long a write stays unseen. */
export interface Lag {
  /** From the write on; left out with `reads`: without end. */
  readonly delayMs?: number
  /** So many reads do not see it. */
  readonly reads?: number
  /** Reads through the API that was written through see it already after so long. */
  readonly own?: { readonly api: Api; readonly delayMs: number }
}

/** Eventual consistency: the world as it was before each write that reads do not see yet. */
export interface Past {
  /** Keeps the present state, from which a write is about to lead away. */
  keep(state: WorldState, lag: Lag, nowMs: number): void
  /** The state that a read through this API sees: before the oldest write that it does not see. Counts the read. */
  view(state: WorldState, api: Api, nowMs: number): WorldState
  forget(): void
}

interface Kept {
  readonly state: WorldState
  readonly untilMs: number
  readonly own?: { readonly api: Api; readonly untilMs: number }
  readsLeft: number
}

export function createPast(): Past {
  let kept: Kept[] = []
  return {
    keep(state, { delayMs, reads, own }, nowMs) {
      const untilMs = nowMs + (delayMs ?? (reads === undefined ? 1_000 : Infinity))
      const readsLeft = reads ?? Infinity
      const ownUntil = own && { own: { api: own.api, untilMs: nowMs + own.delayMs } }
      if (untilMs > nowMs) kept.push({ state: structuredClone(state), untilMs, readsLeft, ...ownUntil })
    },
    view(state, api, nowMs) {
      kept = kept.filter(({ untilMs, readsLeft }) => nowMs < untilMs && readsLeft > 0)
      const hidden = kept.find(({ untilMs, own }) => nowMs < (own?.api === api ? own.untilMs : untilMs))
      for (const each of kept) each.readsLeft -= 1
      return hidden?.state ?? state
    },
    forget() {
      kept = []
    },
  }
}
