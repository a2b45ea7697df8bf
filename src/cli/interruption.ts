/** The user wants to stop, and nothing is under way that must be finished. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
}

/** The work, or an InterruptedError as soon as the signal comes while it may stop at any point (it only reads). */
export async function interruptible<T>(work: Promise<T>, signal: AbortSignal, mayStop: () => boolean): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = (): void => {
    if (mayStop()) reject(new InterruptedError('interrupted'))
  }
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
