import { apis } from './apis.ts'
import type { Written } from './consistency.ts'
import { identify, type Caller } from './credentials.ts'
import type { Answer, ApiDefinition, PagingFaults, SandboxRequest } from './exchange.ts'
import { planFaults, type FaultPlan } from './fault-effects.ts'
import type { FaultedRequest, FaultPicker } from './faults.ts'
import { siteUrl } from './hosts.ts'
import type { JournalWriter, Recorded } from './journal.ts'
import { operationName } from './known-operations.ts'
import type { Lag, Past } from './past.ts'
import type { RateBudget, Rated } from './rate-headers.ts'
import { pointsOf } from './rate-points.ts'
import { recordedHeaders } from './recorded-headers.ts'
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
  /** How long a write stays unseen, of every write. */
  readonly consistency: (written: Written) => Lag | undefined
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
  const { match, nowMs } = call
  const rated = ratedOf(call)
  const limited = parts.budget.admit(rated, nowMs)
  const plan = limited
    ? { before: limited, delayMs: 0, paging: {} }
    : planFaults(parts.faults.pick(askedOf(call)), nowMs)
  const outcome = carryOut(parts, call, plan)
  keepJournal(parts, call, outcome, plan.before !== undefined || plan.after !== undefined)
  const { answer } = outcome
  if (typeof answer === 'string') return outcome
  if (!limited) parts.budget.charge(rated, pointsOf(match.route, answer), nowMs)
  const headers = {
    date: new Date(nowMs).toUTCString(),
    ...(answer.body === undefined ? {} : { 'content-type': call.definition.contentType }),
    ...parts.budget.headers(rated, nowMs),
    ...(call.caller.account && call.target.api === 'jira' ? { 'x-aaccountid': call.caller.account.accountId } : {}),
    ...answer.headers,
  }
  return { ...outcome, answer: { ...answer, headers } }
}

function ratedOf({ received, match, target, caller }: Call): Rated {
  const site = target.site && { cloudId: target.site.cloudId }
  return { api: target.api, ...site, credential: caller.name, method: received.method, template: match.route.path }
}

function askedOf({ received, match, target }: Call): FaultedRequest & Written {
  const { operation, write } = match.route
  return { method: received.method, path: pathOf(received), body: received.text, api: target.api, operation, write }
}

function pathOf({ url }: Received): string {
  return `${url.pathname}${url.search}`
}

function keepJournal({ journal, record }: CloudParts, call: Call, { answer }: Outcome, faulted: boolean): void {
  const { received, match, target, caller, nowMs } = call
  const body = typeof answer === 'string' ? undefined : answer.body
  journal.add({
    at: new Date(nowMs).toISOString(),
    method: received.method,
    path: pathOf(received),
    operation: match.route.operation,
    api: target.api,
    status: typeof answer === 'string' ? 0 : answer.status,
    write: match.route.write,
    credential: caller.name,
    ...(record && target.api !== 'oauth' && { recorded: { ...recordOf(call, body), faulted } }),
  })
}

function recordOf({ match, received }: Call, body: unknown): Omit<Recorded, 'faulted'> {
  return {
    template: match.route.path,
    params: match.params,
    headers: recordedHeaders(received.headers),
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
  if (call.match.route.write) keepPast(parts, call, stale)
  const answer = handle(parts, call, paging)
  if (after === 'cut') return { answer: { ...answer, body: answer.body ?? { data: [] } }, delayMs, cut: true }
  return { answer: after ?? answer, delayMs }
}

/** Before a write: what reads go on seeing. */
function keepPast({ past, world, consistency }: CloudParts, call: Call, stale: Lag | undefined): void {
  for (const lag of [stale, consistency(askedOf(call))]) {
    if (lag) past.keep(world.state, lag, call.nowMs)
  }
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
  const state = match.route.write ? parts.world.state : parts.past.view(parts.world.state, target.api, nowMs)
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
