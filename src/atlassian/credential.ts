import type { ApiRequest } from '../core/ports.ts'
import type { OAuthSession } from './oauth-session.ts'
import { createSecret, type Secret } from './secret.ts'

export type SiteCredential =
  | {
      readonly kind: 'apiToken'
      readonly email: string
      readonly token: Secret
      /** Made "with scopes": it works on the gateway only (reference 2.1). */
      readonly scoped: boolean
    }
  | {
      readonly kind: 'oauth'
      readonly session: OAuthSession
      /** Of the person who has agreed, where it is known. */
      readonly email?: string
    }

export interface Credentials {
  /** The key of the organization: Organizations, Admin Control and User management APIs. */
  readonly organization?: Secret
  /** The key of the SCIM directory. */
  readonly scim?: Secret
  /** By the site's name. */
  readonly sites: ReadonlyMap<string, SiteCredential>
}

/** Limits are counted by it: the same name is the same credential. */
export function credentialName({ api, site }: ApiRequest): string {
  if (api === 'jira' || api === 'confluence') return `site ${site ?? ''}`
  return api === 'scim' ? 'scim' : 'organization'
}

/** Value of the Authorization header; undefined where no credential is configured for the call. */
export async function authorizationOf(request: ApiRequest, credentials: Credentials): Promise<Secret | undefined> {
  const { api, site = '' } = request
  if (api !== 'jira' && api !== 'confluence')
    return bearer(api === 'scim' ? credentials.scim : credentials.organization)
  const credential = credentials.sites.get(site)
  if (credential === undefined) return undefined
  if (credential.kind === 'oauth') return bearer(await credential.session.accessToken())
  const pair = `${credential.email}:${credential.token.reveal()}`
  return createSecret(`Basic ${Buffer.from(pair, 'utf8').toString('base64')}`)
}

/**
 * Another value for one that was answered 401; undefined where there is none. Keys and API tokens stay what they are, an
 * access token may have ended before its time.
 */
export async function renewedAuthorization(
  { api, site = '' }: ApiRequest,
  { sites }: Credentials,
  refused: Secret,
): Promise<Secret | undefined> {
  const credential = api === 'jira' || api === 'confluence' ? sites.get(site) : undefined
  if (credential?.kind !== 'oauth') return undefined
  return bearer(await credential.session.renew(createSecret(refused.reveal().replace(/^Bearer /, ''))))
}

const bearer = (key: Secret | undefined): Secret | undefined => key && createSecret(`Bearer ${key.reveal()}`)

export const usesGateway = (credential: SiteCredential | undefined): boolean =>
  credential?.kind === 'oauth' || (credential?.kind === 'apiToken' && credential.scoped)
