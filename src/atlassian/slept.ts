import type { Clock } from '../core/ports.ts'

/** Whether the time went by before the signal came. */
export async function slept(clock: Clock, ms: number, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted) return false
  try {
    await clock.sleep(ms, signal)
    return true
  } catch (error) {
    if (!signal?.aborted) throw error
    return false
  }
}
