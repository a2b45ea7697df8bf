import { stringify } from 'yaml'

/** What only the person who starts an access repository can know. */
export interface Answers {
  /** `metadata.name` of the organization. */
  readonly name: string
  readonly organizationId: string
  readonly sites: readonly { readonly name: string; readonly url: string }[]
  /** Of the account whose API token opens the sites; set where there is a site. */
  readonly email?: string
  /** Accounts are made by invitation where there is none. */
  readonly scimDirectoryId?: string
  /** Who owns what nobody else owns, as CODEOWNERS names them: `@acme/security`. */
  readonly owner: string
}

/** Environment variables that the organization's manifest names, and where each secret is made. */
export const secrets = {
  ATLASSIAN_ORGANIZATION_KEY: 'API key of the organization, without scopes: admin.atlassian.com, API keys',
  ATLASSIAN_SCIM_KEY: 'key of the SCIM directory: admin.atlassian.com, identity provider',
  ATLASSIAN_API_TOKEN: 'API token: id.atlassian.com, Security, API tokens',
} as const

export type SecretName = keyof typeof secrets

export function secretsOf({ sites, scimDirectoryId }: Answers): readonly SecretName[] {
  return [
    'ATLASSIAN_ORGANIZATION_KEY',
    ...(scimDirectoryId === undefined ? [] : (['ATLASSIAN_SCIM_KEY'] as const)),
    ...(sites.length === 0 ? [] : (['ATLASSIAN_API_TOKEN'] as const)),
  ]
}

/** A value as it may stand anywhere in YAML, on one line: an id of digits alone must not become a number. */
export const scalar = (value: string): string =>
  /^[\w.:/@+-]+$/.test(value) ? stringify(value, { lineWidth: 0 }).trim() : JSON.stringify(value)

/** Ends with a line break; lines that are undefined are left out. */
export const lines = (...all: readonly (string | undefined)[]): string =>
  all.flatMap((line) => (line === undefined ? [] : [`${line}\n`])).join('')
