import type { Clock } from '../core/ports.ts'
import { slept } from '../core/slept.ts'

export interface WatchdogOptions {
  readonly clock: Clock
  readonly limitMs: number
  /** Aborts the watchdog's own signal too. */
  readonly signal?: AbortSignal | undefined
}

export interface Watchdog {
  /** Aborted after `limitMs` without a sign of life. */
  readonly signal: AbortSignal
  /** A sign of life. */
  readonly alive: () => void
  /** Whether it was the time that aborted. */
  readonly expired: () => boolean
  /** To be called at the end, or it goes on waiting. */
  readonly stop: () => void
}

/** Notices that nothing happens any more. One timer, however many signs of life there are. */
export function startWatchdog({ clock, limitMs, signal: outer }: WatchdogOptions): Watchdog {
  const ended = new AbortController()
  const stopped = new AbortController()
  let lastMs = clock.now()
  let expired = false
  const pass = (): void => ended.abort(outer?.reason)
  if (outer?.aborted === true) pass()
  outer?.addEventListener('abort', pass, { once: true })
  const watch = async (): Promise<void> => {
    for (let leftMs = limitMs; leftMs > 0; leftMs = lastMs + limitMs - clock.now()) {
      if (!(await slept(clock, leftMs, stopped.signal))) return
    }
    expired = true
    ended.abort()
  }
  void watch()
  return {
    signal: ended.signal,
    alive: () => {
      lastMs = clock.now()
    },
    expired: () => expired,
    stop: () => {
      outer?.removeEventListener('abort', pass)
      stopped.abort()
    },
  }
}
