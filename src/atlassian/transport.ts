import { Agent, type Dispatcher } from 'undici'
import type { ApiRequest, Clock, Reader, Writer } from '../core/ports.ts'
import { RemoteError } from '../core/remote-error.ts'
import { addressOf, gatewayBase, organizationBase, type Endpoints, type Site } from './address.ts'
import { createBudget, type Budget } from './budget.ts'
import { authorizationOf, credentialName, renewedAuthorization, usesGateway, type Credentials } from './credential.ts'
import { createLookUps, type LookUps } from './look-ups.ts'
import { isRead } from './read-list.ts'
import { send, type Call, type CallEvent, type SendOptions } from './send.ts'

export type { Endpoints, Site } from './address.ts'
export type { Credentials, SiteCredential } from './credential.ts'
export type { CallEvent } from './send.ts'

/** The SCIM API publishes no limit, and is said to want little at a time (reference 10.4). */
const scimConcurrency = 2

export interface TransportOptions {
  readonly organizationId: string
  /** Looked up where the organization has exactly one directory. */
  readonly directoryId?: string
  readonly scimDirectoryId?: string
  readonly endpoints: Endpoints
  readonly sites: readonly Site[]
  readonly credentials: Credentials
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  /**
   * Proxies, authorities and the User-Agent header are its own (`createDispatcher`). Default: plain connections; the global
   * one may belong to the undici inside Node, which is another version.
   */
  readonly dispatcher?: Dispatcher
  /** For one try, from start to the last byte. Default 30,000. */
  readonly timeoutMs?: number
  /** Told of every try. */
  readonly onCall?: (event: CallEvent) => void
  /** Requests at a time, by credential. Default 8. */
  readonly concurrency?: number
}

/** Requests sent so far, retries and look-ups included. */
export interface TransportStats {
  readonly calls: number
  readonly reads: number
  readonly writes: number
  readonly retries: number
}

export interface Transport {
  /** Refuses everything that is not on the list of reads. @throws Error for a call that could write: a bug */
  readonly reader: Reader
  /** The same, for what can wait: each of its calls lets the others go first. */
  readonly backgroundReader: Reader
  /**
   * Takes writes only. As long as it is not called, nothing can be changed. `mayWrite` is asked right before each try:
   * whether this process is still the one that may. After `signal` a write that waits is given up, one that is out is not.
   */
  createWriter(mayWrite?: () => boolean, signal?: AbortSignal): Writer
  stats(): TransportStats
  /** Reads that the transport still has to make for itself: an id of a directory or of a site that was not given. */
  lookUps(): number
}

/** The way to one organization: addresses, credentials, budgets and retries. Knows no kinds. */
export function createTransport(options: TransportOptions): Transport {
  const { clock, random, dispatcher = new Agent(), timeoutMs = 30_000, concurrency = 8, onCall } = options
  const counts = { calls: 0, reads: 0, writes: 0, retries: 0 }
  const onTry = (event: CallEvent): void => {
    counts.calls += 1
    counts[event.write ? 'writes' : 'reads'] += 1
    if (event.tries > 1) counts.retries += 1
    onCall?.(event)
  }
  const sendOptions: SendOptions = { clock, random, timeoutMs, onTry, dispatcher }
  const budgets = new Map<string, Budget>()
  const budgetOf = (name: string): Budget => {
    const budget =
      budgets.get(name) ?? createBudget({ clock, concurrency: name === 'scim' ? scimConcurrency : concurrency })
    budgets.set(name, budget)
    return budget
  }
  const lookUps = createLookUps(options, { read: (request) => reader.read(request), sendOptions, budgetOf })
  const call = createCall({ options, lookUps, sendOptions, budgetOf })
  const createReader = (inBackground: boolean): Reader => ({
    read: async <Body>(request: ApiRequest) => {
      if (!isRead(request)) throw new Error(`${labelOf(request)} is not on the list of reads`)
      return (await call(request, { inBackground })) as Body
    },
  })
  const reader = createReader(false)
  const createWriter: Transport['createWriter'] = (mayWrite, signal) => ({
    write: async <Body>(request: ApiRequest) => {
      if (isRead(request)) throw new Error(`${labelOf(request)} is a read`)
      return (await call(request, { mayWrite, signal })) as Body
    },
  })
  return {
    reader,
    backgroundReader: createReader(true),
    createWriter,
    stats: () => ({ ...counts }),
    lookUps: () => lookUps.outstanding(),
  }
}

