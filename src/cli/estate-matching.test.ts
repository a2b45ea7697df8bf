import { expect, test } from 'vitest'
import type { Account, Directory } from '../core/directory.ts'
import { sketchDirectory } from '../kinds/directory.builder.ts'
import { buildManifest } from '../kinds/principals.builder.ts'
import { matchAccounts, type DeclaredPeople, type UnmatchedItem } from './estate-matching.ts'

const declared = (name: string, formerEmails: readonly string[] = []): DeclaredPeople['users'][number] => ({
  manifest: { ...buildManifest('AtlassianUser', {}), name },
  spec: {
    email: `${name}@x.io`,
    formerEmails: [...formerEmails],
    state: 'Active',
    products: [],
    deletionPolicy: 'Retain',
  },
})
const record = { id: 'scim-1', active: true, profile: {} }

interface Case {
  readonly accounts: Readonly<Record<string, Partial<Account>>>
  /** Of the account `other`. */
  readonly hidden?: true
  readonly users?: DeclaredPeople['users']
  readonly named?: Partial<DeclaredPeople['named']>
  /** Of the account `other`; undefined where a manifest matches it. */
  readonly expected: Omit<UnmatchedItem, 'accountId'> | undefined
}

const cases: Readonly<Record<string, Case>> = {
  'an account that is declared is matched': {
    accounts: { other: {} },
    users: [declared('other')],
    expected: undefined,
  },
  'an account with a former address is matched': {
    accounts: { other: {} },
    users: [declared('new', ['Other@x.io'])],
    expected: undefined,
  },
  'an account that nobody speaks of is an orphan': { accounts: { other: {} }, expected: { reason: 'ORPHAN' } },
  'an app is one whatever its address': {
    accounts: { other: { type: 'app', email: 'ana+1@x.io' } },
    users: [declared('ana')],
    expected: { reason: 'APP' },
  },
  'a customer of a portal': { accounts: { other: { type: 'customer' } }, expected: { reason: 'PORTAL_CUSTOMER' } },
  'an account that awaits its deletion is closed': {
    accounts: { other: { status: 'for_deletion' } },
    expected: { reason: 'DEACTIVATED' },
  },
  'a second account with the address of a declared one': {
    accounts: { ana: {}, other: { email: 'ana@x.io' } },
    users: [declared('ana')],
    expected: { reason: 'DUPLICATE', like: 'id-ana' },
  },
  'a second account with the same SCIM record': {
    accounts: { ana: { provisioned: record }, other: { provisioned: record } },
    users: [declared('ana')],
    expected: { reason: 'DUPLICATE', like: 'id-ana' },
  },
  'the address of a declared person at another domain': {
    accounts: { ana: {}, other: { email: 'ana@x.com' } },
    users: [declared('ana')],
    expected: { reason: 'OTHER_ADDRESS', like: 'ana' },
  },
  'the address of a declared person with a tag': {
    accounts: { other: { email: 'ana+jira@x.io' } },
    users: [declared('ana')],
    expected: { reason: 'OTHER_ADDRESS', like: 'ana' },
  },
  'an account that a member names by its address': {
    accounts: { other: {} },
    named: { emails: new Set(['other@x.io']) },
    expected: { reason: 'NAMED_ONLY' },
  },
  'an account without an address that a subject names by its id': {
    accounts: { other: {} },
    hidden: true,
    named: { accountIds: new Set(['id-other']) },
    expected: { reason: 'NAMED_ONLY' },
  },
  'an account without an address': { accounts: { other: {} }, hidden: true, expected: { reason: 'HIDDEN_EMAIL' } },
}

function directoryOf({ accounts, hidden }: Case): Directory {
  const directory = sketchDirectory({ accounts })
  if (!hidden) return directory
  return { ...directory, accounts: directory.accounts.map(({ email: _email, ...rest }) => rest) }
}

test.each(Object.entries(cases))('%s', (_, each) => {
  const named = { emails: new Set<string>(), accountIds: new Set<string>(), ...each.named }
  const { unmatched } = matchAccounts(directoryOf(each), { users: each.users ?? [], named })
  const found = unmatched.find(({ accountId }) => accountId === 'id-other')
  expect(found).toEqual(each.expected && { accountId: 'id-other', ...each.expected })
})

test('a declared person without an account is told with the place of the manifest', () => {
  const people = { users: [declared('ana')], named: { emails: new Set<string>(), accountIds: new Set<string>() } }
  const { matched, accountless } = matchAccounts(sketchDirectory({}), people)
  expect({ matched, accountless }).toMatchObject({ matched: 0, accountless: [{ name: 'ana', email: 'ana@x.io' }] })
  expect(accountless[0]!.at).toMatch(/:\d+$/)
})
