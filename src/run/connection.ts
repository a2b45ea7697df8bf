import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { createSecret, type Secret } from '../atlassian/secret.ts'
import type { SiteCredential, TransportOptions } from '../atlassian/transport.ts'
import type { Diagnostic } from '../core/diagnostic.ts'
import type { Manifest } from '../core/manifest.ts'
import type { AtlassianOrganizationSpec } from '../kinds/atlassian-organization/schema.ts'

export interface ConnectionOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Relative file names in a manifest start at the manifest; its own name starts here. */
  readonly cwd: string
  /** Everything goes to this sandbox instead of Atlassian. */
  readonly sandboxUrl?: string
}

type ValueFrom = NonNullable<AtlassianOrganizationSpec['credentials']['organization']>['valueFrom']
type Connection = Pick<
  TransportOptions,
  'organizationId' | 'directoryId' | 'scimDirectoryId' | 'endpoints' | 'sites' | 'credentials'
>

export interface Connected {
  readonly connection: Connection
  readonly diagnostics: readonly Diagnostic[]
}

/** What the transport needs, from the organization's manifest and the credentials that it points to. */
export async function connectionFor(
  manifest: Manifest,
  spec: AtlassianOrganizationSpec,
  options: ConnectionOptions,
): Promise<Connected> {
  const diagnostics: Diagnostic[] = [...unsupported(manifest, spec)]
  const secret = async (value: ValueFrom, path: readonly (string | number)[]): Promise<Secret | undefined> => {
    const found = await valueOf(value, manifest, options)
    if ('text' in found) return createSecret(found.text)
    const at = manifest.locate(['spec', 'credentials', ...path])
    diagnostics.push({
      code: 'CREDENTIAL_MISSING',
      severity: 'error',
      message: found.problem,
      origin: at,
      hint: found.hint,
    })
    return undefined
  }
  const { organization, scim, sites } = spec.credentials
  const siteCredentials = new Map<string, SiteCredential>()
  for (const [index, { site, apiToken }] of sites.entries()) {
    const token = apiToken && (await secret(apiToken.valueFrom, ['sites', index, 'apiToken', 'valueFrom']))
    if (token)
      siteCredentials.set(site, { kind: 'apiToken', email: apiToken.email, token, scoped: apiToken.scoped ?? false })
  }
  const named = async (name: 'organization' | 'scim', value: typeof scim) => {
    const found = value && (await secret(value.valueFrom, [name, 'valueFrom']))
    return found ? { [name]: found } : {}
  }
  const keys = { ...(await named('organization', organization)), ...(await named('scim', scim)) }
  return { connection: { ...addresses(spec, options), credentials: { ...keys, sites: siteCredentials } }, diagnostics }
}

/** Said instead of ignored: a delegation that is not enforced would let everybody do everything. */
function unsupported(manifest: Manifest, { delegations, credentials }: AtlassianOrganizationSpec): Diagnostic[] {
  const refuse = (what: string, path: readonly (string | number)[]): Diagnostic => ({
    code: 'NOT_SUPPORTED',
    severity: 'error',
    message: `this version does not know ${what} yet, and does not work without it`,
    origin: manifest.locate(['spec', ...path]),
  })
  return [
    ...(delegations.length > 0 ? [refuse('how to enforce delegations', ['delegations'])] : []),
    ...credentials.sites.flatMap(({ oauth }, index) =>
      oauth ? [refuse('how to sign in by OAuth', ['credentials', 'sites', index, 'oauth'])] : [],
    ),
  ]
}

function addresses(spec: AtlassianOrganizationSpec, { sandboxUrl }: ConnectionOptions) {
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

async function valueOf(value: ValueFrom, manifest: Manifest, { env, cwd }: ConnectionOptions): Promise<Value> {
  if (value.env !== undefined) {
    const text = env[value.env]
    if (text) return { text }
    return { problem: `the environment variable ${value.env} is not set`, hint: `export ${value.env}=…` }
  }
  if (value.file !== undefined) return fromFile(resolve(cwd, dirname(manifest.origin.file), value.file), value.file)
  return { problem: 'secretKeyRef works in a cluster only', hint: 'use env or file here' }
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
