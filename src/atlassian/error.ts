import { RemoteError } from '../core/remote-error.ts'
import { factsOf, type Facts } from './error-body.ts'
import type { Headers } from './rate-headers.ts'
import type { Silence } from './silence.ts'

/** An HTTP answer, read to its end. */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Headers
  readonly text: string
}

const detailLimit = 300

/** An answer other than 2xx. `secrets` are cut out of what the server says, in case it quotes the request. */
export function refusal(request: string, { status, headers, text }: Answer, secrets: readonly string[]): RemoteError {
  const facts = factsOf(text)
  const traceId = facts.traceId ?? first(headers['atl-traceid'])
  const redirect = status >= 300 && status < 400 && { code: 'REDIRECT', detail: redirectTo(headers) }
  return new RemoteError({
    request,
    status,
    ...shown({ ...facts, ...redirect }, secrets),
    ...(traceId !== undefined && { traceId }),
    effect: mayHaveRun(status, headers) ? 'unknown' : 'refused',
  })
}

/** No answer, or one that was cut off or cannot be read. */
export function noAnswer(request: string, silence: Silence, secrets: readonly string[]): RemoteError {
  const { sent, code, detail, status, cause } = silence
  return new RemoteError({
    request,
    ...(status !== undefined && { status }),
    ...shown({ code, ...(detail !== undefined && { detail }) }, secrets),
    effect: sent ? 'unknown' : 'refused',
    ...(cause !== undefined && { cause }),
  })
}

/** A 4xx says that nothing was done, except 408; 503 with Retry-After says "not now" (reference section 10). */
function mayHaveRun(status: number, headers: Headers): boolean {
  if (status === 503) return headers['retry-after'] === undefined
  return status >= 500 || status === 408
}

function shown({ code, detail }: Facts, secrets: readonly string[]): Pick<Facts, 'code' | 'detail'> {
  const words = detail?.replaceAll(/\s+/g, ' ').trim()
  return {
    ...(code !== undefined && { code: shorten(redact(code, secrets)) }),
    ...(words && { detail: shorten(redact(words, secrets)) }),
  }
}

const shorten = (text: string): string => (text.length <= detailLimit ? text : `${text.slice(0, detailLimit - 1)}…`)

function redact(text: string, secrets: readonly string[]): string {
  const without = secrets.reduce((rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, '[secret]')), text)
  return without.replaceAll(/\b(Bearer|Basic)\s+[\w.~+/=:-]+/gi, '$1 [secret]')
}

/** The host alone: the rest of such an address may hold a ticket, and a name and password too. */
function redirectTo(headers: Headers): string {
  const location = first(headers['location']) ?? ''
  const target = URL.canParse(location) ? ` to ${new URL(location).host}` : ''
  return `redirected${target}, which is not followed: the credential would go along`
}

const first = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'object' ? value[0] : value
