import { fieldsOf, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { nextUuid } from '../../random.ts'
import { findClient, unknownScopes, type OAuthClient } from './clients.ts'
import { consentPage, mistakePage } from './consent-page.ts'

const codeLifeMs = 5 * 60_000

type Fields = Readonly<Record<string, string>>

interface Asked {
  readonly client: OAuthClient
  readonly redirectUri: string
  readonly scopes: readonly string[]
}

const names = [
  'audience',
  'client_id',
  'scope',
  'redirect_uri',
  'state',
  'response_type',
  'prompt',
  'code_challenge',
  'code_challenge_method',
]

/** `GET /authorize`: asks the person whose account the client has in the seed. */
export function askConsent(request: SandboxRequest): Answer {
  const fields = Object.fromEntries(names.flatMap((name) => pairOf(name, request.query.get(name))))
  const asked = understand(request, fields)
  if ('status' in asked) return asked
  const { client, scopes } = asked
  const sites = request.state.sites.map(({ name }) => `${name}.atlassian.net`)
  return consentPage({ app: client.name, account: client.email, sites, scopes, fields })
}

const pairOf = (name: string, value: string | null): [string, string][] => (value === null ? [] : [[name, value]])

/** The two buttons of the page: back to the app, with a code or with a refusal. */
export function decide(request: SandboxRequest): Answer {
  const sent = fieldsOf(request.body)
  const fields = Object.fromEntries(names.flatMap((name) => pairOf(name, textOf(sent[name]) ?? null)))
  const asked = understand(request, fields)
  if ('status' in asked) return asked
  if (sent['decision'] !== 'accept')
    return backTo(asked.redirectUri, fields, {
      error: 'access_denied',
      error_description: 'User did not authorize the request',
    })
  const code = `code-${nextUuid(request.state)}`
  const { client, redirectUri, scopes } = asked
  const challenge = fields['code_challenge']
  request.state.authorizationCodes.set(code, {
    clientId: client.clientId,
    email: client.email,
    redirectUri,
    scopes,
    expiresMs: request.nowMs + codeLifeMs,
    ...(challenge !== undefined && { challenge, isHashed: fields['code_challenge_method'] === 'S256' }),
  })
  return backTo(redirectUri, fields, { code })
}

/** What cannot be trusted is answered here and never sent on: an unknown app, or an address that is not its own. */
function understand({ state }: SandboxRequest, fields: Fields): Asked | Answer {
  const client = findClient(state, fields['client_id'])
  if (!client) return mistakePage(400, `No app has the client_id "${fields['client_id'] ?? ''}".`)
  const redirectUri = fields['redirect_uri'] ?? ''
  const isCallback = client.redirectUris?.includes(redirectUri) ?? URL.canParse(redirectUri)
  if (!isCallback) return mistakePage(400, `The redirect_uri "${redirectUri}" is not a callback URL of the app.`)
  const scopes = (fields['scope'] ?? '').split(' ').filter((scope) => scope !== '')
  const mistake = mistakeOf(fields, client, scopes)
  return mistake === undefined ? { client, redirectUri, scopes } : mistakePage(400, mistake)
}

function mistakeOf(fields: Fields, client: OAuthClient, scopes: readonly string[]): string | undefined {
  if (fields['audience'] !== 'api.atlassian.com') return 'The audience must be api.atlassian.com.'
  if (fields['response_type'] !== 'code') return 'The response_type must be code.'
  if (fields['prompt'] !== 'consent') return 'The prompt must be consent.'
  if (scopes.length === 0) return 'No scope was asked for.'
  const unknown = unknownScopes(client, scopes)
  return unknown.length === 0 ? undefined : `The app does not have these scopes: ${unknown.join(', ')}.`
}

function backTo(redirectUri: string, { state }: Fields, answer: Fields): Answer {
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries({ ...answer, ...(state !== undefined && { state }) }))
    url.searchParams.set(name, value)
  return { status: 302, headers: { location: url.href, 'cache-control': 'no-store' } }
}
