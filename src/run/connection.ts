import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { TokenStore } from '../atlassian/oauth-kept.ts'
import { createSecret, type Secret } from '../atlassian/secret.ts'
import type { SiteCredential, TransportOptions } from '../atlassian/transport.ts'
import type { Diagnostic } from '../core/diagnostic.ts'
import type { Manifest } from '../core/manifest.ts'
import type { Clock } from '../core/ports.ts'
import type { AtlassianOrganizationSpec } from '../kinds/atlassian-organization/schema.ts'
import { openNetwork } from './network.ts'
import { oauthCredential, type OAuthSettings } from './oauth-credential.ts'

export interface ConnectionOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Relative file names in a manifest start at the manifest; its own name starts here. */
  readonly cwd: string
  /** Everything goes to this sandbox instead of Atlassian. */
  readonly sandboxUrl?: string
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  /** In a cluster: Secrets of the organization's namespace. They are then the only place a credential may come from. */
  readonly secrets?: Secrets
  /** Where the tokens of a site's consent are kept. */
  readonly tokens: (credential: TokenOwner) => TokenStore
}

/** Reads a key of a Secret afresh; undefined where there is no such Secret or key. */
export interface Secrets {
  read(namespace: string, name: string, key: string): Promise<string | undefined>
}

/** `issuer`: whose tokens they are, such as `https://auth.atlassian.com`. */
export interface TokenOwner {
  readonly organization: string
  readonly site: string
  readonly issuer: string
}

type Credentials = AtlassianOrganizationSpec['credentials']
type ValueFrom = NonNullable<Credentials['organization']>['valueFrom']
type Connection = Pick<
  TransportOptions,
  'organizationId' | 'directoryId' | 'scimDirectoryId' | 'endpoints' | 'sites' | 'credentials' | 'dispatcher'
>

