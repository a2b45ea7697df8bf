import { stoppable } from '../run/stoppable.ts'

/** The user wants to stop, and nothing is under way that must be finished. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
}

/** The work, or an InterruptedError as soon as the signal comes while it may stop at any point (it only reads). */
export async function interruptible<T>(work: Promise<T>, signal: AbortSignal, mayStop: () => boolean): Promise<T> {
  const ended = await stoppable(
    work.then((result) => ({ result })),
    signal,
    mayStop,
  )
  if (!ended) throw new InterruptedError('interrupted')
  return ended.result
}
