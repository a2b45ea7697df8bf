import type { Dispatcher } from 'undici'
import type { Endpoints, Site } from '../atlassian/address.ts'
import { consentEndsMs, digestOf, keptFrom, type TokenStore } from '../atlassian/oauth-kept.ts'
import { accessibleSites, accountOf, redeemCode, type ConsentRequest } from '../atlassian/oauth-login.ts'
import { siteScopes } from '../atlassian/oauth-scopes.ts'
import type { OAuthClient } from '../atlassian/oauth-token.ts'
import type { Secret } from '../atlassian/secret.ts'
import type { Diagnostic } from '../core/diagnostic.ts'
import type { Declaration, Manifest } from '../core/manifest.ts'
import type { AtlassianOrganizationSpec } from '../kinds/atlassian-organization/schema.ts'
import { kinds } from '../kinds/index.ts'
import { addresses, readSecret, type ConnectionOptions } from './connection.ts'
import { openNetwork } from './network.ts'

/** A site that an app acts on by a person's consent. */
export interface LoginTarget {
  readonly organization: string
  readonly site: Site
  readonly endpoints: Endpoints
  readonly client: OAuthClient
  readonly dispatcher: Dispatcher
  readonly store: TokenStore
  /** Digest of the refresh token that the manifest points to, which the login takes the place of. */
  readonly declared?: string
}

interface Candidate {
  readonly manifest: Manifest
  readonly spec: AtlassianOrganizationSpec
  readonly index: number
  readonly siteName: string
}

/** The one site that is meant, or what is wrong. */
export async function findLoginTarget(
  { manifests }: Declaration,
  siteName: string | undefined,
  options: ConnectionOptions,
): Promise<LoginTarget | { readonly problem: string } | { readonly diagnostic: Diagnostic }> {
  const candidates = manifests.flatMap(candidatesOf)
  const meant = candidates.filter((each) => siteName === undefined || each.siteName === siteName)
  const [candidate, ...others] = meant
  if (candidate === undefined) return { problem: nobodyMeant(candidates, siteName) }
  if (others.length > 0) return { problem: `name one site by --site: ${namesOf(meant)}` }
  return targetOf(candidate, options)
}

const namesOf = (candidates: readonly Candidate[]): string => candidates.map(({ siteName }) => siteName).join(', ')

function nobodyMeant(candidates: readonly Candidate[], siteName: string | undefined): string {
  if (candidates.length > 0) return `no site "${siteName}" signs in by consent; these do: ${namesOf(candidates)}`
  return (
    'no site signs in by consent: an AtlassianOrganization needs spec.credentials.sites[].oauth with the grant ' +
    'AuthorizationCode'
  )
}

/** A manifest that has other mistakes is for `roster validate`. */
function candidatesOf(manifest: Manifest): readonly Candidate[] {
  if (manifest.kind !== 'AtlassianOrganization') return []
  const parsed = kinds.get(manifest.kind)!.parse(manifest)
  if ('problems' in parsed) return []
  const spec = parsed.spec as AtlassianOrganizationSpec
  return spec.credentials.sites.flatMap(({ site, oauth }, index) =>
    oauth?.grant === 'AuthorizationCode' ? [{ manifest, spec, index, siteName: site }] : [],
  )
}

async function targetOf({ manifest, spec, index, siteName }: Candidate, options: ConnectionOptions) {
  const network = await openNetwork(options)
  if ('diagnostic' in network) return network
  const oauth = spec.credentials.sites[index]!.oauth!
  const at = (name: string) => ({ manifest, path: ['sites', index, 'oauth', name, 'valueFrom'] })
  const clientSecret = await readSecret(oauth.clientSecret.valueFrom, at('clientSecret'), options)
  if ('code' in clientSecret) return { diagnostic: clientSecret }
  // one that is not there yet is no mistake: a login needs none
  const declared = oauth.refreshToken && (await readSecret(oauth.refreshToken.valueFrom, at('refreshToken'), options))
  const { endpoints, sites } = addresses(spec, options)
  return {
    organization: manifest.name,
    site: sites.find(({ name }) => name === siteName)!,
    endpoints,
    client: { clientId: oauth.clientId, clientSecret },
    dispatcher: network.dispatcher,
    store: options.tokens({ organization: manifest.name, site: siteName, issuer: endpoints.auth }),
    ...(declared && 'reveal' in declared && { declared: digestOf(declared) }),
  }
}

export interface LoggedIn {
  readonly account: { readonly displayName: string; readonly email?: string } | undefined
  readonly sites: readonly { readonly name: string; readonly url: string }[]
  readonly missingScopes: readonly string[]
  /** When it must be repeated at the latest, in milliseconds since 1970. */
  readonly endsMs: number
}

/**
 * Turns the code into tokens and keeps them, if they are good for the site.
 * @throws RemoteError, also where the person cannot get into the site
 */
export async function finishLogin(
  code: Secret,
  request: ConsentRequest,
  { target, clock, random }: { readonly target: LoginTarget } & Pick<ConnectionOptions, 'clock' | 'random'>,
): Promise<LoggedIn | { readonly problem: string }> {
  const { site, endpoints, client, store, declared, dispatcher } = target
  const options = { clock, random, dispatcher }
  const issued = await redeemCode(code, client, { ...request, ...options, auth: endpoints.auth })
  const { accessToken, refreshToken } = issued
  if (refreshToken === undefined) return { problem: 'Atlassian gave no refresh token: allow the app offline_access' }
  const sites = await accessibleSites(accessToken, { ...options, endpoints })
  const found = sites.find(({ cloudId, url }) => cloudId === site.cloudId || isSameSite(url, site.url))
  if (!found) return { problem: `the consent is not for ${site.url}: it covers ${listed(sites)}` }
  const account = await accountOf(accessToken, { ...options, endpoints, site: { ...site, cloudId: found.cloudId } })
  const before = { clientId: client.clientId, refreshToken: refreshToken.reveal(), grantedMs: clock.now() }
  const email = account?.email
  const own = { ...before, ...(declared !== undefined && { declared }), ...(email !== undefined && { email }) }
  const kept = keptFrom(issued, own, clock.now())
  await store.exclusively(() => store.save(kept))
  const granted = new Set([...issued.scopes, ...found.scopes])
  const missingScopes = siteScopes.filter((scope) => !granted.has(scope))
  return { account, sites, missingScopes, endsMs: consentEndsMs(kept) }
}

const listed = (sites: readonly { readonly url: string }[]): string =>
  sites.length === 0 ? 'no site' : sites.map(({ url }) => url).join(', ')

const isSameSite = (one: string, other: string): boolean =>
  one.replace(/\/+$/, '').toLowerCase() === other.replace(/\/+$/, '').toLowerCase()
