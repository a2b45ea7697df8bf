import type { Json } from './resource.ts'

export type Api = 'organization' | 'control' | 'user-management' | 'scim' | 'jira' | 'confluence'

/** One call, in the terms of Atlassian's OpenAPI files. */
export interface ApiRequest {
  readonly api: Api
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /**
   * The path template as in the file under `specs`, e.g. `/rest/api/3/project/{projectIdOrKey}/role/{id}`. Confluence v2
   * paths carry their `/wiki/api/v2`. `{orgId}` and `{directoryId}` are filled in by the transport.
   */
  readonly path: string
  /** Values of the template, not encoded. */
  readonly params?: Readonly<Record<string, string>>
  /** `undefined` is left out; an array repeats the parameter. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
  readonly body?: Json
  /** Name of the site, for `jira` and `confluence`. */
  readonly site?: string
}

/** Reads only: refuses every method and path that is not on the list of reads. @throws RemoteError */
export interface Reader {
  read<Body>(request: ApiRequest): Promise<Body>
}

/** Exists only while applying. Never retries a write whose result is unknown. @throws RemoteError */
export interface Writer {
  write<Body>(request: ApiRequest): Promise<Body>
}

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Works again and again, `ms` apart, until the returned function is called. Not there where time is moved by hand. */
  readonly every?: (ms: number, work: () => void) => () => void
}
