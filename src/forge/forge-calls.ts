import type { Dispatcher } from 'undici'
import type { Answer } from '../atlassian/error.ts'
import { exchange, valueOf } from '../atlassian/exchange.ts'

/** A forge did not do what it was asked. */
export class ForgeError extends Error {
  override readonly name = 'ForgeError'
  readonly code = 'FORGE'
  /** Absent where no answer came. */
  readonly status?: number

  constructor(message: string, status?: number) {
    super(message)
    if (status !== undefined) this.status = status
  }
}

export interface ForgeAccess {
  /** Of the API, without a slash at its end. */
  readonly base: string
  /** With the credential. */
  readonly headers: Readonly<Record<string, string>>
  readonly dispatcher: Dispatcher
  /** What the credential needs where it is refused. */
  readonly remedy: string
}

export interface ForgeCalls {
  /** @throws ForgeError */
  get(path: string): Promise<unknown>
  /** All pages of a list, by the header Link. @throws ForgeError */
  list(path: string): Promise<readonly unknown[]>
  /** @throws ForgeError */
  send(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: object): Promise<void>
}

const timeoutMs = 30_000
/** 10,000 entries: more comments than a pull request may have. */
const mostPages = 100

/** Calls of a forge's REST API, one try each: a run of a pipeline can be started again. */
export function createForgeCalls(access: ForgeAccess): ForgeCalls {
  const call = async (method: Dispatcher.HttpMethod, url: URL, body?: object): Promise<Answer> => {
    const request = `${method} ${url.pathname}`
    const headers = { ...access.headers, ...(body && { 'content-type': 'application/json' }) }
    const outgoing = { url, method, headers, ...(body && { body: JSON.stringify(body) }) }
    const answer = await exchange(outgoing, { dispatcher: access.dispatcher, timeoutMs })
    if (!('text' in answer)) throw new ForgeError(`${request}: no answer (${answer.detail ?? answer.code})`)
    if (answer.status >= 200 && answer.status < 300) return answer
    throw refused(request, answer, access.remedy)
  }
  const at = (path: string): URL => new URL(`${access.base}${path}`)
  return {
    get: async (path) => read(await call('GET', at(path))),
    list: (path) => allPages(at(path), (url) => call('GET', url)),
    send: async (method, path, body) => void (await call(method, at(path), body)),
  }
}

async function allPages(first: URL, get: (url: URL) => Promise<Answer>): Promise<readonly unknown[]> {
  const all: unknown[] = []
  let url: URL | undefined = first
  for (let page = 0; url; page += 1) {
    if (page === mostPages) throw new ForgeError(`GET ${first.pathname}: the list does not end`)
    const answer: Answer = await get(url)
    const values = read(answer)
    if (!Array.isArray(values)) throw new ForgeError(`GET ${url.pathname}: the answer is no list`)
    all.push(...(values as readonly unknown[]))
    url = nextPage(answer, first)
  }
  return all
}

/** RFC 8288, as both forges use it. The credential is never carried to another host. */
function nextPage({ headers }: Answer, { origin }: URL): URL | undefined {
  const link = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(String(headers['link'] ?? ''))?.[1]
  if (link === undefined || !URL.canParse(link, origin)) return undefined
  const url = new URL(link, origin)
  if (url.origin !== origin) throw new ForgeError(`the next page of a list is said to be at ${url.host}`)
  return url
}

function read(answer: Answer): unknown {
  const value = valueOf(answer)
  if (!('value' in value)) throw new ForgeError(`an answer could not be read (${value.detail ?? value.code})`)
  return value.value
}

function refused(request: string, answer: Answer, remedy: string): ForgeError {
  const value = valueOf(answer)
  const said = 'value' in value ? messageOf(value.value) : undefined
  const isDenied = answer.status === 401 || answer.status === 403 || answer.status === 404
  const words = [`${request} answered ${answer.status}`, ...(said ? [said] : []), ...(isDenied ? [remedy] : [])]
  return new ForgeError(words.join(': '), answer.status)
}

/** Both forges explain themselves in `message`. */
const messageOf = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string'
    ? value.message.slice(0, 200)
    : undefined
