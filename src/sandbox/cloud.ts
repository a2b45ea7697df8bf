import { apis } from './apis.ts'
import { identify, type Caller } from './credentials.ts'
import type { Answer, ApiDefinition, PagingFaults, SandboxRequest } from './exchange.ts'
import { planFaults, type FaultPlan } from './fault-effects.ts'
import type { FaultPicker } from './faults.ts'
import { siteUrl } from './hosts.ts'
import type { JournalWriter, Recorded } from './journal.ts'
import { operationName } from './known-operations.ts'
import type { Past } from './past.ts'
import type { RateBudget } from './rate-headers.ts'
import { Refusal } from './refusal.ts'
import { createRouter, type RouteMatch } from './router.ts'
import { isInScope } from './routes/oauth/operation-scopes.ts'
import type { Outcome } from './send.ts'
import type { Received } from './received.ts'
import { findTarget, namesMissingSite, type Target } from './targets.ts'
import type { World } from './world.ts'

export interface CloudParts {
  readonly world: World
  readonly journal: JournalWriter
  readonly faults: FaultPicker
  readonly past: Past
  readonly budget: RateBudget
  readonly now: () => number
  /** Whether the journal gets the bodies. */
  readonly record: boolean
}

interface Call {
  readonly received: Received
  readonly target: Target
  readonly definition: ApiDefinition
  readonly match: RouteMatch
  readonly caller: Caller
  readonly nowMs: number
}

/** Answers one request after another from the world: finds the API, asks the faults, carries out, keeps the journal. */
export function createCloud(parts: CloudParts): (received: Received) => Outcome {
  const routers = new Map(apis.map(({ api, routes }) => [api, createRouter(routes)]))
  const definitions = new Map(apis.map((definition) => [definition.api, definition]))
  return (received) => {
    const nowMs = parts.now()
    const target = findTarget(parts.world.state, received.url)
    const definition = target && definitions.get(target.api)
    const match = target && routers.get(target.api)?.(received.method, target.path)
    if (!target || !definition || !match) {
      return unknown(parts, received, target, target && definition?.unrouted?.(received.method, target.path))
    }
    const { authorization } = received.headers
    const caller = identify(parts.world.state, target, { authorization, nowMs })
    return answerCall(parts, { received, target, definition, match, caller, nowMs })
  }
}

function answerCall(parts: CloudParts, call: Call): Outcome {
  const { received, match, target, definition, caller, nowMs } = call
  const { operation, write } = match.route
  const path = `${received.url.pathname}${received.url.search}`
  const plan = planFaults(parts.faults.pick({ method: received.method, path, operation }), nowMs)
  const outcome = carryOut(parts, call, plan)
  const { answer } = outcome
  const status = typeof answer === 'string' ? 0 : answer.status
  const at = new Date(nowMs).toISOString()
  parts.journal.add({
    at,
    method: received.method,
    path,
    operation,
    api: target.api,
    status,
    write,
    credential: caller.name,
    ...(parts.record && typeof answer !== 'string' && target.api !== 'oauth' && { recorded: recordOf(call, answer) }),
  })
  if (typeof answer === 'string') return outcome
  const headers = {
    ...(answer.body === undefined ? {} : { 'content-type': definition.contentType }),
    ...parts.budget.headers(target.api, caller.name, nowMs),
    ...(caller.account && target.api === 'jira' ? { 'x-aaccountid': caller.account.accountId } : {}),
    ...answer.headers,
  }
  return { ...outcome, answer: { ...answer, headers } }
}

function recordOf({ match, received }: Call, { body }: Answer): Recorded {
  return {
    template: match.route.path,
    params: match.params,
    contentType: received.headers['content-type'] ?? '',
    sent: received.text,
    // a copy: the world goes on, and the journal must not
    answered: structuredClone(body),
  }
}

function carryOut(parts: CloudParts, call: Call, { before, after, delayMs, paging, stale }: FaultPlan): Outcome {
  if (before === 'hang' || before === 'drop') return { answer: before, delayMs }
  // what is cut before the commit must be some body: half an object that never was
  if (before === 'cut') return { answer: { status: 200, body: { data: [], links: {} } }, delayMs, cut: true }
  if (before) return { answer: before, delayMs }
  if (stale && call.match.route.write) parts.past.keep(parts.world.state, stale, call.nowMs)
  const answer = handle(parts, call, paging)
  if (after === 'cut') return { answer: { ...answer, body: answer.body ?? { data: [] } }, delayMs, cut: true }
  return { answer: after ?? answer, delayMs }
}

function handle(parts: CloudParts, call: Call, paging: PagingFaults): Answer {
  const { definition, match, caller, received } = call
  if (!match.route.anonymous && !caller.granted) {
    return definition.unauthorized(received.headers.authorization ? 'unknown' : 'missing')
  }
  if (!match.route.anonymous && !isInScope(match.route, caller.scopes)) return outOfScope
  try {
    return match.route.handle(requestOf(parts, call, paging))
  } catch (error) {
    if (error instanceof Refusal) return definition.refused(error)
    throw error
  }
}

/** The gateway's own answer, before the API is asked. */
const outOfScope: Answer = { status: 401, body: { code: 401, message: 'Unauthorized; scope does not match' } }

function requestOf(parts: CloudParts, call: Call, paging: PagingFaults): SandboxRequest {
  const { received, target, match, caller, nowMs } = call
  const state = match.route.write ? parts.world.state : parts.past.view(parts.world.state, nowMs)
  const site = target.site && state.sites.find(({ cloudId }) => cloudId === target.site?.cloudId)
  return {
    state,
    ...(site ? { site } : {}),
    params: match.params,
    query: received.url.searchParams,
    body: parsed(received),
    contentType: received.headers['content-type'] ?? '',
    credential: caller.name,
    ...(caller.account ? { callerId: caller.account.accountId } : {}),
    ...(caller.bearer === undefined ? {} : { bearer: caller.bearer }),
    ...(received.headers.authorization === undefined ? {} : { authorization: received.headers.authorization }),
    paging,
    nowMs,
    baseUrl: `${received.url.origin}${target.prefix}`,
    siteUrl: (name) => siteUrl(received.url, name),
  }
}

/** @throws Refusal where it is neither JSON nor a form */
function parsed({ headers, text }: Received): unknown {
  if (text === '') return undefined
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(text))
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Refusal('invalid', 'body', `the body is not JSON: ${String(cause)}`)
  }
}

function unknown(parts: CloudParts, { method, url }: Received, target?: Target, own?: Answer): Outcome {
  const operation = (target && operationName(target.api, method, target.path)) ?? 'unknown'
  const missing = namesMissingSite(parts.world.state, url)
  const message = missing ? `no site ${url.hostname}` : `the sandbox does not answer ${method} ${url.pathname}`
  const answer = own ?? { status: missing ? 404 : 501, body: missing ? { message } : { message, operation } }
  parts.journal.add({
    at: new Date(parts.now()).toISOString(),
    method,
    path: `${url.pathname}${url.search}`,
    operation,
    api: target?.api ?? 'site',
    status: answer.status,
    write: method !== 'GET',
    credential: 'anonymous',
  })
  return { answer, delayMs: 0 }
}
