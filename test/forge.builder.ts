import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** Something that somebody wrote on a forge. */
export interface Post {
  readonly id: number
  readonly author: string
  body: string
  readonly title?: string
  isOpen: boolean
}

/** A forge with one pull request, number 7, and issues, over real HTTP. */
export interface Forge {
  readonly url: string
  readonly comments: Post[]
  readonly issues: Post[]
  /** `POST /repos/acme/access/issues/7/comments`, in their order, without the reads. */
  readonly writes: string[]
  /** Status that each write is answered with instead. */
  refusal: number | undefined
  /** Whether the token may ask who it is, as that of a workflow may not. */
  knowsItself: boolean
  close(): Promise<void>
}

export const token = 'forge-token-7d1e'
const pageSize = 2

type Call = { readonly method: string; readonly url: URL; readonly body: Readonly<Record<string, string>> }
type Answer = { readonly status: number; readonly value?: unknown; readonly headers?: Readonly<Record<string, string>> }

/** https://docs.github.com/en/rest/issues, as much of it as is called. Pages hold two entries, whatever is asked. */
export const startGitHub = (): Promise<Forge> =>
  start(answerGitHub, ({ headers }) => headers.authorization === `Bearer ${token}`)

/** https://docs.gitlab.com/api/notes and https://docs.gitlab.com/api/issues, as much of them as is called. */
export const startGitLab = (): Promise<Forge> =>
  start(answerGitLab, ({ headers }) => headers['private-token'] === token)

async function start(
  answer: (forge: Forge, call: Call) => Answer,
  isAllowed: (request: IncomingMessage) => boolean,
): Promise<Forge> {
  const server: Server = createServer((request, response) => void respond(request, response))
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, forge.url)
    const sent = await text(request)
    const call = { method: request.method!, url, body: sent === '' ? {} : (JSON.parse(sent) as Call['body']) }
    const isWrite = call.method !== 'GET'
    if (isWrite) forge.writes.push(`${call.method} ${url.pathname}`)
    const refused = { status: forge.refusal ?? 401, value: { message: 'Resource not accessible by integration' } }
    const given: Answer =
      !isAllowed(request) || (isWrite && forge.refusal !== undefined) ? refused : answer(forge, call)
    response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers })
    response.end(given.value === undefined ? '' : JSON.stringify(given.value))
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const forge: Forge = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    comments: [],
    issues: [],
    writes: [],
    refusal: undefined,
    knowsItself: false,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  }
  return forge
}

const us = 'github-actions[bot]'

export const post = (body: string, author = us): Post => ({ id: nextId(), author, body, isOpen: true })

let last = 100
const nextId = (): number => (last += 1)

function page(all: readonly unknown[], url: URL): Answer {
  const number = Number(url.searchParams.get('page') ?? 1)
  const next = new URL(url)
  next.searchParams.set('page', String(number + 1))
  const isLast = number * pageSize >= all.length
  return {
    status: 200,
    value: all.slice((number - 1) * pageSize, number * pageSize),
    headers: isLast ? {} : { link: `<${next.href}>; rel="next", <${next.href}>; rel="last"` },
  }
}

const notFound: Answer = { status: 404, value: { message: 'Not Found' } }

const user = (login: string) => ({ login, type: login.endsWith('[bot]') ? 'Bot' : 'User' })

const onGitHub = ({ id, body, title, author }: Post) => ({ id, number: id, body, title, user: user(author) })

function answerGitHub(forge: Forge, { method, url, body }: Call): Answer {
  const { comments, issues } = forge
  const found = [...comments, ...issues].find(({ id }) => url.pathname.endsWith(`/${id}`))
  const pullRequest = { ...onGitHub(post('a pull request')), pull_request: {} }
  const edit = (): Answer => (found ? change(found, body['body'], body['state'] === 'closed') : notFound)
  const routes: Readonly<Record<string, () => Answer>> = {
    'GET /user': () =>
      forge.knowsItself ? { status: 200, value: user(us) } : { status: 403, value: { message: 'no' } },
    'GET /repos/acme/access/issues/7/comments': () => page(comments.map(onGitHub), url),
    'POST /repos/acme/access/issues/7/comments': () => create(comments, post(body['body']!)),
    'GET /repos/acme/access/issues': () => page([...issues.filter(isOpen).map(onGitHub), pullRequest], url),
    'POST /repos/acme/access/issues': () => create(issues, { ...post(body['body']!), title: body['title']! }),
    'DELETE /repos/acme/access/issues/comments/N': () => (found ? remove(comments, found) : notFound),
    'PATCH /repos/acme/access/issues/comments/N': edit,
    'PATCH /repos/acme/access/issues/N': edit,
  }
  return routes[`${method} ${url.pathname.replace(/\/\d+$/, '/N')}`]?.() ?? notFound
}

const onGitLab = ({ id, body, author }: Post) => {
  const texts = { body, description: body }
  return { id, iid: id, ...texts, author: { id: author === us ? 1 : 2 } }
}

function answerGitLab({ comments, issues }: Forge, { method, url, body }: Call): Answer {
  const found = [...comments, ...issues].find(({ id }) => url.pathname.endsWith(`/${id}`))
  const text = body['body'] ?? body['description']
  const edit = (): Answer => (found ? change(found, text, body['state_event'] === 'close') : notFound)
  const routes: Readonly<Record<string, () => Answer>> = {
    'GET /user': () => ({ status: 200, value: { id: 1 } }),
    'GET /projects/4711/merge_requests/7/notes': () => page(comments.map(onGitLab), url),
    'POST /projects/4711/merge_requests/7/notes': () => create(comments, post(text!)),
    'GET /projects/4711/issues': () => page(issues.filter(isOpen).map(onGitLab), url),
    'POST /projects/4711/issues': () => create(issues, { ...post(text!), title: body['title']! }),
    'DELETE /projects/4711/merge_requests/7/notes/N': () => (found ? remove(comments, found) : notFound),
    'PUT /projects/4711/merge_requests/7/notes/N': edit,
    'PUT /projects/4711/issues/N': edit,
  }
  return routes[`${method} ${url.pathname.replace(/\/\d+$/, '/N')}`]?.() ?? notFound
}

const isOpen = (each: Post): boolean => each.isOpen

function create(all: Post[], made: Post): Answer {
  all.push(made)
  return { status: 201, value: { id: made.id } }
}

function remove(all: Post[], found: Post): Answer {
  all.splice(all.indexOf(found), 1)
  return { status: 204 }
}

function change(found: Post, body: string | undefined, isClosed: boolean): Answer {
  if (body !== undefined) found.body = body
  if (isClosed) found.isOpen = false
  return { status: 200, value: {} }
}
