import { request, type Dispatcher } from 'undici'
import type { Clock } from '../core/ports.ts'
import type { ClusterAccess } from './cluster-access.ts'
import { KubeError } from './kube-error.ts'
import { refusal, silence } from './kube-failure.ts'
import { startWatchdog } from './watchdog.ts'

/** One request to the API server. */
export interface Outgoing {
  /** `PATCH leases`, for errors and metrics. */
  readonly title: string
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
  readonly contentType?: string
}

export interface Wire {
  readonly access: ClusterAccess
  readonly clock: Clock
  /** `roster/1.0.0` */
  readonly userAgent: string
}

export interface TryOptions {
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** One try, read to its end. @throws KubeError, or the reason of `signal` */
export async function exchange(wire: Wire, outgoing: Outgoing, { timeoutMs, signal }: TryOptions): Promise<unknown> {
  signal?.throwIfAborted()
  const watchdog = startWatchdog({ clock: wire.clock, limitMs: timeoutMs, signal })
  try {
    const answer = await send(wire, outgoing, { use: 'call', signal: watchdog.signal })
    const text = await answer.body.text()
    if (answer.statusCode >= 300) throw new KubeError(refusal(outgoing.title, answer.statusCode, answer.headers, text))
    return parsed(outgoing.title, text)
  } catch (error) {
    signal?.throwIfAborted()
    if (watchdog.expired()) throw new KubeError({ request: outgoing.title, code: 'DEADLINE', cause: error })
    throw error instanceof KubeError ? error : new KubeError(silence(outgoing.title, error))
  } finally {
    watchdog.stop()
  }
}

/** Sends, and returns when the headers of the answer are there. */
export async function send(
  { access, userAgent }: Wire,
  { method, path, query = {}, body, contentType = 'application/json' }: Outgoing,
  { use, signal }: { readonly use: 'call' | 'watch'; readonly signal: AbortSignal },
): Promise<Dispatcher.ResponseData> {
  const url = new URL(`${access.server}${path}`)
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value)
  const { headers, dispatcher } = await access.open(use)
  return request(url, {
    method,
    dispatcher,
    signal,
    headers: {
      ...headers,
      accept: 'application/json',
      'user-agent': userAgent,
      ...(body !== undefined && { 'content-type': contentType }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}

/** Objects, lists and Status objects have metadata. What has none was not said by an API server. */
function parsed(title: string, text: string): unknown {
  try {
    const answer: unknown = JSON.parse(text)
    if (hasMetadata(answer)) return answer
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new KubeError({ request: title, code: 'NOT_JSON', cause: error })
  }
  throw new KubeError({ request: title, code: 'NOT_AN_OBJECT' })
}

/** Whether it looks like an object of the Kubernetes API. */
export function hasMetadata(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('metadata' in value)) return false
  return typeof value.metadata === 'object' && value.metadata !== null
}
