import { codes, type Diagnostic } from '../core/diagnostic.ts'
import type { Declaration, Manifest } from '../core/manifest.ts'
import { didYouMean } from '../core/schema.ts'

const organizationKind = 'AtlassianOrganization'

/** One organization and everything declared under it. */
export interface Estate {
  readonly organization: Manifest
  readonly declaration: Declaration
}

/**
 * Sorts manifests under their organizations. A manifest without `organizationRef` belongs to the only one in sight; where
 * there are several, or none, that is a mistake of the manifest, and removals are held under every organization.
 */
export function byOrganization({ manifests, diagnostics }: Declaration): {
  readonly estates: readonly Estate[]
  readonly diagnostics: readonly Diagnostic[]
} {
  const organizations = manifests.filter(({ kind, retired }) => kind === organizationKind && !retired)
  const names = new Set(organizations.map(({ name }) => name))
  const strays = manifests.filter(
    (each) => each.kind !== organizationKind && belongsTo(each, organizations) === undefined,
  )
  const problems = organizations.length === 0 ? noOrganization(manifests) : strays.map((each) => stray(each, names))
  const found = [...diagnostics, ...problems]
  const estates = organizations.map((organization) => ({
    organization,
    declaration: {
      diagnostics: found,
      manifests: manifests.filter(
        (each) => each === organization || belongsTo(each, organizations) === organization.name,
      ),
    },
  }))
  return { estates, diagnostics: found }
}

function belongsTo(manifest: Manifest, organizations: readonly Manifest[]): string | undefined {
  if (manifest.kind === organizationKind) return undefined
  const name = referenceOf(manifest)
  if (name === undefined) return organizations.length === 1 ? organizations[0]!.name : undefined
  return organizations.find((each) => each.name === name)?.name
}

function referenceOf({ spec }: Manifest): string | undefined {
  if (typeof spec !== 'object' || spec === null || !('organizationRef' in spec)) return undefined
  const reference = spec.organizationRef
  const isNamed = typeof reference === 'object' && reference !== null && 'name' in reference
  return isNamed && typeof reference.name === 'string' ? reference.name : undefined
}

function stray(manifest: Manifest, names: ReadonlySet<string>): Diagnostic {
  const name = referenceOf(manifest)
  const message =
    name === undefined ? 'there are several organizations: say which one' : `there is no organization "${name}"`
  const hint =
    name === undefined ? { hint: `add organizationRef: { name: ${[...names][0]} }` } : didYouMean(name, names)
  const path = name === undefined ? ['spec'] : ['spec', 'organizationRef', 'name']
  return { code: 'NO_ORGANIZATION', severity: 'error', message, origin: manifest.locate(path), ...hint }
}

function noOrganization([first]: readonly Manifest[]): Diagnostic[] {
  if (!first) return []
  const hint = 'declare an AtlassianOrganization in the same directory, or name a directory that has one'
  return [{ code: 'NO_ORGANIZATION', severity: 'error', message: codes.NO_ORGANIZATION, origin: first.origin, hint }]
}
