import type { Api } from '../exchange.ts'

/** One request against `exampleWorld`, and the status that answers it. */
export interface Sample {
  readonly api: Api
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly status: number
}

/** `sample('jira', 'GET /rest/api/3/myself', 200)` */
export function sample(api: Api, call: string, status: number, body?: unknown): Sample {
  const [method = '', path = ''] = call.split(' ')
  return { api, method, path, status, ...(body === undefined ? {} : { body }) }
}

export const organizationId = '0f1e2d3c-0000-4000-8000-000000000001'
export const payDevs = '0f1e2d3c-0000-4000-8000-000000000012'
