import { createHash } from 'node:crypto'
import { Agent } from 'undici'
import { RemoteError } from '../core/remote-error.ts'
import { trimmed, type Endpoints, type Site } from './address.ts'
import { createBudget } from './budget.ts'
import { offlineScope, siteScopes } from './oauth-scopes.ts'
import { requestToken, type IssuedToken, type OAuthClient, type TokenEndpoint } from './oauth-token.ts'
import { createSecret, type Secret } from './secret.ts'
import { send } from './send.ts'
import { createTransport } from './transport.ts'

/** The request for a consent. `state` and `codeVerifier` tie the answer to it. */
export interface ConsentRequest {
  readonly clientId: string
  readonly redirectUri: string
  readonly state: string
  readonly codeVerifier: Secret
}

/**
 * Where a person agrees (developer.atlassian.com, "OAuth 2.0 (3LO) apps"). Atlassian does not document PKCE; it is sent
 * because an authorization server that does not know it ignores it (RFC 6749 section 3.1), and one that does is safer.
 */
export function consentUrl(auth: string, { clientId, redirectUri, state, codeVerifier }: ConsentRequest): URL {
  const url = new URL(`${trimmed(auth)}/authorize`)
  const query = new URLSearchParams({
    audience: 'api.atlassian.com',
    client_id: clientId,
    scope: [...siteScopes, offlineScope].join(' '),
    redirect_uri: redirectUri,
    state,
    response_type: 'code',
    prompt: 'consent',
    code_challenge: createHash('sha256').update(codeVerifier.reveal()).digest('base64url'),
    code_challenge_method: 'S256',
  })
  // Atlassian's examples part scopes by %20
  url.search = query.toString().replaceAll('+', '%20')
  return url
}

/** @throws RemoteError; `invalid_grant` where the code is used, old, or for another address */
export function redeemCode(
  code: Secret,
  client: OAuthClient,
  { redirectUri, codeVerifier, ...endpoint }: Pick<ConsentRequest, 'redirectUri' | 'codeVerifier'> & TokenEndpoint,
): Promise<IssuedToken> {
  return requestToken({ grant: 'authorization_code', code, redirectUri, codeVerifier }, client, endpoint)
}

/** A site that a token is good for. */
export interface AccessibleSite {
  readonly cloudId: string
  readonly name: string
  readonly url: string
  readonly scopes: readonly string[]
}

interface Asking extends Omit<TokenEndpoint, 'auth'> {
  readonly endpoints: Endpoints
}

const timeoutMs = 30_000

/** Atlassian may list a site once for each product, with that product's scopes: they are put together. @throws RemoteError */
export async function accessibleSites(
  token: Secret,
  { endpoints, clock, random, dispatcher = new Agent() }: Asking,
): Promise<readonly AccessibleSite[]> {
  const request = 'GET /oauth/token/accessible-resources'
  const value = token.reveal()
  const answer = await send(
    {
      request,
      write: false,
      outgoing: {
        url: new URL(`${trimmed(endpoints.api)}/oauth/token/accessible-resources`),
        method: 'GET',
        headers: { accept: 'application/json', authorization: `Bearer ${value}` },
      },
      budget: createBudget({ clock, concurrency: 1 }),
      secrets: [value],
    },
    { clock, random, timeoutMs, dispatcher, onTry: () => {} },
  )
  if (!Array.isArray(answer))
    throw new RemoteError({ request, code: 'NOT_A_LIST', detail: 'the answer is no list', effect: 'refused' })
  const byId = Map.groupBy(answer as readonly Resource[], ({ id }) => id)
  return [...byId].map(([cloudId, [first, ...others]]) => ({
    cloudId,
    name: first!.name,
    url: first!.url,
    scopes: [...new Set([first!, ...others].flatMap(({ scopes }) => scopes))],
  }))
}

interface Resource {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly scopes: readonly string[]
}

/** Whose token it is, as Jira says; undefined where the site has no Jira or the token may not ask. */
export async function accountOf(
  token: Secret,
  { site, ...asking }: Asking & { readonly site: Site },
): Promise<{ readonly displayName: string; readonly email?: string } | undefined> {
  const session = { accessToken: async () => token, renew: async () => undefined }
  const credentials = { sites: new Map([[site.name, { kind: 'oauth', session } as const]]) }
  const { reader } = createTransport({ organizationId: '', sites: [site], credentials, ...asking })
  try {
    const path = '/rest/api/3/myself'
    const found = await reader.read<Myself>({ api: 'jira', method: 'GET', path, site: site.name })
    const { displayName = 'somebody', emailAddress } = found
    return { displayName, ...(emailAddress && { email: emailAddress }) }
  } catch (error) {
    if (error instanceof RemoteError) return undefined
    throw error
  }
}

interface Myself {
  readonly displayName?: string
  /** Left out where the person hides it. */
  readonly emailAddress?: string
}

/** For a state or a verifier; `random` gives so many bytes that nobody can guess. */
export function createConsentRequest(
  { clientId, redirectUri }: Pick<ConsentRequest, 'clientId' | 'redirectUri'>,
  random: (bytes: number) => Buffer,
): ConsentRequest {
  const codeVerifier = createSecret(random(32).toString('base64url'))
  return { clientId, redirectUri, state: random(16).toString('base64url'), codeVerifier }
}
