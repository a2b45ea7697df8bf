import { expect, test } from 'vitest'
import { apiVersion, type Manifest } from '../core/manifest.ts'
import { kinds } from '../kinds/index.ts'
import type { AtlassianOrganizationSpec } from '../kinds/atlassian-organization/schema.ts'
import { credentialEnds, declaredEnds } from './credential-ends.ts'

const nowMs = Date.parse('2026-11-25T12:00:00Z')
const valueFrom = { env: 'KEY' }

const organization = (credentials: object): Manifest => ({
  apiVersion,
  kind: 'AtlassianOrganization',
  name: 'acme',
  spec: { organizationId: 'o', sites: [{ name: 'acme', url: 'https://acme.atlassian.net' }], credentials },
  origin: { file: 'o.yaml' },
  locate: (path) => ({ file: path.join('.') }),
})

function told(credentials: object) {
  const manifest = organization(credentials)
  const parsed = kinds.get('AtlassianOrganization')!.parse(manifest)
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  return credentialEnds(manifest, parsed.spec as AtlassianOrganizationSpec, nowMs).map(
    ({ severity, message, origin }) => `${severity} ${origin?.file}: ${message}`,
  )
}

const cases: Record<string, readonly [object, readonly string[]]> = {
  'an end that is not declared is not known': [{ organization: { valueFrom } }, []],
  'an end that is far is no news': [{ organization: { valueFrom, expiresAt: '2027-06-30' } }, []],
  'a key that ends soon': [
    { organization: { valueFrom, expiresAt: '2026-12-01' } },
    ['warning spec.credentials.organization.expiresAt: the API key of the organization ends in 7 days'],
  ],
  'a token that ends today': [
    {
      organization: { valueFrom },
      sites: [{ site: 'acme', apiToken: { email: 'svc@acme.com', valueFrom, expiresAt: '2026-11-25' } }],
    },
    ['warning spec.credentials.sites.0.apiToken.expiresAt: the API token for acme ends in 1 day'],
  ],
  'a secret that has ended': [
    {
      organization: { valueFrom },
      scim: { valueFrom, expiresAt: '2026-11-24T00:00:00Z' },
      sites: [],
    },
    ['warning spec.credentials.scim.expiresAt: the key of the SCIM directory has ended'],
  ],
  'a day that there is not': [
    { organization: { valueFrom, expiresAt: '2027-02-30' } },
    ['error spec.credentials.organization.expiresAt: 2027-02-30 is no day of the calendar'],
  ],
}
test.each(Object.entries(cases))('%s', (_, [credentials, expected]) => expect(told(credentials)).toEqual(expected))

test('ends are known by short names, for metrics', () => {
  const credentials = {
    organization: { valueFrom, expiresAt: '2026-12-01T00:00:00Z' },
    scim: { valueFrom },
    sites: [{ site: 'acme', apiToken: { email: 'svc@acme.com', valueFrom, expiresAt: '2026-11-25T00:00:00Z' } }],
  }
  expect(declaredEnds(organization(credentials))).toEqual(
    new Map([
      ['organization', Date.UTC(2026, 11, 1)],
      ['acme', Date.UTC(2026, 10, 25)],
    ]),
  )
  expect(declaredEnds({ ...organization(credentials), spec: 'nonsense' })).toEqual(new Map())
})