interface CallParts {
  readonly options: TransportOptions
  readonly lookUps: LookUps
  readonly sendOptions: SendOptions
  readonly budgetOf: (name: string) => Budget
}

function createCall({ options, lookUps, sendOptions, budgetOf }: CallParts) {
  return async (request: ApiRequest, manner: Pick<Call, 'mayWrite' | 'inBackground' | 'signal'>): Promise<unknown> => {
    const label = labelOf(request)
    const url = await urlOf(request, options, lookUps)
    const authorization = await authorizationOf(request, options.credentials)
    if (authorization === undefined) {
      const detail = `no credential is configured for ${credentialName(request)}`
      throw new RemoteError({ request: label, code: 'NO_CREDENTIAL', detail, effect: 'refused' })
    }
    const body = bodyOf(request)
    const attempt = (value: string) =>
      send(
        {
          request: label,
          ...(request.site !== undefined && { site: request.site }),
          write: !isRead(request),
          outgoing: {
            url,
            method: request.method,
            headers: { ...headersFor(request, body), authorization: value },
            ...(body !== undefined && { body }),
          },
          budget: budgetOf(credentialName(request)),
          ...manner,
          secrets: [value, value.slice(value.indexOf(' ') + 1), ...plainTokens(request, options.credentials)],
        },
        sendOptions,
      )
    try {
      return await attempt(authorization.reveal())
    } catch (error) {
      // A 401 says that nobody looked at the request, so that a write may be sent once more as well.
      if (!(error instanceof RemoteError) || error.status !== 401) throw error
      const renewed = await renewedAuthorization(request, options.credentials, authorization)
      if (renewed === undefined) throw error
      return attempt(renewed.reveal())
    }
  }
}

async function urlOf(request: ApiRequest, options: TransportOptions, lookUps: LookUps): Promise<URL> {
  const { api, path, params } = request
  const { endpoints, organizationId: orgId, scimDirectoryId } = options
  if (api === 'jira' || api === 'confluence') return addressOf(await siteBase(request, options, lookUps), request, {})
  const base = organizationBase(api, endpoints)
  if (api === 'scim') {
    return addressOf(base, request, scimDirectoryId === undefined ? {} : { directoryId: scimDirectoryId })
  }
  const needsDirectory = path.includes('{directoryId}') && params?.['directoryId'] === undefined
  return addressOf(base, request, { orgId, ...(needsDirectory && { directoryId: await lookUps.directoryId() }) })
}

async function siteBase(request: ApiRequest, options: TransportOptions, lookUps: LookUps): Promise<string> {
  const { endpoints, sites, credentials } = options
  const site = sites.find(({ name }) => name === request.site)
  if (site === undefined) {
    const detail = `the organization has no site "${request.site ?? ''}"`
    throw new RemoteError({ request: labelOf(request), code: 'UNKNOWN_SITE', detail, effect: 'refused' })
  }
  if (!usesGateway(credentials.sites.get(site.name))) return site.url
  const api = request.api === 'jira' ? 'jira' : 'confluence'
  return gatewayBase(api, await lookUps.cloudId(site), endpoints)
}

const labelOf = ({ method, path }: Pick<ApiRequest, 'method' | 'path'>): string => `${method} ${path}`

/** Every POST of the Organizations API needs a JSON body, else it is answered 415 (reference section 4). */
function bodyOf({ api, method, body }: ApiRequest): string | undefined {
  if (body !== undefined) return JSON.stringify(body)
  return api === 'organization' && method === 'POST' ? '{}' : undefined
}

function headersFor(request: ApiRequest, body: string | undefined) {
  const { api, path } = request
  return {
    accept: 'application/json',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    // Confluence v1 takes some writes for a browser's without it (reference 9.6).
    ...(api === 'confluence' &&
      path.startsWith('/wiki/rest/') &&
      !isRead(request) && { 'x-atlassian-token': 'no-check' }),
  }
}

/** A Basic header hides the token behind base64: it must be cut out in its plain form as well. */
function plainTokens({ site }: ApiRequest, { sites }: Credentials): readonly string[] {
  const credential = site === undefined ? undefined : sites.get(site)
  return credential?.kind === 'apiToken' ? [credential.token.reveal()] : []
}
