import type { Refusal } from './refusal.ts'
import type { Site, WorldState } from './world-state.ts'

export type Api =
  'organization' | 'control' | 'user-management' | 'api-access' | 'scim' | 'jira' | 'confluence' | 'oauth' | 'site'

/** How the pages of one answer are spoiled on purpose. */
export interface PagingFaults {
  readonly clampTo?: number
  readonly repeat?: boolean
  readonly lose?: boolean
}

export interface SandboxRequest {
  readonly state: WorldState
  /** For Jira, Confluence and the site's own pages. */
  readonly site?: Site
  /** Values of the path template, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** The parsed JSON body; undefined where there is none or it is not JSON. */
  readonly body: unknown
  readonly contentType: string
  /** Name of the credential in the seed; `anonymous` where there is none. */
  readonly credential: string
  /** Whose credential it is; undefined for anonymous calls and for keys that no account owns. */
  readonly callerId?: string
  /** Bearer token as sent, where there is one. */
  readonly bearer?: string
  /** The Authorization header as sent: the token endpoint takes a client's name and secret from it. */
  readonly authorization?: string
  readonly paging: PagingFaults
  readonly nowMs: number
  /** Where the API stands, such as `http://127.0.0.1:8080/sites/acme`: links in answers start with it. */
  readonly baseUrl: string
  /** Where a site stands for this client, such as `https://acme.atlassian.net`. */
  readonly siteUrl: (name: string) => string
}

export interface Answer {
  readonly status: number
  /** Left out: an empty answer. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Route {
  readonly method: string
  /** Path template as in Atlassian's OpenAPI file, Confluence v2 with its `/wiki/api/v2`. */
  readonly path: string
  /** The operationId after the overlay, or a name of ours where the API has no description. */
  readonly operation: string
  /** False for the POSTs that only read. */
  readonly write: boolean
  /** Answered without a credential. */
  readonly anonymous?: boolean
  readonly handle: (request: SandboxRequest) => Answer
}

/** An API of Atlassian: what it answers, and how it says no. */
export interface ApiDefinition {
  readonly api: Api
  readonly routes: readonly Route[]
  readonly unauthorized: (reason: 'missing' | 'unknown') => Answer
  readonly refused: (refusal: Refusal) => Answer
  /** What answers a request that no route takes; left out: the sandbox's own 501. */
  readonly unrouted?: (method: string, path: string) => Answer
  readonly contentType: string
}

type Handle = Route['handle']

export function read(method: 'GET' | 'POST', path: string, operation: string, handle: Handle): Route {
  return { method, path, operation, write: false, handle }
}

export function write(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  operation: string,
  handle: Handle,
): Route {
  return { method, path, operation, write: true, handle }
}

export function anonymous(route: Route): Route {
  return { ...route, anonymous: true }
}

export function ok(body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 200, body, headers }
}

export const noContent: Answer = { status: 204 }

/** The body as an object; anything else is an empty one. */
export function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {}
}

export function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
