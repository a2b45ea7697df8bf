import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pageHeaders, renderLoginPage, type LoginPage } from './login-page.ts'

/** What the browser brought back; `reply` is what it shows next. */
export interface Callback {
  readonly answer: { readonly code: string } | { readonly refusal: string }
  readonly reply: (page: LoginPage) => Promise<void>
}

export interface CallbackServer {
  /** The address that must stand among the app's callback URLs, letter by letter. */
  readonly redirectUri: string
  /** The first answer that carries the state. Others are told off and waited past: anybody can call this port. */
  wait(state: string): Promise<Callback>
  close(): Promise<void>
}

const host = '127.0.0.1'

/** Listens on this machine alone. @throws an error with the code EADDRINUSE where the port is taken */
export async function openCallbackServer(port: number): Promise<CallbackServer> {
  const { promise, resolve } = Promise.withResolvers<Callback>()
  let expected: string | undefined
  let isDone = false
  const server = createServer((request, response) => {
    const authority = `${host}:${(server.address() as AddressInfo).port}`
    const url = new URL(request.url ?? '/', `http://${authority}`)
    if (!isCallback(request, url, authority)) return show(response, elsewhere)
    if (expected === undefined || url.searchParams.get('state') !== expected) return show(response, foreign)
    if (isDone) return show(response, again)
    isDone = true
    resolve({ answer: answerOf(url.searchParams), reply: (page) => shown(response, page) })
  })
  server.listen(port, host)
  await once(server, 'listening')
  return {
    redirectUri: `http://${host}:${(server.address() as AddressInfo).port}/callback`,
    wait: (state) => {
      expected = state
      return promise
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Another host name in the request is another page's trick to reach this port. */
const isCallback = ({ method, headers }: IncomingMessage, { pathname }: URL, authority: string): boolean =>
  method === 'GET' && pathname === '/callback' && headers.host === authority

function answerOf(query: URLSearchParams): Callback['answer'] {
  const code = query.get('code')
  if (code) return { code }
  return { refusal: query.get('error_description') ?? query.get('error') ?? 'the answer holds no code' }
}

const elsewhere: LoginPage = {
  status: 404,
  isGood: false,
  title: 'Nothing here',
  text: 'This address only takes the answer of a login.',
}
const foreign: LoginPage = {
  status: 400,
  isGood: false,
  title: 'This answer belongs to another login',
  text: 'Roster did not take it and still waits. Open the address that the terminal shows.',
}
const again: LoginPage = {
  status: 409,
  isGood: false,
  title: 'This login is over',
  text: 'The answer was taken before. See the terminal for how it went.',
}

function show(response: ServerResponse, page: LoginPage): void {
  response.writeHead(page.status, pageHeaders).end(renderLoginPage(page))
}

/** Once it is on its way: the process may end right after. */
async function shown(response: ServerResponse, page: LoginPage): Promise<void> {
  if (response.destroyed) return
  show(response, page)
  await once(response, 'close')
}
