import { describe, expect, test } from 'vitest'
import type { Account, ProvisionedRecord } from '../../core/directory.ts'
import type { DeclaredObject } from '../../core/kind.ts'
import { partsOf, shownDemand, sketchContext, sketchDirectory, type DirectorySketch } from '../directory.builder.ts'
import { buildManifest } from '../principals.builder.ts'
import { observedState, type AccountScope } from './account.ts'
import { expand } from './expand.ts'
import type { AtlassianUserSpec } from './schema.ts'

type Spec = AtlassianUserSpec
const base: Spec = { email: 'Ana@X.io', formerEmails: [], state: 'Active', products: [], deletionPolicy: 'Retain' }
const record: ProvisionedRecord = { id: 'scim-1', active: true, profile: { title: 'Engineer' } }
const groups: DirectorySketch = {
  groups: { 'jira-users': { defaultFor: ['jira-software'] }, 'wiki-users': { defaultFor: ['confluence'] } },
  defaultGroups: { 'jira-software': 'jira-users', confluence: 'wiki-users' },
}

const object = (spec: Partial<Spec>, retired = false): DeclaredObject<Spec> => {
  const whole = { ...base, ...spec }
  return { manifest: buildManifest('AtlassianUser', whole, retired), spec: whole }
}
const account = (key: string, fields: object) => [`AtlassianUser/${key} account`, fields]
const seat = (group: string, user: string, product: string) => [
  `AtlassianGroupMembership/g-${group} user:${user}`,
  {},
  `may cost a ${product} seat`,
]
const productScopes = [
  'Additive AtlassianGroupMembership/g-jira-users',
  'Additive AtlassianGroupMembership/g-wiki-users',
]
const unread = { code: 'FORBIDDEN', message: 'answered 403' } as const

interface Case {
  readonly spec?: Partial<Spec>
  readonly account?: Partial<Account>
  readonly estate?: DirectorySketch
  readonly retired?: true
  readonly expected: Partial<ReturnType<typeof shownDemand>>
}

