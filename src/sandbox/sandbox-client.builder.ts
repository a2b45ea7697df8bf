import { exampleCredentials } from './example-world.builder.ts'
import type { Sandbox } from './start-sandbox.ts'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Parsed, where it is JSON. */
  readonly body: unknown
}

/** Calls the sandbox with the credential of `exampleWorld` that the path wants, for tests. */
export async function call(sandbox: Sandbox, line: string, body?: unknown, authorization?: string): Promise<Reply> {
  const [method = 'GET', path = ''] = line.split(/ (.*)/)
  const response = await fetch(`${sandbox.url}${path}`, {
    method,
    headers: {
      authorization: authorization ?? credentialFor(path),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') === true
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text !== '' && isJson ? JSON.parse(text) : undefined,
  }
}

function credentialFor(path: string): string {
  if (path.startsWith('/admin') || path.startsWith('/users/')) return exampleCredentials.organization
  if (path.startsWith('/scim')) return exampleCredentials.scim
  return path.startsWith('/ex/') ? exampleCredentials.scopedToken : exampleCredentials.token
}

/** What stands at a path in a body, such as `valueAt(body, 'data', 0, 'id')`. */
export function valueAt(body: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce((current, key) => (current as Record<string | number, unknown> | undefined)?.[key], body)
}