export interface Connected {
  readonly connection: Connection
  /** The same where the addresses and every secret are the same: a hash, from which nothing can be read. */
  readonly fingerprint: string
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads secrets one after the other; remembers what is wrong, and what it has read, for the fingerprint. */
function secretReader(manifest: Manifest, options: ConnectionOptions) {
  const diagnostics: Diagnostic[] = []
  const marks: string[] = []
  const secret: ReadSecret = async (value, path) => {
    const found = await readSecret(value, { manifest, path }, options)
    if (!('code' in found)) {
      marks.push(found.reveal())
      return found
    }
    diagnostics.push(found)
    return undefined
  }
  return { secret, marks, diagnostics }
}

/** What the transport needs, from the organization's manifest and the credentials that it points to. */
export async function connectionFor(
  manifest: Manifest,
  spec: AtlassianOrganizationSpec,
  options: ConnectionOptions,
): Promise<Connected> {
  const { secret, marks, diagnostics } = secretReader(manifest, options)
  const network = await openNetwork(options)
  if ('diagnostic' in network) diagnostics.push(network.diagnostic)
  const way = 'dispatcher' in network ? network : {}
  const siteCredentials = new Map<string, SiteCredential>()
  for (const [index, { site, apiToken }] of spec.credentials.sites.entries()) {
    const token = apiToken && (await secret(apiToken.valueFrom, ['sites', index, 'apiToken', 'valueFrom']))
    if (token)
      siteCredentials.set(site, { kind: 'apiToken', email: apiToken.email, token, scoped: apiToken.scoped ?? false })
  }
  for (const settings of await oauthSettings(manifest, spec, secret)) {
    const owner = { organization: manifest.name, site: settings.site, issuer: addresses(spec, options).endpoints.auth }
    const found = await oauthCredential(settings, options.tokens(owner), { ...options, ...way, auth: owner.issuer })
    diagnostics.push(...found.diagnostics)
    if (found.credential) siteCredentials.set(settings.site, found.credential)
  }
  const named = async (name: 'organization' | 'scim', value: Credentials['scim']) => {
    const found = value && (await secret(value.valueFrom, [name, 'valueFrom']))
    return found ? { [name]: found } : {}
  }
  const { organization, scim } = spec.credentials
  const keys = { ...(await named('organization', organization)), ...(await named('scim', scim)) }
  return {
    connection: { ...addresses(spec, options), ...way, credentials: { ...keys, sites: siteCredentials } },
    fingerprint: hashOf([addresses(spec, options), spec.credentials, ...marks]),
    diagnostics,
  }
}

const hashOf = (values: unknown): string => createHash('sha256').update(JSON.stringify(values)).digest('hex')

/** Undefined where there is none, which is then told. */
type ReadSecret = (value: ValueFrom, path: readonly (string | number)[]) => Promise<Secret | undefined>

/** A secret that a manifest points to, or what is wrong there. `path` begins below `spec.credentials`. */
export async function readSecret(
  value: ValueFrom,
  { manifest, path }: { readonly manifest: Manifest; readonly path: readonly (string | number)[] },
  options: Pick<ConnectionOptions, 'env' | 'cwd' | 'secrets'>,
): Promise<Secret | Diagnostic> {
  const found = await valueOf(value, manifest, options)
  if ('text' in found) return createSecret(found.text)
  const { problem: message, hint } = found
  const origin = manifest.locate(['spec', 'credentials', ...path])
  return { code: 'CREDENTIAL_MISSING', severity: 'error', message, origin, hint }
}

/** Those whose secrets are all there. */
async function oauthSettings(manifest: Manifest, spec: AtlassianOrganizationSpec, secret: ReadSecret) {
  const found: OAuthSettings[] = []
  for (const [index, { site, oauth }] of spec.credentials.sites.entries()) {
    if (!oauth) continue
    const { grant, clientId, clientSecret, refreshToken } = oauth
    const [proof, declared] = [
      await secret(clientSecret.valueFrom, ['sites', index, 'oauth', 'clientSecret', 'valueFrom']),
      refreshToken && (await secret(refreshToken.valueFrom, ['sites', index, 'oauth', 'refreshToken', 'valueFrom'])),
    ]
    if (!proof || (refreshToken && !declared)) continue
    const origin = manifest.locate(['spec', 'credentials', 'sites', index, 'oauth'])
    found.push({ site, grant, clientId, clientSecret: proof, origin, ...(declared && { refreshToken: declared }) })
  }
  return found
}

/** Where everything of the organization is. */
export function addresses(spec: AtlassianOrganizationSpec, { sandboxUrl }: Pick<ConnectionOptions, 'sandboxUrl'>) {
  const { organizationId, directoryId, provisioning, endpoints, sites } = spec
  const scimDirectoryId = provisioning.scimDirectoryId
  return {
    organizationId,
    ...(directoryId !== undefined && { directoryId }),
    ...(scimDirectoryId !== undefined && { scimDirectoryId }),
    endpoints: {
      api: sandboxUrl ?? endpoints?.api ?? 'https://api.atlassian.com',
      auth: sandboxUrl ?? endpoints?.auth ?? 'https://auth.atlassian.com',
    },
    sites: sites.map(({ name, url, cloudId }) => ({
      name,
      url: sandboxUrl === undefined ? url : `${sandboxUrl}/sites/${encodeURIComponent(name)}`,
      ...(cloudId !== undefined && { cloudId }),
    })),
  }
}

type Value = { readonly text: string } | { readonly problem: string; readonly hint: string }

async function valueOf(
  value: ValueFrom,
  manifest: Manifest,
  { env, cwd, secrets }: Pick<ConnectionOptions, 'env' | 'cwd' | 'secrets'>,
): Promise<Value> {
  if (secrets) return fromSecret(value, manifest, secrets)
  if (value.env !== undefined) {
    const text = env[value.env]
    if (text) return { text }
    return { problem: `the environment variable ${value.env} is not set`, hint: `export ${value.env}=…` }
  }
  if (value.file !== undefined) return fromFile(resolve(cwd, dirname(manifest.origin.file), value.file), value.file)
  return { problem: 'secretKeyRef works in a cluster only', hint: 'use env or file here' }
}

/** Files and variables of a shared process are not its tenants': a manifest could send them to a server of its own. */
async function fromSecret({ secretKeyRef }: ValueFrom, { namespace = '' }: Manifest, secrets: Secrets): Promise<Value> {
  if (!secretKeyRef)
    return { problem: 'in a cluster credentials come from Secrets only', hint: 'use secretKeyRef here' }
  const { name, key } = secretKeyRef
  const text = (await secrets.read(namespace, name, key))?.trim()
  if (text) return { text }
  return { problem: `the Secret ${name} has no key ${key}`, hint: `put it into namespace ${namespace}` }
}

async function fromFile(path: string, shown: string): Promise<Value> {
  try {
    const text = (await readFile(path, 'utf8')).trim()
    return text === '' ? { problem: `the file ${shown} is empty`, hint: 'put the key in it' } : { text }
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException
    return { problem: `the file ${shown} cannot be read (${code})`, hint: 'the path starts at the manifest' }
  }
}
