import { describe, expect, test } from 'vitest'
import { group, needs, options, organizationReader, user, type OrganizationRows } from './directory.builder.ts'
import { readWhole, refreshDirectory, type DirectoryMemory } from './directory.ts'
import type { IdentityNeeds } from '../core/directory.ts'

const person = (name: string, groups: readonly string[]) =>
  user(0, groups, { accountId: name, name, email: `${name}@acme.com` })

const before: OrganizationRows = {
  users: [person('ana', ['pay', 'all']), person('bob', ['all']), person('eve', ['pay'])],
  groups: [group('pay', 2), group('all', 2)],
}

/** Reads everybody, lets the world become `after`, refreshes for these needs. */
async function look(after: OrganizationRows, asked: Partial<IdentityNeeds>) {
  const memory: DirectoryMemory = {}
  const known = { accounts: 1_000, groups: 300 }
  await readWhole(needs(), { ...options(organizationReader(before)), known }, memory)
  const reader = organizationReader(after)
  const directory = await refreshDirectory(needs({ everyone: true, ...asked }), { ...options(reader), known }, memory)
  const members = (id: string) => {
    const found = directory.members(id)
    return 'code' in found ? found.code : found.map(({ accountId }) => accountId).sort()
  }
  return { directory, members, calls: reader.asked.length }
}

const pay = { membersOf: new Set(['group pay']), groupNames: new Set(['group pay']) }

describe('a refreshed directory', () => {
  test('shows who is in the group that was asked for now, and who left it', async () => {
    const after = {
      ...before,
      users: [person('ana', ['all']), person('bob', ['pay', 'all'])],
      groups: [group('pay', 1), group('all', 2)],
    }
    const { members, calls } = await look(after, pay)
    expect([members('pay'), members('all'), calls]).toEqual([['bob'], ['ana', 'bob'], 2])
  })

  test('keeps the others as they were, each with the count of that moment', async () => {
    const after = {
      ...before,
      users: [person('ana', ['pay']), person('bob', []), person('eve', ['pay'])],
      groups: [group('pay', 2), group('all', 0)],
    }
    expect((await look(after, pay)).members('all')).toEqual(['ana', 'bob'])
  })

  test('knows somebody who is new, by the address that was asked for', async () => {
    const after = { ...before, users: [...before.users, person('new', [])] }
    const { directory } = await look(after, { emails: new Set(['new@acme.com']) })
    expect(directory.account('new@acme.com')?.accountId).toBe('new')
  })

  test('does not go on believing in an address that was asked for and is not found', async () => {
    const after = { ...before, users: before.users.filter(({ accountId }) => accountId !== 'bob') }
    const { directory } = await look(after, { emails: new Set(['bob@acme.com']) })
    expect([directory.account('bob@acme.com'), directory.account('ana@acme.com')?.accountId]).toEqual([
      undefined,
      'ana',
    ])
  })

  test('does not go on believing in a group that was asked for and is gone', async () => {
    const { directory } = await look({ ...before, groups: [group('all', 2)] }, pay)
    expect([directory.group('Group pay'), directory.group('Group all')?.groupId]).toEqual([undefined, 'all'])
  })

  test('still knows the default groups of before where everybody is read, because that is cheaper', async () => {
    const applicationRoles = [{ key: 'jira-software', defaultGroupsDetails: [{ groupId: 'all' }] }]
    const reader = organizationReader({ ...before, applicationRoles })
    const memory: DirectoryMemory = {}
    const asked = needs({ products: new Set(['jira-software']), emails: new Set(['ana@acme.com']) })
    await readWhole(asked, options(reader), memory)
    const look = () => refreshDirectory(asked, options(reader, { known: { accounts: 3 } }), memory)
    const looks = [await look(), await look()].map(({ defaultGroups }) => defaultGroups.get('jira-software')?.groupId)
    expect(looks).toEqual(['all', 'all'])
    expect(reader.asked.filter(({ path }) => path.endsWith('/applicationrole'))).toHaveLength(1)
  })

  test('that could not be read is not known, whatever was known before', async () => {
    const path = '/v2/orgs/{orgId}/directories/{directoryId}/groups/search'
    const { directory } = await look({ ...before, failing: { [path]: 500 } }, pay)
    expect(directory.unread.groups?.code).toBe('UNAVAILABLE')
  })
})
