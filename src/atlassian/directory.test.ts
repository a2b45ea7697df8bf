import { describe, expect, test } from 'vitest'
import { loadDirectory, type DirectoryOptions } from './directory.ts'
import { group, needs, options, organizationReader, user, type OrganizationRows } from './directory.builder.ts'

const usersPath = '/v2/orgs/{orgId}/directories/{directoryId}/users/search'
const groupsPath = '/v2/orgs/{orgId}/directories/{directoryId}/groups/search'
const scimPath = '/scim/directory/{directoryId}/Users'
const extension = 'urn:scim:schemas:extension:atlassian-external:1.0'

const rows: OrganizationRows = {
  users: [user(1, ['devs']), user(2, ['devs'], { status: 'suspended' }), user(3)],
  groups: [group('devs', 2), group('empty', 0)],
}

const load = (
  some: Partial<OrganizationRows> = {},
  wanted = needs({ everyone: true }),
  more: Partial<DirectoryOptions> = {},
) => loadDirectory(wanted, options(organizationReader({ ...rows, ...some }), more))

describe('accounts', () => {
  test('are found by e-mail in any case, and by id', async () => {
    const directory = await load()
    expect(directory.account('PERSON1@acme.COM')).toMatchObject({ accountId: '712020:1', email: 'person1@acme.com' })
    expect(directory.accountById('712020:2')).toMatchObject({ status: 'suspended', managed: true })
  })

  test('have bare group ids, without the prefix that the search puts before them', async () => {
    expect([...(await load()).accountById('712020:1')!.groupIds]).toEqual(['devs'])
  })

  test('without an e-mail have none', async () => {
    const directory = await load({ users: [user(1, [], { email: null })] })
    expect(directory.accounts).toEqual([expect.not.objectContaining({ email: expect.anything() as unknown })])
  })

  test('an address that a deleted account has left is that of the new one', async () => {
    const left = user(1, [], { status: 'for_deletion' })
    const directory = await load({ users: [left, { ...user(2), email: left['email'] }] })
    expect(directory.account('person1@acme.com')?.accountId).toBe('712020:2')
  })

  const others: Record<string, Record<string, unknown>> = {
    'a portal customer': { accountType: 'customer' },
    'a deactivated account': { status: 'deactivated' },
  }
  test.each(Object.entries(others))('an address that %s has too is that of the colleague', async (_, row) => {
    const other = user(1, [], row)
    const directory = await load({ users: [other, { ...user(2), email: other['email'] }] })
    expect(directory.account('person1@acme.com')?.accountId).toBe('712020:2')
  })

  const statuses: Record<string, { row: Record<string, unknown>; status: string }> = {
    'a word that is not known falls back on what it is made of': {
      row: { status: 'frozen', accountStatus: 'inactive' },
      status: 'deactivated',
    },
    'a missing status falls back on the membership': {
      row: { status: undefined, accountStatus: 'active', membershipStatus: 'no_membership' },
      status: 'not_invited',
    },
    'a closed account is going to be deleted': {
      row: { status: undefined, accountStatus: 'closed' },
      status: 'for_deletion',
    },
  }
  test.each(Object.entries(statuses))('%s', async (_, { row, status }) => {
    expect((await load({ users: [user(1, [], row)] })).accounts[0]?.status).toBe(status)
  })
})

describe('groups', () => {
  const signs: Record<string, { more: Record<string, unknown>; readOnly: RegExp | undefined }> = {
    'a group of admins can be written': { more: {}, readOnly: undefined },
    'a synced group belongs to the identity provider': {
      more: { externalSynced: true },
      readOnly: /identity provider/,
    },
    'an external group belongs to the identity provider': {
      more: { managedBy: 'external' },
      readOnly: /identity provider/,
    },
    'a team is changed as a team': { more: { managedBy: 'team-members' }, readOnly: /team/ },
    'a locked group is changed in Administration': {
      more: { managementAccess: { modifiable: false } },
      readOnly: /Atlassian Administration/,
    },
  }
  test.each(Object.entries(signs))('%s', async (_, { more, readOnly }) => {
    const directory = await load({ groups: [group('devs', 2, more)] })
    expect(directory.group('GROUP devs')?.readOnly ?? '').toMatch(readOnly ?? /^$/)
  })
})

