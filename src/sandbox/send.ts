import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Answer } from './exchange.ts'

/** How a request ends: with an answer, or with a connection that is cut or never answered. */
export interface Outcome {
  readonly answer: Answer | 'hang' | 'drop'
  readonly delayMs: number
  /** The connection ends half way through the body. */
  readonly cut?: boolean
}

export async function send(response: ServerResponse, { answer, delayMs, cut = false }: Outcome): Promise<void> {
  if (delayMs > 0) await setTimeout(delayMs, undefined, { ref: false })
  if (answer === 'hang') return
  if (answer === 'drop') {
    response.destroy()
    return
  }
  const { status, body, headers = {} } = answer
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const content = text === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, { ...content, ...headers })
  if (!cut) {
    response.end(text)
    return
  }
  // the length is announced whole, so that the client sees a body that ends too soon
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.destroy())
}
