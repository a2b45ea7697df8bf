import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'

/** A request as it came, with its body read. */
export interface Received {
  readonly method: string
  /** With the scheme and the host that the client used. */
  readonly url: URL
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

/** Waits for the whole request; undefined where the client goes away before that. */
export async function receive(request: IncomingMessage, url: URL): Promise<Received | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch (error) {
    if (request.destroyed && !request.complete) return undefined
    throw error
  }
  return { method: request.method ?? 'GET', url, headers: request.headers, text: Buffer.concat(chunks).toString() }
}

/**
 * What the client asked for. A proxy is sent the whole URL in the request line, and it goes before the `Host` header
 * (RFC 9112, 3.2.2). Null where the two do not make a URL.
 */
export function urlOf({ url = '/', headers, socket }: IncomingMessage): URL | null {
  if (/^https?:/i.test(url)) return URL.parse(url)
  const scheme = socket instanceof TLSSocket ? 'https' : 'http'
  return URL.parse(`${scheme}://${headers.host ?? 'sandbox'}${url}`)
}
