import { describe, expect, test } from 'vitest'
import type { IdentityNeeds } from '../core/directory.ts'
import { forecastDirectory, loadDirectory, type DirectoryOptions } from './directory.ts'
import {
  group,
  needs,
  numbered,
  options,
  organizationReader,
  people,
  type OrganizationRows,
} from './directory.builder.ts'

interface Case {
  readonly rows: OrganizationRows
  readonly needs: IdentityNeeds
  readonly options?: Partial<DirectoryOptions>
  readonly calls: number
  readonly exact: boolean
}

/** 300 groups of 30 among 1,000 people, as in the reference organization. */
const groupsOf30 = numbered('g', 300).map((id) => group(id, 30))
const reference: OrganizationRows = {
  users: people(1_000, (number) => numbered('g', 300).filter((_, index) => (number + 997 * index) % 1_000 < 30)),
  groups: groupsOf30,
}
const known = { accounts: 1_000, groups: 300 }
const acme: OrganizationRows = { users: people(60), groups: numbered('g', 25).map((id) => group(id, 0)) }
const emails = (count: number) => new Set(numbered('person', count).map((name) => `${name}@acme.com`))
const scimUsers = people(250).map(({ accountId, email }) => ({ id: `scim-${String(accountId)}`, userName: email }))

const cases: Record<string, Case> = {
  'nothing is needed: no call': { rows: reference, needs: needs(), calls: 0, exact: true },
  '1,000 people and 300 groups with all members: 10 and 3': {
    rows: reference,
    needs: needs({ membersOf: new Set(numbered('Group g', 300)) }),
    options: { known },
    calls: 13,
    exact: true,
  },
  'the same without a known size: 13 calls, of which the least is known before': {
    rows: reference,
    needs: needs({ everyone: true }),
    calls: 13,
    exact: false,
  },
  'an organization of 60: 1 and 1': {
    rows: acme,
    needs: needs({ everyone: true }),
    options: { known: { accounts: 60, groups: 25 } },
    calls: 2,
    exact: true,
  },
  'three people of a thousand: 1': {
    rows: reference,
    needs: needs({ emails: emails(3) }),
    options: { known },
    calls: 1,
    exact: true,
  },
  'three people of an unknown number: 1': {
    rows: reference,
    needs: needs({ emails: emails(3) }),
    calls: 1,
    exact: true,
  },
  '250 people of a thousand, by a hundred: 3': {
    rows: reference,
    needs: needs({ emails: emails(250) }),
    options: { known },
    calls: 3,
    exact: true,
  },
  '25 accounts by id, by ten: 3': {
    rows: reference,
    needs: needs({ accountIds: new Set(numbered('712020:', 25)) }),
    options: { known },
    calls: 3,
    exact: true,
  },
  'two groups by name of 300: 1': {
    rows: reference,
    needs: needs({ groupNames: new Set(['Group g1', 'Group g2']) }),
    options: { known },
    calls: 1,
    exact: true,
  },
  'the members of two groups: their names, then one search for both': {
    rows: reference,
    needs: needs({ membersOf: new Set(['Group g1', 'Group g2']) }),
    options: { known },
    calls: 2,
    exact: false,
  },
  'records of 250 people of a SCIM directory, by a hundred: 3': {
    rows: { ...acme, scimUsers },
    needs: needs({ provisioning: true, emails: emails(60) }),
    options: { known: { accounts: 60, groups: 25, provisioned: 250 } },
    calls: 1 + 3,
    exact: false,
  },
  'the records of two of them: 2': {
    rows: { ...acme, scimUsers },
    needs: needs({ provisioning: true, emails: emails(2) }),
    options: { known: { accounts: 60, groups: 25, provisioned: 250 } },
    calls: 1 + 2,
    exact: false,
  },
  'no records where accounts are invited': {
    rows: { ...acme, scimUsers },
    needs: needs({ provisioning: true, emails: emails(2) }),
    options: { known: { accounts: 60, groups: 25 }, provisioningMethod: 'Invite' },
    calls: 1,
    exact: false,
  },
  'somebody who is not in the list of everybody is looked for by address': {
    rows: acme,
    needs: needs({ emails: new Set([...emails(60), 'new@x.io']) }),
    options: { known: { accounts: 60, groups: 25 } },
    calls: 1 + 1,
    exact: false,
  },
  'a default group of Jira that is not declared takes one call a site more': {
    rows: acme,
    needs: needs({ products: new Set(['jira-software']) }),
    options: { known: { accounts: 60, groups: 25 } },
    calls: 3,
    exact: true,
  },
  'a declared default group takes none': {
    rows: acme,
    needs: needs({ products: new Set(['jira-software']) }),
    options: { known: { accounts: 60, groups: 25 }, declaredDefaultGroups: { 'jira-software': 'Group g3' } },
    calls: 2,
    exact: true,
  },
}

describe('the directory is read in so many calls', () => {
  test.each(Object.entries(cases))('%s', async (_, { rows, needs: wanted, options: some, calls, exact }) => {
    const reader = organizationReader(rows)
    const forecast = forecastDirectory(wanted, options(reader, some))
    await loadDirectory(wanted, options(reader, some))
    expect(reader.asked).toHaveLength(calls)
    expect(forecast.exact).toBe(exact)
    expect(forecast.calls).toBeLessThanOrEqual(calls)
    expect(exact ? forecast.calls : calls).toBe(calls)
  })

  test('ids that have to be looked up first are announced', () => {
    const forecast = forecastDirectory(needs(), options(organizationReader(acme), { lookUps: () => 2 }))
    expect(forecast).toEqual({ calls: 2, exact: true })
  })

  test('everybody is read where the members of the needed groups would take as many calls', async () => {
    const rows: OrganizationRows = {
      users: people(300, () => ['all', 'most']),
      groups: [group('all', 300), group('most', 300)],
    }
    const reader = organizationReader(rows)
    const wanted = needs({ membersOf: new Set(['Group all', 'Group most']) })
    const directory = await loadDirectory(wanted, options(reader, { known: { accounts: 300, groups: 250 } }))
    expect(reader.asked).toHaveLength(1 + 3)
    expect(directory.members('all')).toHaveLength(300)
  })
})
