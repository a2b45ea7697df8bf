import type { IncomingMessage } from 'node:http'

/** A request as it came, with its body read. */
export interface Received {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

/** Waits for the whole request; undefined where the client goes away before that. */
export async function receive(request: IncomingMessage): Promise<Received | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch (error) {
    if (request.destroyed && !request.complete) return undefined
    throw error
  }
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'sandbox'}`)
  return { method: request.method ?? 'GET', url, headers: request.headers, text: Buffer.concat(chunks).toString() }
}
