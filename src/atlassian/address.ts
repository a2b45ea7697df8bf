import type { Api, ApiRequest } from '../core/ports.ts'

export interface Endpoints {
  /** `https://api.atlassian.com` */
  readonly api: string
  /** `https://auth.atlassian.com` */
  readonly auth: string
}

export interface Site {
  readonly name: string
  /** `https://acme.atlassian.net` */
  readonly url: string
  /** Looked up where a credential works on the gateway only. */
  readonly cloudId?: string
}

/** Ids that are filled in for the caller. */
export interface PathIds {
  readonly orgId?: string
  /** The Organizations directory, or the SCIM directory: two different ids (reference section 3). */
  readonly directoryId?: string
}

/** Where an API of the organization begins. The paths of the OpenAPI files start behind it. */
export const organizationBase = (api: Exclude<Api, 'jira' | 'confluence'>, { api: base }: Endpoints): string =>
  api === 'organization' ? `${trimmed(base)}/admin` : trimmed(base)

/** Scoped tokens and OAuth work on the gateway only, classic tokens on the site only (reference 2.1). */
export const gatewayBase = (api: 'jira' | 'confluence', cloudId: string, { api: base }: Endpoints): string =>
  `${trimmed(base)}/ex/${api}/${encodeURIComponent(cloudId)}`

/**
 * The address of a call. Values are percent-encoded, so that none can reach another path.
 * @throws Error where a value of the template is missing or would be read as "this folder" or "the folder above": a bug.
 */
export function addressOf(base: string, { path, params, query }: ApiRequest, ids: PathIds): URL {
  const values: Readonly<Record<string, string | undefined>> = { ...ids, ...params }
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined || ['', '.', '..'].includes(value))
      throw new Error(`${path}: no usable value for {${name}}`)
    return encodeURIComponent(value)
  })
  const url = new URL(`${trimmed(base)}${filled}`)
  if (url.origin !== new URL(base).origin) throw new Error(`${path} leads to another host`)
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const each of Array.isArray(value) ? (value as readonly string[]) : [value as string | undefined]) {
      if (each !== undefined) url.searchParams.append(name, String(each))
    }
  }
  return url
}

export const trimmed = (base: string): string => base.replace(/\/+$/, '')