describe('expand', () => {
  const table: Record<string, Case> = {
    'an account that is missing is promised, and its products with it': {
      spec: { products: ['confluence'] },
      estate: groups,
      expected: {
        claims: ['Additive AtlassianUser/promised:ana@x.io', ...productScopes],
        entries: [
          account('promised:ana@x.io', { state: 'Active' }),
          seat('wiki-users', 'promised:ana@x.io', 'confluence'),
        ],
        problems: [],
      },
    },
    'a leaver who has no account is nobody': {
      spec: { state: 'Deactivated', products: ['confluence'] },
      estate: groups,
      expected: { claims: [], entries: [], problems: [] },
    },
    'an invitation carries no profile, and says so': {
      spec: { displayName: 'Ana Ruiz', title: 'Engineer' },
      expected: {
        entries: [account('promised:ana@x.io', { state: 'Active' })],
        problems: ['warning NOT_WRITABLE spec.displayName'],
      },
    },
    'through SCIM a new account has its profile from the start': {
      spec: { displayName: 'Ana Ruiz', timeZone: 'Europe/Madrid' },
      estate: { provisioningMethod: 'SCIM' },
      expected: {
        entries: [
          account('promised:ana@x.io', { state: 'Active', displayName: 'Ana Ruiz', timeZone: 'Europe/Madrid' }),
        ],
        problems: [],
      },
    },
    'of an account with a SCIM record the declared part of the profile is demanded': {
      spec: { title: 'Lead' },
      account: { provisioned: record },
      expected: { entries: [account('id-ana', { state: 'Active', title: 'Lead' })], problems: [] },
    },
    'without a SCIM record the profile of a managed account is written, as far as it goes': {
      spec: { title: 'Lead', givenName: 'Ana' },
      account: {},
      expected: {
        entries: [account('id-ana', { state: 'Active', title: 'Lead' })],
        problems: ['warning NOT_WRITABLE spec.givenName'],
      },
    },
    'the profile of an account that is neither managed nor provisioned is left out, with a warning': {
      spec: { title: 'Lead' },
      account: { managed: false },
      expected: { entries: [account('id-ana', { state: 'Active' })], problems: ['warning NOT_WRITABLE spec.title'] },
    },
    'a former address leads to the account, whose address is to change': {
      spec: { email: 'ana.ruiz@x.io', formerEmails: ['ana@x.io'] },
      account: {},
      estate: { formerEmails: { 'ana.ruiz@x.io': 'ana@x.io' } },
      expected: { entries: [account('id-ana', { state: 'Active', email: 'ana.ruiz@x.io' })], problems: [] },
    },
    'the address of an account that is not managed is its own affair': {
      spec: { email: 'ana.ruiz@x.io', formerEmails: ['ana@x.io'] },
      account: { managed: false },
      estate: { formerEmails: { 'ana.ruiz@x.io': 'ana@x.io' } },
      expected: { entries: [account('id-ana', { state: 'Active' })], problems: ['error NOT_WRITABLE spec.email'] },
    },
    'the address of today is no former one': {
      spec: { formerEmails: ['ANA@x.io'] },
      account: {},
      expected: {
        claims: [],
        entries: [],
        problems: ['error CONFLICTING_DEMANDS spec.formerEmails.0'],
        unclaimed: true,
      },
    },
    'a policy can be called by the name that the organization gives it': {
      spec: { authenticationPolicy: 'Staff' },
      account: {},
      estate: { authenticationPolicies: new Map([['Staff', { id: 'p1', enforces: [] }]]) },
      expected: { entries: [account('id-ana', { state: 'Active', authenticationPolicyId: 'p1' })], problems: [] },
    },
    'a policy that nobody has named is an error': {
      spec: { authenticationPolicy: 'Staf' },
      account: {},
      estate: { authenticationPolicies: new Map([['Staff', { id: 'p1', enforces: [] }]]) },
      expected: { problems: ['error UNKNOWN_REFERENCE spec.authenticationPolicy'] },
    },
    'a policy by name and by id is one too many': {
      spec: { authenticationPolicy: 'Staff', authenticationPolicyId: 'p1' },
      account: {},
      expected: { entries: [], problems: ['error INVALID_SPEC spec'], unclaimed: true },
    },
    'whoever is to rule the organization is said so, and nobody else': {
      spec: { organizationAdmin: true },
      account: {},
      expected: { entries: [account('id-ana', { state: 'Active', organizationAdmin: true })], problems: [] },
    },
    'a name that is already right needs no warning': {
      spec: { displayName: 'Ana Ruiz' },
      account: { name: 'Ana Ruiz' },
      expected: { entries: [account('id-ana', { state: 'Active' })], problems: [] },
    },
    'SCIM records that were not read are not taken for missing': {
      spec: { title: 'Lead' },
      account: {},
      estate: { unread: { provisioning: unread } },
      expected: { problems: ['error IDENTITIES_UNREAD spec.title'] },
    },
    'a managed account can be deactivated, and loses its products': {
      spec: { state: 'Deactivated', products: ['confluence'] },
      account: {},
      estate: groups,
      expected: {
        claims: ['Additive AtlassianUser/id-ana', ...productScopes],
        entries: [account('id-ana', { state: 'Deactivated' })],
        problems: [],
      },
    },
    'an account that is not managed cannot be deactivated: an error, since the person keeps access': {
      spec: { state: 'Deactivated' },
      account: { managed: false },
      expected: { entries: [account('id-ana', {})], problems: ['error NOT_WRITABLE spec.state'] },
    },
    'a deactivated account is not opened in order to suspend it': {
      spec: { state: 'Suspended' },
      account: { status: 'deactivated' },
      expected: { entries: [account('id-ana', {})], problems: [] },
    },
    'a suspended person keeps the products': {
      spec: { state: 'Suspended', products: ['jira-software'] },
      account: {},
      estate: groups,
      expected: {
        entries: [account('id-ana', { state: 'Suspended' }), seat('jira-users', 'id-ana', 'jira-software')],
      },
    },
    'a product without a known default group is an error': {
      spec: { products: ['confluense'] },
      account: {},
      estate: groups,
      expected: {
        entries: [account('id-ana', { state: 'Active' })],
        problems: ['error UNKNOWN_PRODUCT spec.products.0'],
      },
    },
    'an authentication policy is for managed accounts': {
      spec: { authenticationPolicyId: 'p1' },
      account: { managed: false },
      expected: {
        entries: [account('id-ana', { state: 'Active' })],
        problems: ['warning NOT_WRITABLE spec.authenticationPolicyId'],
      },
    },
    'accounts that were not read leave everything open': {
      estate: { unread: { accounts: unread } },
      expected: { claims: [], entries: [], problems: ['error IDENTITIES_UNREAD spec.email'], unclaimed: true },
    },
    'a retired manifest lets the account be and takes products back': {
      spec: { products: ['jira-software'] },
      account: {},
      estate: groups,
      retired: true,
      expected: { claims: productScopes, entries: [], problems: [] },
    },
    'a retired manifest with a policy demands the last state and no profile': {
      spec: { deletionPolicy: 'Suspend', title: 'Lead', products: ['confluence'] },
      account: { provisioned: record },
      estate: groups,
      retired: true,
      expected: {
        claims: ['Additive AtlassianUser/id-ana', ...productScopes],
        entries: [account('id-ana', { state: 'Suspended' })],
      },
    },
  }
  for (const [sentence, { spec = {}, account: given, estate = {}, retired = false, expected }] of Object.entries(
    table,
  )) {
    test(sentence, () => {
      const directory = sketchDirectory({ ...estate, ...(given && { accounts: { ana: given } }) })
      expect(partsOf(expand(object(spec, retired), sketchContext(directory)), expected)).toEqual(expected)
    })
  }

  test('a former address that somebody else has today leads to nobody', () => {
    const directory = sketchDirectory({ accounts: { ana: {} } })
    const context = sketchContext(directory, new Map([['ana', object({})]]))
    const { problems, entries } = shownDemand(expand(object({ email: 'bo@x.io', formerEmails: ['ana@x.io'] }), context))
    expect({ problems, entries }).toEqual({ problems: ['error CONFLICTING_DEMANDS spec.formerEmails.0'], entries: [] })
  })

  const asked: Record<string, readonly [Partial<Spec>, Partial<Account>, readonly string[]]> = {
    'nothing, where nothing is to change': [{ title: 'Lead' }, { profile: { title: 'Lead' } }, []],
    'the privileges of a managed account whose profile is to change': [{ title: 'Lead' }, {}, ['privileges']],
    'the privileges of a managed account that is to be closed': [{ state: 'Deactivated' }, {}, ['privileges']],
    'no privileges to suspend it, which is the affair of the organization': [{ state: 'Suspended' }, {}, []],
    'no privileges of a provisioned account, which its record changes': [
      { state: 'Deactivated' },
      { provisioned: record },
      [],
    ],
    'the policy, where one is declared': [{ authenticationPolicyId: 'p1' }, {}, ['policy']],
  }
  test.each(Object.entries(asked))('a call is worth %s', (_, [spec, given, asks]) => {
    const directory = sketchDirectory({ accounts: { ana: given } })
    const { claims } = expand(object(spec), sketchContext(directory))
    expect(claims.flatMap(({ scope }) => (scope as AccountScope).ref.asks ?? [])).toEqual(asks)
  })

  test('a manifest that was only renamed suspends nobody', () => {
    const directory = sketchDirectory({ accounts: { ana: {} } })
    const context = sketchContext(directory, new Map([['ana-ruiz', object({})]]))
    expect(shownDemand(expand(object({ deletionPolicy: 'Suspend' }, true), context)).entries).toEqual([])
  })

  test('the hint for an unknown product names the one that was meant, or the place to declare it', () => {
    const hintFor = (product: string, estate: DirectorySketch) => {
      const directory = sketchDirectory({ ...estate, accounts: { ana: {} } })
      return expand(object({ products: [product] }), sketchContext(directory)).diagnostics[0]!.hint
    }
    expect(hintFor('confluense', groups)).toBe('did you mean "confluence"?')
    expect(hintFor('confluence', {})).toContain('spec.defaultGroups')
  })
})

describe('the state of an account', () => {
  const table: Record<string, readonly [Partial<Account>, string]> = {
    active: [{}, 'Active'],
    'suspended in the organization': [{ status: 'suspended' }, 'Suspended'],
    'closed everywhere': [{ status: 'deactivated' }, 'Deactivated'],
    'about to be deleted': [{ status: 'for_deletion' }, 'Deactivated'],
    'inactive in the SCIM directory': [{ provisioned: { ...record, active: false } }, 'Deactivated'],
    'suspended and inactive counts as the stronger': [
      { status: 'suspended', provisioned: { ...record, active: false } },
      'Deactivated',
    ],
    'no member of the organization': [{ status: 'not_invited' }, 'NotInvited'],
    'no member yet, but provisioned': [{ status: 'not_invited', provisioned: record }, 'Active'],
  }
  for (const [sentence, [given, state]] of Object.entries(table)) {
    test(sentence, () => {
      const [ana] = sketchDirectory({ accounts: { ana: given } }).accounts
      expect(observedState(ana!)).toBe(state)
    })
  }
})
