import { fieldsOf, textOf, type SandboxRequest } from '../../exchange.ts'
import type { CredentialsSeed } from '../../world-seed.ts'
import type { WorldState } from '../../world-state.ts'

export type OAuthClient = NonNullable<CredentialsSeed['oauthClients']>[number]

export function findClient(state: WorldState, clientId: string | undefined): OAuthClient | undefined {
  return (state.credentials.oauthClients ?? []).find((client) => client.clientId === clientId)
}

/** The client that proves itself by its secret: in the JSON or form body, or else by HTTP Basic. */
export function provenClient({ state, body, authorization = '' }: SandboxRequest): OAuthClient | undefined {
  const fields = fieldsOf(body)
  const basic = /^basic\s+(.+)$/i.exec(authorization)?.[1]
  const inBody = [textOf(fields['client_id']), textOf(fields['client_secret'])] as const
  const [id, secret] = inBody[1] === undefined && basic !== undefined ? basicPair(basic) : inBody
  const client = findClient(state, id)
  return client?.clientSecret === secret ? client : undefined
}

/** Both halves are form-encoded before they are joined (RFC 6749 section 2.3.1). */
function basicPair(encoded: string): readonly [string, string] {
  const [id = '', ...rest] = Buffer.from(encoded, 'base64').toString().split(':')
  const [first = '', second = ''] = [id, rest.join(':')].map(
    (text) => [...new URLSearchParams(`value=${text}`).values()][0],
  )
  return [first, second]
}

/** Whether the app may ask for these: what its settings list, or everything where they list nothing. */
export function unknownScopes({ scopes }: OAuthClient, asked: readonly string[]): readonly string[] {
  return scopes === undefined ? [] : asked.filter((scope) => scope !== 'offline_access' && !scopes.includes(scope))
}
