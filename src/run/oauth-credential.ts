import { consentEndsMs, keptFor, type KeptToken, type TokenStore } from '../atlassian/oauth-kept.ts'
import { createClientSession, createConsentSession } from '../atlassian/oauth-session.ts'
import type { TokenEndpoint } from '../atlassian/oauth-token.ts'
import type { Secret } from '../atlassian/secret.ts'
import type { SiteCredential } from '../atlassian/transport.ts'
import type { Diagnostic, Origin } from '../core/diagnostic.ts'
import { TokenFileError } from '../state/token-file.ts'
import { noticeMs } from './credential-ends.ts'

/** `spec.credentials.sites[].oauth`, with its secrets read. */
export interface OAuthSettings {
  readonly site: string
  readonly grant: 'ClientCredentials' | 'AuthorizationCode'
  readonly clientId: string
  readonly clientSecret: Secret
  readonly refreshToken?: Secret
  readonly origin: Origin
}

export interface OAuthCredential {
  readonly credential?: SiteCredential
  readonly diagnostics: readonly Diagnostic[]
}

export async function oauthCredential(
  settings: OAuthSettings,
  store: TokenStore,
  endpoint: TokenEndpoint,
): Promise<OAuthCredential> {
  const { site, grant, clientId, clientSecret, refreshToken: declared } = settings
  const client = { clientId, clientSecret }
  if (grant === 'ClientCredentials')
    return { credential: { kind: 'oauth', session: createClientSession(client, endpoint) }, diagnostics: [] }
  const loaded = await loadKept(settings, store)
  if ('diagnostics' in loaded) return loaded
  const kept = keptFor(loaded.kept, { clientId, ...(declared && { declared }) })
  if (!kept && !declared) return { diagnostics: [missing(settings, loaded.kept !== undefined)] }
  const session = createConsentSession({ site, client, store, ...(declared && { declared }) }, endpoint)
  const email = kept?.email
  return {
    credential: { kind: 'oauth', session, ...(email !== undefined && { email }) },
    diagnostics: kept ? ending(settings, consentEndsMs(kept), endpoint.clock.now()) : [],
  }
}

/** What is kept, or what is wrong with the file. */
async function loadKept(
  { origin }: OAuthSettings,
  store: TokenStore,
): Promise<{ readonly kept: KeptToken | undefined } | OAuthCredential> {
  try {
    return { kept: await store.load() }
  } catch (error) {
    if (!(error instanceof TokenFileError)) throw error
    return { diagnostics: [{ code: 'CREDENTIAL_MISSING', severity: 'error', message: error.message, origin }] }
  }
}

const loginHint = ({ site }: OAuthSettings): string => `run roster login --site ${site}`

const missing = (settings: OAuthSettings, isOfAnotherApp: boolean): Diagnostic => ({
  code: 'CREDENTIAL_MISSING',
  severity: 'error',
  message: isOfAnotherApp
    ? `the consent for ${settings.site} was given to another client id`
    : `nobody has agreed yet that Roster may act on ${settings.site}`,
  origin: settings.origin,
  hint: loginHint(settings),
})

function ending(settings: OAuthSettings, endsMs: number, nowMs: number): readonly Diagnostic[] {
  if (endsMs - nowMs > noticeMs) return []
  const verb = endsMs > nowMs ? 'ends' : 'ended'
  const day = new Date(endsMs).toISOString().slice(0, 10)
  return [
    {
      code: 'CREDENTIAL_EXPIRING',
      severity: 'warning',
      message: `the consent for ${settings.site} ${verb} on ${day}, a year after it was given`,
      origin: settings.origin,
      hint: loginHint(settings),
    },
  ]
}
