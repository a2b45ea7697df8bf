import { RemoteError } from '../core/remote-error.ts'
import { digestOf, keptFor, keptFrom, type ConsentWanted, type KeptToken, type TokenStore } from './oauth-kept.ts'
import { requestToken, type OAuthClient, type TokenEndpoint } from './oauth-token.ts'
import { createSecret, type Secret } from './secret.ts'

/** Gives access tokens that are valid now. All work of one credential shares one session. */
export interface OAuthSession {
  /** Single flight: whoever asks while a token is on its way gets that one. @throws RemoteError */
  accessToken(): Promise<Secret>
  /**
   * Another token for one that was refused before its time; undefined where there was a new one a moment ago, so that
   * a refusal for another reason does not ask for tokens without end. @throws RemoteError
   */
  renew(refused: Secret): Promise<Secret | undefined>
}

/** The consent has ended or was withdrawn. Trying again never helps: a person has to log in. */
export class LoginNeededError extends RemoteError {
  readonly site: string

  constructor(site: string, cause?: RemoteError) {
    const reason = cause ? 'the consent has ended, was withdrawn, or was used elsewhere' : 'nobody has agreed yet'
    super({
      request: cause?.failure.request ?? 'POST /oauth/token',
      ...(cause?.status !== undefined && { status: cause.status }),
      ...(cause?.failure.code !== undefined && { code: cause.failure.code }),
      detail: `${reason}: run roster login --site ${site}`,
      effect: 'refused',
      ...(cause && { cause }),
    })
    this.site = site
  }
}

/** A token is not used in its last minute: a request may take that long to arrive. */
const marginMs = 60_000
const renewalPauseMs = 60_000

interface Held {
  readonly secret: Secret
  readonly expiresMs: number
}

/** A service account's client: asks anew before each end, and keeps nothing. */
export function createClientSession(client: OAuthClient, endpoint: TokenEndpoint): OAuthSession {
  return sessionOf(endpoint, async () => {
    const { accessToken, expiresMs } = await requestToken({ grant: 'client_credentials' }, client, endpoint)
    return { secret: accessToken, expiresMs }
  })
}

export interface Consented {
  /** For the message that tells to log in. */
  readonly site: string
  readonly client: OAuthClient
  readonly store: TokenStore
  /** Where the manifest points to a refresh token; `roster login` needs none. */
  readonly declared?: Secret
}

/**
 * An app that a person has agreed to. Each refresh token works once, so one process at a time exchanges it, looks first
 * whether another one already has, and stores the next one before anything uses it. A process that dies between the
 * answer and the store leaves the old token, which Atlassian takes for ten more minutes.
 */
export function createConsentSession(consented: Consented, endpoint: TokenEndpoint): OAuthSession {
  let refused: { readonly refreshToken: string; readonly error: LoginNeededError } | undefined
  const exchange = async (kept: KeptToken): Promise<KeptToken> => {
    if (kept.refreshToken === refused?.refreshToken) throw refused.error
    try {
      const grant = { grant: 'refresh_token', refreshToken: createSecret(kept.refreshToken) } as const
      return keptFrom(await requestToken(grant, consented.client, endpoint), kept, endpoint.clock.now())
    } catch (error) {
      if (!(error instanceof RemoteError) || error.failure.code !== 'invalid_grant') throw error
      refused = { refreshToken: kept.refreshToken, error: new LoginNeededError(consented.site, error) }
      throw refused.error
    }
  }
  return sessionOf(endpoint, (unwanted) => obtain(consented, { endpoint, exchange, unwanted }))
}

interface Obtaining {
  readonly endpoint: TokenEndpoint
  readonly exchange: (kept: KeptToken) => Promise<KeptToken>
  readonly unwanted: Secret | undefined
}

async function obtain({ site, client, store, declared }: Consented, { endpoint, exchange, unwanted }: Obtaining) {
  const usable = (kept: KeptToken | undefined): Held | undefined =>
    kept && kept.accessToken !== unwanted?.reveal() && isFresh(heldOf(kept), endpoint) ? heldOf(kept) : undefined
  const wanted = { clientId: client.clientId, ...(declared && { declared }) }
  const stored = async () => current(await store.load(), wanted, endpoint.clock.now())
  const found = usable(await stored())
  if (found) return found
  return store.exclusively(async () => {
    const kept = await stored()
    if (kept === undefined) throw new LoginNeededError(site)
    const renewedMeanwhile = usable(kept)
    if (renewedMeanwhile) return renewedMeanwhile
    const next = await exchange(kept)
    await store.save(next)
    return heldOf(next)
  })
}

/** What is kept, or a beginning with the manifest's own refresh token, whose year then begins. */
function current(kept: KeptToken | undefined, wanted: ConsentWanted, nowMs: number): KeptToken | undefined {
  const { clientId, declared } = wanted
  const ours = keptFor(kept, wanted)
  if (ours || declared === undefined) return ours
  return {
    clientId,
    refreshToken: declared.reveal(),
    accessToken: '',
    accessExpiresMs: 0,
    scopes: [],
    grantedMs: nowMs,
    refreshedMs: nowMs,
    declared: digestOf(declared),
  }
}

const heldOf = ({ accessToken, accessExpiresMs }: KeptToken): Held => ({
  secret: createSecret(accessToken),
  expiresMs: accessExpiresMs,
})

const isFresh = ({ expiresMs }: Held, { clock }: TokenEndpoint): boolean => clock.now() < expiresMs - marginMs

function sessionOf(endpoint: TokenEndpoint, ask: (unwanted: Secret | undefined) => Promise<Held>): OAuthSession {
  let held: Held | undefined
  let pending: Promise<Held> | undefined
  let renewedMs = -Infinity
  const next = async (unwanted?: Secret): Promise<Secret> => {
    pending ??= ask(unwanted).finally(() => (pending = undefined))
    held = await pending
    return held.secret
  }
  return {
    accessToken: async () => (held && isFresh(held, endpoint) ? held.secret : next()),
    renew: async (refused) => {
      if (pending) return next()
      if (held && held.secret.reveal() !== refused.reveal()) return held.secret
      if (endpoint.clock.now() - renewedMs < renewalPauseMs) return undefined
      renewedMs = endpoint.clock.now()
      return next(refused)
    },
  }
}
