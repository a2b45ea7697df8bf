import { randomBytes } from 'node:crypto'
import { createSecret } from '../../atlassian/secret.ts'
import { consentUrl, createConsentRequest, type ConsentRequest } from '../../atlassian/oauth-login.ts'
import { siteScopes } from '../../atlassian/oauth-scopes.ts'
import { RemoteError } from '../../core/remote-error.ts'
import type { ExitCode } from '../../report/exit-code.ts'
import { printable } from '../../report/terminal-text.ts'
import { findLoginTarget, finishLogin, type LoggedIn, type LoginTarget } from '../../run/login.ts'
import { openInBrowser } from '../browser.ts'
import { openCallbackServer, type Callback, type CallbackServer } from '../callback-server.ts'
import type { Context } from '../context.ts'
import { locate } from '../declaration.ts'
import { interruptible } from '../interruption.ts'
import type { LoginPage } from '../login-page.ts'
import { noteDiagnostics } from '../pass.ts'
import type { RepositoryFlags } from '../repository-flags.ts'

export interface LoginOptions extends RepositoryFlags {
  readonly site?: string
  readonly port: string
  readonly browser: boolean
  readonly state?: string
  readonly sandbox?: string
}

const patienceMs = 5 * 60_000

/** Lets a person agree in the browser, and keeps what comes of it for the commands that follow. */
export async function login(paths: readonly string[], options: LoginOptions, context: Context): Promise<ExitCode> {
  const { io, note } = context
  const port = Number(options.port)
  if (!/^\d+$/.test(options.port) || port > 65_535) {
    note(`--port: "${options.port}" is not a port: 0 takes a free one, up to 65535`)
    return 1
  }
  const located = await locate(paths, context, options)
  const target = await findLoginTarget(located.declaration, options.site, {
    ...io,
    tokens: located.tokens,
    ...(options.sandbox !== undefined && { sandboxUrl: options.sandbox.replace(/\/+$/, '') }),
  })
  if ('problem' in target) return failed(context, target.problem)
  if ('diagnostic' in target) {
    noteDiagnostics([target.diagnostic], { located }, context)
    return 1
  }
  const server = await listen(port)
  if (server === undefined) return failed(context, portTaken(port))
  try {
    return await loginAt(server, target, { context, opensBrowser: options.browser })
  } finally {
    await server.close()
  }
}

function failed({ note, errorPaint }: Context, problem: string): ExitCode {
  note(`${errorPaint.removed('error')}: ${printable(problem)}`)
  return 1
}

async function listen(port: number): Promise<CallbackServer | undefined> {
  try {
    return await openCallbackServer(port)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined
    throw error
  }
}

const portTaken = (port: number): string =>
  `port ${port} is taken: end what listens there, or take another one with --port and add its address, ` +
  'http://127.0.0.1:<port>/callback, to the callback URLs of the app'

interface Surroundings {
  readonly context: Context
  readonly opensBrowser: boolean
}

async function loginAt(server: CallbackServer, target: LoginTarget, { context, opensBrowser }: Surroundings) {
  const { redirectUri } = server
  const request = createConsentRequest({ clientId: target.client.clientId, redirectUri }, randomBytes)
  const { href } = consentUrl(target.endpoints.auth, request)
  const callback = server.wait(request.state)
  context.note(
    `Agree in the browser that Roster may act for you on ${target.site.name}. Callback URL: ${redirectUri}\n\n  ${href}\n`,
  )
  if (opensBrowser && !(await openInBrowser(href))) context.note('No browser could be opened: copy the address above.')
  const received = await inTime(callback, context)
  if (received === undefined) return failed(context, `nobody agreed within ${patienceMs / 60_000} minutes`)
  return answer(received, request, { target, context })
}

/** Undefined where nobody answers. The sleep ends with the waiting: it would hold the process. */
async function inTime(callback: Promise<Callback>, { io }: Context): Promise<Callback | undefined> {
  const over = new AbortController()
  const tooLate = io.clock.sleep(patienceMs, over.signal).then(
    () => undefined,
    (error: unknown) => {
      if (!over.signal.aborted) throw error
      return undefined
    },
  )
  try {
    return await interruptible(Promise.race([callback, tooLate]), io.signal, () => true)
  } finally {
    over.abort()
  }
}

interface Login {
  readonly target: LoginTarget
  readonly context: Context
}

async function answer({ answer: brought, reply }: Callback, request: ConsentRequest, { target, context }: Login) {
  if ('refusal' in brought) {
    await reply(badPage(`Nothing was changed. Atlassian says: ${brought.refusal}`))
    return failed(context, `no consent was given: ${brought.refusal}`)
  }
  const done = await finished(brought.code, request, { target, context })
  if ('problem' in done) {
    await reply(badPage(`${done.problem}. The terminal says what to do.`))
    return failed(context, done.problem)
  }
  await reply(goodPage(target))
  tell(done, { target, context })
  return done.missingScopes.length > 0 ? 4 : 0
}

async function finished(code: string, request: ConsentRequest, { target, context: { io } }: Login) {
  try {
    return await finishLogin(createSecret(code), request, { target, clock: io.clock, random: io.random })
  } catch (error) {
    if (error instanceof RemoteError) return { problem: error.message }
    throw error
  }
}

const goodPage = ({ site }: LoginTarget): LoginPage => ({
  status: 200,
  isGood: true,
  title: `Roster may act for you on ${site.name}`,
  text: 'You can close this page and go back to the terminal.',
})

const badPage = (text: string): LoginPage => ({ status: 400, isGood: false, title: 'Not signed in', text })

function tell({ account, sites, missingScopes, endsMs }: LoggedIn, { target, context }: Login): void {
  const { print, note, errorPaint } = context
  const who = account
    ? [account.displayName, account.email && `<${account.email}>`].filter(Boolean).join(' ')
    : 'unknown'
  const rows = [
    `Signed in to ${target.site.name}.`,
    `  account  ${who}`,
    `  sites    ${sites.map(({ name, url }) => `${name} (${url})`).join(', ')}`,
    `  scopes   ${siteScopes.length - missingScopes.length} of ${siteScopes.length} that Roster needs`,
    `  again    by ${new Date(endsMs).toISOString().slice(0, 10)}, or after 90 days without any use`,
  ]
  print(rows.map(printable).join('\n'))
  if (missingScopes.length > 0)
    note(
      `${errorPaint.loud('MISSING SCOPES')}: ${missingScopes.join(', ')}\nAdd them to the permissions of the app, then log in again.`,
    )
}
