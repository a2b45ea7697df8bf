import type { Manifest } from '../core/manifest.ts'
import type { AtlassianOrganizationSpec } from '../kinds/atlassian-organization/schema.ts'
import { expiryMs } from '../kinds/fields.ts'
import { kinds } from '../kinds/index.ts'

export interface Timing {
  /** How often everything is compared. */
  readonly intervalMs: number
  readonly isSuspended: boolean
}

/** What the organization says of its own pace; undefined where its manifest cannot be understood. */
export function timingOf(organization: Manifest): Timing | undefined {
  const parsed = kinds.get(organization.kind)?.parse(organization)
  if (!parsed || 'problems' in parsed) return undefined
  const { interval, suspend } = parsed.spec as AtlassianOrganizationSpec
  return { intervalMs: intervalMs(interval), isSuspended: suspend }
}

/** `1h30m`, as the schema lets through. */
function intervalMs(text: string): number {
  const unitsMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000 }
  return [...text.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * unitsMs[unit!]!,
    0,
  )
}

export interface Expiry {
  /** Milliseconds since 1970. */
  readonly atMs: number
  readonly file: string
}

/** When entries of these manifests end, the first one first. Ends of credentials take nothing from anybody. */
export function expiries(manifests: readonly Manifest[]): readonly Expiry[] {
  const found = manifests
    .filter(({ kind }) => kind !== 'AtlassianOrganization')
    .flatMap(({ spec, origin: { file } }) => endsIn(spec).map((atMs) => ({ atMs, file })))
  return found.toSorted((one, other) => one.atMs - other.atMs)
}

function endsIn(value: unknown): readonly number[] {
  if (Array.isArray(value)) return value.flatMap(endsIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => {
    const atMs = key === 'expiresAt' && typeof each === 'string' ? expiryMs(each) : undefined
    return atMs === undefined ? endsIn(each) : [atMs]
  })
}
