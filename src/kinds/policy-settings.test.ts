import { expect, test } from 'vitest'
import { kinds } from './index.ts'
import { buildManifest } from './principals.builder.ts'

const hintsOf = (kind: string, spec: object): readonly (string | undefined)[] => {
  const parsed = kinds.get(kind)!.parse(buildManifest(kind, spec))
  return 'problems' in parsed ? parsed.problems.map(({ hint }) => hint) : []
}
const person = (more: object) => hintsOf('AtlassianUser', { email: 'ana@acme.com', ...more })
const organization = (more: object) =>
  hintsOf('AtlassianOrganization', { organizationId: 'o', credentials: {}, ...more }).filter(
    (hint) => hint !== undefined,
  )

const policy = 'put the account into a policy that does (authenticationPolicy)'
const elsewhere =
  'set it on a policy at admin.atlassian.com, and name that policy in authenticationPolicies with what it enforces'

const wishes: Readonly<Record<string, { readonly found: readonly unknown[]; readonly expected: string }>> = {
  'two-step verification of a person': {
    found: person({ mfa: true }),
    expected: `no API of Atlassian sets two-step verification: ${policy}`,
  },
  'single sign-on of a person, however it is written': {
    found: person({ enforceSSO: true }),
    expected: `no API of Atlassian sets single sign-on: ${policy}`,
  },
  'a password': { found: person({ password: 'x' }), expected: `no API of Atlassian sets the password: ${policy}` },
  'two-step verification of an organization': {
    found: organization({ enforceTwoStepVerification: true }),
    expected: `no API of Atlassian sets two-step verification: ${elsewhere}`,
  },
  'the sessions of a policy': {
    found: organization({ authenticationPolicies: [{ name: 'Staff', id: 'p', sessionDuration: '8h' }] }),
    expected: `no API of Atlassian sets the length of sessions: ${elsewhere}`,
  },
  'a slip of the keyboard is still one': { found: person({ tittle: 'Lead' }), expected: 'did you mean "title"?' },
}

test.each(Object.entries(wishes))('%s', (_, { found, expected }) => expect(found).toEqual([expected]))