describe('members of a group', () => {
  test('are its accounts of every status, as many as the group counts', async () => {
    expect((await load()).members('devs')).toMatchObject([{ accountId: '712020:1' }, { accountId: '712020:2' }])
    expect((await load()).members('empty')).toEqual([])
  })

  test.each([1, 3])('are not known where the group counts %i and two were shown', async (count) => {
    const directory = await load({ groups: [group('devs', count)] })
    expect(directory.members('devs')).toMatchObject({ code: 'INCOMPLETE' })
  })

  test('are not known where they were not asked for', async () => {
    const wanted = needs({ emails: new Set(['person1@acme.com']), groupNames: new Set(['group devs']) })
    const uncounted = group('devs', 0, { counts: {} })
    const directory = await load({ groups: [uncounted] }, wanted, { known: { accounts: 1_000 } })
    expect(directory.group('Group devs')).toBeDefined()
    expect(directory.members('devs')).toMatchObject({ code: 'INCOMPLETE' })
  })

  test('of a group that does not exist are not an empty list', async () => {
    expect((await load()).members('gone')).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('read by the filter are the same', async () => {
    const wanted = needs({ membersOf: new Set(['Group Devs']) })
    const directory = await load({}, wanted, { known: { accounts: 1_000, groups: 1_000 } })
    expect(directory.members('devs')).toHaveLength(2)
    expect(directory.members('empty')).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('a part that cannot be read', () => {
  test('of accounts leaves the groups known and no members', async () => {
    const directory = await load({ failing: { [usersPath]: 403 } })
    expect(directory.unread).toMatchObject({ accounts: { code: 'FORBIDDEN', status: 403 } })
    expect(directory).toMatchObject({ accounts: [], groupNames: ['Group devs', 'Group empty'] })
    expect(directory.members('empty')).toMatchObject({ code: 'FORBIDDEN' })
    expect(directory.counts).toEqual({ groups: 2 })
  })

  test('of groups leaves the accounts known and no members', async () => {
    const directory = await load({ failing: { [groupsPath]: 500 } })
    expect(directory.unread).toMatchObject({ groups: { code: 'UNAVAILABLE' } })
    expect(directory.accounts).toHaveLength(3)
    expect(directory.members('devs')).toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('of the SCIM directory leaves the rest known', async () => {
    const wanted = needs({ everyone: true, provisioning: true, emails: new Set(['a@acme.com', 'b@acme.com']) })
    const directory = await load({ failing: { [scimPath]: 401 } }, wanted)
    expect(directory.unread).toMatchObject({ provisioning: { code: 'FORBIDDEN' } })
    expect(directory.accounts).toHaveLength(3)
  })

  test('of an account without an id makes all accounts unread', async () => {
    const directory = await load({ users: [user(1), { name: 'No id' }] })
    expect(directory.unread.accounts?.code).toBe('INCOMPLETE')
  })
})

describe('records of the SCIM directory', () => {
  const record = {
    id: 'scim-1',
    userName: 'Person1@acme.com',
    externalId: 'entra-1',
    active: false,
    displayName: 'Person One',
    name: { givenName: 'Person', familyName: '', middleName: null },
    nickName: null,
    timezone: 'Europe/Madrid',
    preferredLanguage: 'es-ES',
    department: 'R&D',
  }
  const provisioned = {
    id: 'scim-1',
    active: false,
    profile: {
      displayName: 'Person One',
      givenName: 'Person',
      department: 'R&D',
      timeZone: 'Europe/Madrid',
      locale: 'es-ES',
      externalId: 'entra-1',
    },
  }
  const wanted = needs({ everyone: true, provisioning: true, emails: new Set(['person1@acme.com']) })

  test('are joined by the account id, whatever their userName is', async () => {
    const other = { ...record, userName: 'old@acme.com', [extension]: { atlassianAccountId: '712020:3' } }
    const both = needs({ ...wanted, emails: new Set(['a@acme.com', 'b@acme.com']) })
    const directory = await load({ scimUsers: [other] }, both)
    expect(directory.accountById('712020:3')?.provisioned).toEqual(provisioned)
    expect(directory.counts.provisioned).toBe(1)
  })

  test('are joined by userName where they have no account id yet', async () => {
    const one = { ...record, userName: 'person1@acme.com' }
    const directory = await load({ scimUsers: [one] }, wanted)
    expect(directory.accountById('712020:1')?.provisioned).toEqual(provisioned)
    expect(directory.counts.provisioned).toBeUndefined()
  })
})

describe('default groups', () => {
  const products = (...some: string[]) => needs({ products: new Set(some) })
  const role = (key: string, ...groupIds: string[]) => ({
    key,
    defaultGroupsDetails: groupIds.map((groupId) => ({ groupId, name: groupId })),
  })

  test('of Jira are told by the site', async () => {
    const directory = await load({ applicationRoles: [role('jira-software', 'devs')] }, products('jira-software'))
    expect(directory.defaultGroups.get('jira-software')?.groupId).toBe('devs')
    expect(directory.groupById('devs')?.defaultFor).toEqual(['jira-software'])
    expect(directory.members('devs')).toHaveLength(2)
  })

  test('of another product are found by what they grant by default', async () => {
    const grants = { resourceOwners: ['confluence'] }
    const directory = await load(
      {
        groups: [group('devs', 2, grants), group('empty', 0, grants)],
        roleAssignments: {
          devs: [{ resourceOwner: 'confluence', roles: ['atlassian/user'], defaultRole: null }],
          empty: [{ resourceOwner: 'confluence', roles: ['atlassian/user'], defaultRole: 'atlassian/user' }],
        },
      },
      products('confluence'),
    )
    expect(directory.defaultGroups.get('confluence')?.groupId).toBe('empty')
  })

  test('that are declared win over those of the site', async () => {
    const directory = await load({ applicationRoles: [role('jira-software', 'devs')] }, products('jira-software'), {
      declaredDefaultGroups: { 'jira-software': 'GROUP empty' },
    })
    expect(directory.defaultGroups.get('jira-software')?.groupId).toBe('empty')
  })

  test('of which there are several are none, but both are guarded', async () => {
    const directory = await load(
      { applicationRoles: [role('jira-software', 'devs', 'empty')] },
      products('jira-software'),
    )
    expect(directory.defaultGroups.has('jira-software')).toBe(false)
    expect(directory.groups.map(({ defaultFor }) => defaultFor)).toEqual([['jira-software'], ['jira-software']])
  })

  test('that cannot be read are none, and nothing else is lost', async () => {
    const directory = await load({ failing: { '/rest/api/3/applicationrole': 403 } }, products('jira-software'))
    expect(directory.defaultGroups.size).toBe(0)
    expect(directory.accounts).toHaveLength(3)
  })

  test('that nobody named are guarded all the same: Atlassian does not let them be deleted', async () => {
    const locked = { managementAccess: { deletable: false, modifiable: true } }
    const directory = await load({ groups: [group('devs', 2, locked), group('empty', 0)] })
    expect(directory.groups.map(({ defaultFor }) => defaultFor.length)).toEqual([1, 0])
  })
})
