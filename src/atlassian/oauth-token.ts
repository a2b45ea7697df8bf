import { Agent, type Dispatcher } from 'undici'
import type { Clock } from '../core/ports.ts'
import { RemoteError } from '../core/remote-error.ts'
import { trimmed } from './address.ts'
import { createBudget } from './budget.ts'
import { createSecret, type Secret } from './secret.ts'
import { send } from './send.ts'

/** An app of the developer console, or a client of a service account. */
export interface OAuthClient {
  readonly clientId: string
  readonly clientSecret: Secret
}

export type Grant =
  | { readonly grant: 'client_credentials' }
  | { readonly grant: 'refresh_token'; readonly refreshToken: Secret }
  | {
      readonly grant: 'authorization_code'
      readonly code: Secret
      readonly redirectUri: string
      readonly codeVerifier: Secret
    }

export interface TokenEndpoint {
  /** `https://auth.atlassian.com` */
  readonly auth: string
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly dispatcher?: Dispatcher
}

export interface IssuedToken {
  readonly accessToken: Secret
  /** Milliseconds since 1970. */
  readonly expiresMs: number
  /** As the answer lists them; empty where it lists none. */
  readonly scopes: readonly string[]
  /** Takes the place of the one that was sent. Client credentials have none. */
  readonly refreshToken?: Secret
}

const request = 'POST /oauth/token'
const timeoutMs = 30_000

/**
 * Asks the token endpoint (developer.atlassian.com, "OAuth 2.0 (3LO) apps" and "Refresh tokens"). Its calls are not among
 * those that a transport counts: they go to another host, under another limit.
 * @throws RemoteError; its code is the endpoint's own, `invalid_grant` where the token or the code is no good
 */
export async function requestToken(
  grant: Grant,
  { clientId, clientSecret }: OAuthClient,
  { auth, clock, random, dispatcher = new Agent() }: TokenEndpoint,
): Promise<IssuedToken> {
  const proof = proofOf(grant)
  const body = { grant_type: grant.grant, client_id: clientId, client_secret: clientSecret.reveal(), ...proof.fields }
  const answer = await send(
    {
      request,
      // An exchange may be sent again: an old refresh token is good for ten more minutes, and a client may ask as often
      // as it likes. A code is good for one try.
      write: grant.grant === 'authorization_code',
      outgoing: {
        url: new URL(`${trimmed(auth)}/oauth/token`),
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      },
      budget: createBudget({ clock, concurrency: 1 }),
      secrets: [clientSecret.reveal(), ...proof.secrets],
    },
    { clock, random, timeoutMs, dispatcher, onTry: () => {} },
  )
  return issued(answer, clock.now())
}

function proofOf(grant: Grant) {
  if (grant.grant === 'client_credentials') return { fields: {}, secrets: [] }
  if (grant.grant === 'refresh_token') {
    const refreshToken = grant.refreshToken.reveal()
    return { fields: { refresh_token: refreshToken }, secrets: [refreshToken] }
  }
  const [code, verifier] = [grant.code.reveal(), grant.codeVerifier.reveal()]
  const fields = { code, redirect_uri: grant.redirectUri, code_verifier: verifier }
  return { fields, secrets: [code, verifier] }
}

interface TokenBody {
  readonly access_token?: unknown
  readonly refresh_token?: unknown
  /** Seconds. */
  readonly expires_in?: unknown
  readonly scope?: unknown
}

function issued(answer: unknown, nowMs: number): IssuedToken {
  const { access_token: access, refresh_token: refresh, expires_in: seconds, scope } = (answer ?? {}) as TokenBody
  if (typeof access !== 'string' || access === '' || typeof seconds !== 'number') {
    throw new RemoteError({ request, code: 'NO_TOKEN', detail: 'the answer holds no access token', effect: 'refused' })
  }
  return {
    accessToken: createSecret(access),
    expiresMs: nowMs + seconds * 1_000,
    scopes: typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : [],
    ...(typeof refresh === 'string' && refresh !== '' && { refreshToken: createSecret(refresh) }),
  }
}
