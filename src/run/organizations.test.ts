import { expect, test } from 'vitest'
import { apiVersion, type Manifest } from '../core/manifest.ts'
import { byOrganization } from './organizations.ts'

let line = 0
function manifest(kind: string, name: string, organization?: string): Manifest {
  const origin = { file: 'access.yaml', line: ++line }
  const spec = organization === undefined ? {} : { organizationRef: { name: organization } }
  return { apiVersion, kind, name, spec, origin, locate: () => origin }
}
const organization = (name: string) => manifest('AtlassianOrganization', name)

interface Case {
  readonly manifests: readonly Manifest[]
  /** Names of the manifests by organization. */
  readonly estates: Readonly<Record<string, readonly string[]>>
  readonly problems: readonly string[]
}

const cases: Record<string, Case> = {
  'a manifest without a reference belongs to the only organization': {
    manifests: [organization('acme'), manifest('AtlassianUser', 'ana')],
    estates: { acme: ['acme', 'ana'] },
    problems: [],
  },
  'references tell several organizations apart': {
    manifests: [organization('acme'), organization('umbrella'), manifest('AtlassianUser', 'ana', 'umbrella')],
    estates: { acme: ['acme'], umbrella: ['umbrella', 'ana'] },
    problems: [],
  },
  'without a reference nobody guesses among several': {
    manifests: [organization('acme'), organization('umbrella'), manifest('AtlassianUser', 'ana')],
    estates: { acme: ['acme'], umbrella: ['umbrella'] },
    problems: ['there are several organizations: say which one'],
  },
  'a reference to an unknown organization is a mistake, even where there is only one': {
    manifests: [organization('acme'), manifest('AtlassianUser', 'ana', 'acmee')],
    estates: { acme: ['acme'] },
    problems: ['there is no organization "acmee"'],
  },
  'manifests without an organization are a mistake': {
    manifests: [manifest('AtlassianUser', 'ana')],
    estates: {},
    problems: ['no AtlassianOrganization is in sight, or more than one'],
  },
  'nothing at all is no mistake of a manifest': { manifests: [], estates: {}, problems: [] },
}

for (const [sentence, { manifests, estates, problems }] of Object.entries(cases)) {
  test(sentence, () => {
    const found = byOrganization({ manifests, diagnostics: [] })
    const names = found.estates.map(({ organization: { name }, declaration }) => [
      name,
      declaration.manifests.map((each) => each.name),
    ])
    expect(Object.fromEntries(names)).toEqual(estates)
    expect(found.diagnostics.map(({ message }) => message)).toEqual(problems)
    // removals are held under every organization
    for (const { declaration } of found.estates) expect(declaration.diagnostics).toEqual(found.diagnostics)
  })
}
