import type { Clock } from './ports.ts'

/** Sleeps; true after the whole time, false where `signal` ended it before. */
export async function slept(clock: Clock, ms: number, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted) return false
  try {
    await clock.sleep(ms, signal)
  } catch (error) {
    if (!signal?.aborted) throw error
  }
  return !signal?.aborted
}
