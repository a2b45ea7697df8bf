import { request, type Dispatcher } from 'undici'
import type { Answer } from './error.ts'
import { pageTitle } from './error-body.ts'
import { silenceOf, type Silence } from './silence.ts'

/** One HTTP request, ready to go out. */
export interface Outgoing {
  readonly url: URL
  readonly method: Dispatcher.HttpMethod
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface ExchangeOptions {
  readonly dispatcher: Dispatcher
  /** From start to the last byte of the answer. */
  readonly timeoutMs: number
}

/** The longest answers, 250 spaces or 100 accounts with all their groups, are far below. */
const longestAnswerBytes = 32 * 1024 * 1024

/** One try. Redirects are not followed, so that no credential is carried elsewhere. */
export async function exchange(
  { url, method, headers, body }: Outgoing,
  { dispatcher, timeoutMs }: ExchangeOptions,
): Promise<Answer | Silence> {
  let status: number | undefined
  try {
    const response = await request(url, {
      method,
      // nothing is unpacked, so that no small answer becomes a large one
      headers: { ...headers, 'accept-encoding': 'identity' },
      dispatcher,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && { body }),
    })
    status = response.statusCode
    const encoding = encodingOf(response.headers['content-encoding'])
    if (encoding !== undefined) {
      response.body.on('error', () => {}).destroy()
      return packed(encoding, status)
    }
    const text = await textOf(response.body)
    if (text === undefined) return tooLong(status)
    return { status, headers: response.headers, text }
  } catch (error) {
    return silenceOf(error, { host: url.host, ...(status !== undefined && { status }) })
  }
}

/** The value of a 2xx answer, `undefined` for an empty one; or a Silence where it cannot be read. */
export function valueOf({ status, text }: Answer): { readonly value: unknown } | Silence {
  if (text === '') return { value: undefined }
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const page = pageTitle(text)
    // A sign-in page or a proxy's notice stays what it is; a body that was cut off can be whole the next time.
    const detail = page ?? 'the answer is not whole JSON'
    return { sent: true, transient: page === undefined, code: 'NOT_JSON', detail, status }
  }
}

async function textOf(body: Dispatcher.ResponseData['body']): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    // Leaving the loop destroys the stream, and with it the connection.
    if (bytes > longestAnswerBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const tooLong = (status: number): Silence => ({
  sent: true,
  transient: false,
  code: 'TOO_LONG',
  detail: `the answer is longer than ${longestAnswerBytes} bytes`,
  status,
})

/** Undefined where the body is as it is. */
function encodingOf(header: string | string[] | undefined): string | undefined {
  const encoding = String(header ?? '').trim()
  return encoding === '' || encoding.toLowerCase() === 'identity' ? undefined : encoding
}

const packed = (encoding: string, status: number): Silence => ({
  sent: true,
  transient: false,
  code: 'ENCODED',
  detail: `the answer is packed (${encoding}), which was not asked for`,
  status,
})
