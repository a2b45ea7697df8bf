import { expect, test } from 'vitest'
import { group, needs, options, organizationReader, people } from './directory.builder.ts'
import { loadDirectory } from './directory.ts'

/** So many that only those who are needed are asked for. */
const users = people(1_000)
const renamed = { ...users[0]!, accountId: 'id-ana', email: 'ana.ruiz@acme.com' }
const rows = { users: [renamed, ...users.slice(1)], groups: [group('g-devs', 0)] }
const known = { accounts: 1_000, groups: 1_000 }

test('of an address that nobody has any more, the account that had it is asked for by its id', async () => {
  const reader = organizationReader(rows)
  const pins = { accounts: new Map([['ana@acme.com', 'id-ana']]), groups: new Map() }
  const wanted = needs({ emails: new Set(['ana@acme.com']) })
  const directory = await loadDirectory(wanted, options(reader, { known, pins }))
  expect(directory.account('ana@acme.com')).toMatchObject({ accountId: 'id-ana', email: 'ana.ruiz@acme.com' })
  expect(reader.asked.map(({ body }) => body)).toMatchObject([{ emails: ['ana@acme.com'] }, { accountIds: ['id-ana'] }])
})

test('a group that was renamed is found by its id, with its members', async () => {
  const reader = organizationReader(rows)
  const pins = { accounts: new Map(), groups: new Map([['old name', 'g-devs']]) }
  const wanted = needs({ groupNames: new Set(['old name']), membersOf: new Set(['old name']) })
  const directory = await loadDirectory(wanted, options(reader, { known, pins }))
  expect(directory.group('Old name')).toMatchObject({ groupId: 'g-devs' })
  expect(directory.members('g-devs')).toEqual([])
})

test('an address that is another account now leads to nobody, also not by a former one', async () => {
  const pins = { accounts: new Map([['ana.ruiz@acme.com', 'id-somebody']]), groups: new Map() }
  const wanted = needs({
    emails: new Set(['ana.ruiz@acme.com', 'person2@acme.com']),
    formerEmails: new Map([['ana.ruiz@acme.com', ['person2@acme.com']]]),
  })
  const directory = await loadDirectory(wanted, options(organizationReader(rows), { known, pins }))
  expect(directory.account('Ana.Ruiz@acme.com')).toBeUndefined()
  expect(directory.changed('ana.ruiz@acme.com')).toContain('was another account')
})
