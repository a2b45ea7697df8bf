import type { Diagnostic } from '../core/diagnostic.ts'
import type { Manifest } from '../core/manifest.ts'
import type { AtlassianOrganizationSpec } from '../kinds/atlassian-organization/schema.ts'
import { expiryMs } from '../kinds/fields.ts'
import { kinds } from '../kinds/index.ts'

const dayMs = 24 * 3_600_000
/** How long before its end a credential is warned about. */
export const noticeMs = 30 * dayMs

interface Ending {
  readonly what: string
  /** Short: `organization`, `scim`, or the name of a site. */
  readonly name: string
  readonly expiresAt: string | undefined
  /** Below `spec.credentials`. */
  readonly path: readonly (string | number)[]
}

/** Warnings for the keys and tokens whose declared end is near or past: no API tells the end of all of them. */
export function credentialEnds(
  manifest: Manifest,
  { credentials }: AtlassianOrganizationSpec,
  nowMs: number,
): readonly Diagnostic[] {
  return endings(credentials).flatMap(({ what, expiresAt, path }) => {
    if (expiresAt === undefined) return []
    const origin = manifest.locate(['spec', 'credentials', ...path, 'expiresAt'])
    const endMs = expiryMs(expiresAt)
    if (endMs === undefined)
      return [{ code: 'INVALID_SPEC', severity: 'error', message: `${expiresAt} is no day of the calendar`, origin }]
    return endMs - nowMs > noticeMs ? [] : [warning(what, { endMs, nowMs, origin })]
  })
}

/**
 * The declared ends of its credentials, milliseconds since 1970, by `organization`, `scim`, or the name of a site. Empty where
 * the manifest cannot be understood.
 */
export function declaredEnds(organization: Manifest): ReadonlyMap<string, number> {
  const parsed = kinds.get(organization.kind)?.parse(organization)
  if (!parsed || 'problems' in parsed) return new Map()
  const ends = endings((parsed.spec as AtlassianOrganizationSpec).credentials).map(
    ({ name, expiresAt }) => [name, expiresAt === undefined ? undefined : expiryMs(expiresAt)] as const,
  )
  return new Map(ends.flatMap(([name, atMs]) => (atMs === undefined ? [] : [[name, atMs]])))
}

function endings({ organization, scim, sites }: AtlassianOrganizationSpec['credentials']): readonly Ending[] {
  return [
    {
      what: 'the API key of the organization',
      name: 'organization',
      expiresAt: organization.expiresAt,
      path: ['organization'],
    },
    { what: 'the key of the SCIM directory', name: 'scim', expiresAt: scim?.expiresAt, path: ['scim'] },
    ...sites.flatMap(({ site, apiToken, oauth }, index): readonly Ending[] => [
      {
        what: `the API token for ${site}`,
        name: site,
        expiresAt: apiToken?.expiresAt,
        path: ['sites', index, 'apiToken'],
      },
      {
        what: `the client secret for ${site}`,
        name: site,
        expiresAt: oauth?.clientSecret.expiresAt,
        path: ['sites', index, 'oauth', 'clientSecret'],
      },
    ]),
  ]
}

interface When extends Required<Pick<Diagnostic, 'origin'>> {
  readonly endMs: number
  readonly nowMs: number
}

function warning(what: string, { endMs, nowMs, origin }: When): Diagnostic {
  const days = Math.ceil((endMs - nowMs) / dayMs)
  const message = days > 0 ? `${what} ends in ${days} ${days === 1 ? 'day' : 'days'}` : `${what} has ended`
  const hint = 'make a new one, put it in the place of the old one, and declare its end'
  return { code: 'CREDENTIAL_EXPIRING', severity: 'warning', message, origin, hint }
}
