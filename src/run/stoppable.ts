/** The work, or undefined as soon as the signal comes while it may stop at any point. A failure of the work is thrown. */
export async function stoppable<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
  mayStop: () => boolean,
): Promise<Result | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const stop = (): void => {
    if (mayStop()) resolve(undefined)
  }
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
