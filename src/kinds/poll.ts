import { unreadOf } from '../atlassian/paginate.ts'
import type { Clock } from '../core/ports.ts'

/** A new account or group shows in searches after a second or two (reference section 4.5); about ten seconds in all. */
const pausesMs = [0, 500, 1000, 2000, 3000, 4000]

/**
 * Asks until there is an answer, or undefined once the patience is used up. A failed read counts as "not yet": the write
 * before it was carried out, and the next run looks again.
 */
export async function poll<Answer>(
  ask: () => Promise<Answer | undefined>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Answer | undefined> {
  for (const pauseMs of pausesMs) {
    if (signal.aborted) return undefined
    if (pauseMs > 0) await clock.sleep(pauseMs, signal)
    const answer = await ask().catch((error: unknown) => void unreadOf(error))
    if (answer !== undefined) return answer
  }
  return undefined
}
