import type { Dispatcher } from 'undici'
import { frozenObject } from './freeze.ts'
import type { WatchEvent, WatchOptions } from './kube-client.ts'
import { KubeError } from './kube-error.ts'
import { hasMetadata, send, type Outgoing, type Wire } from './kube-exchange.ts'
import { refusal, silence, statusFailure } from './kube-failure.ts'
import type { KubeObject } from './kube-object.ts'
import { startWatchdog, type Watchdog } from './watchdog.ts'

type Frame<T> = { readonly type: string; readonly object: T }

/** A watch, from its request to its end. @throws KubeError, or the reason of the signal */
export async function* watchStream<T extends KubeObject>(
  wire: Wire,
  outgoing: Outgoing,
  { inactivityMs, signal }: Pick<WatchOptions, 'inactivityMs' | 'signal'>,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  signal?.throwIfAborted()
  const { title } = outgoing
  const watchdog = startWatchdog({ clock: wire.clock, limitMs: inactivityMs, signal })
  try {
    const answer = await send(wire, outgoing, { use: 'watch', signal: watchdog.signal })
    watchdog.alive()
    if (answer.statusCode >= 300) {
      throw new KubeError(refusal(title, answer.statusCode, answer.headers, await answer.body.text()))
    }
    for await (const line of lines(title, answer.body, watchdog)) yield eventOf<T>(title, frameOf<T>(title, line))
  } catch (error) {
    signal?.throwIfAborted()
    if (watchdog.expired()) throw new KubeError({ request: title, code: 'INACTIVE', cause: error })
    throw error instanceof KubeError ? error : new KubeError(silence(title, error))
  } finally {
    watchdog.stop()
  }
}

async function* lines(
  title: string,
  body: Dispatcher.ResponseData['body'],
  watchdog: Watchdog,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  let rest: string[] = []
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    watchdog.alive()
    const [first = '', ...more] = decoder.decode(chunk, { stream: true }).split('\n')
    rest.push(first)
    const last = more.pop()
    if (last === undefined) continue
    yield rest.join('')
    yield* more
    rest = [last]
  }
  if (rest.join('') !== '')
    throw new KubeError({ request: title, code: 'CUT', detail: 'the watch ended within a line' })
}

function frameOf<T>(title: string, line: string): Frame<T> {
  try {
    const frame: unknown = JSON.parse(line)
    if (isFrame<T>(frame)) return frame
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new KubeError({ request: title, code: 'NOT_JSON', cause: error })
  }
  throw new KubeError({ request: title, code: 'NOT_A_FRAME' })
}

/** Something in between may have answered in the place of the server. */
function isFrame<T>(frame: unknown): frame is Frame<T> {
  if (typeof frame !== 'object' || frame === null || !('object' in frame) || !('type' in frame)) return false
  const { type, object } = frame
  return hasMetadata(object) || (type === 'ERROR' && typeof object === 'object' && object !== null)
}

function eventOf<T extends KubeObject>(title: string, { type, object }: Frame<T>): WatchEvent<T> {
  if (type === 'BOOKMARK') return { type, resourceVersion: object.metadata.resourceVersion ?? '' }
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') return { type, object: frozenObject(object) }
  // an ERROR frame carries a Status in place of the object
  throw new KubeError(statusFailure(title, object as unknown as Parameters<typeof statusFailure>[1]))
}
