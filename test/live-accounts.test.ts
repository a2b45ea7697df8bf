import { afterEach, expect, test } from 'vitest'
import { statusOf } from '../src/sandbox/world-directory.ts'
import type { AccountSeed, WorldSeed } from '../src/sandbox/world-seed.ts'
import { manifest, openLive, person, service, site, type Live } from './live-site.builder.ts'

let live: Live
afterEach(() => live.close())

const user = (name: string, more = ''): string => manifest('AtlassianUser', name, `{ email: ${name}@acme.com${more} }`)

const productGroups = [
  {
    id: 'group-jira',
    name: 'jira-users-acme',
    members: [service.email],
    appRoles: [{ product: 'jira-software', site: 'acme', role: 'atlassian/user' }],
  },
  {
    id: 'group-confluence',
    name: 'confluence-users-acme',
    appRoles: [{ product: 'confluence', site: 'acme', role: 'atlassian/user' }],
  },
]

function world(accounts: readonly AccountSeed[], seats?: number): Partial<WorldSeed> {
  const products = [
    { key: 'jira-software', defaultGroup: 'jira-users-acme', ...(seats !== undefined && { seats }) },
    { key: 'confluence', defaultGroup: 'confluence-users-acme' },
  ]
  return { accounts, groups: productGroups, sites: [site({ products, jira: { roles: [], projects: [] } })] }
}

const status = (name: string): string => statusOf(live.sandbox.world.account(`${name}@acme.com`))
const inGroup = (group: string): readonly string[] =>
  live.sandbox.world.members(group).map((id) => live.sandbox.world.account(id).email)

async function settled(): Promise<void> {
  live.passTime(61_000)
  expect(await live.plan('--detailed-exitcode')).toMatchObject({ code: 0, changes: [], held: [], diagnostics: [] })
}

test('a person who is not there is invited in one call, and gets the products in the same run', async () => {
  live = await openLive({ world: world([]) })
  live.declare(user('ana', ', products: [jira-software, confluence]'))
  const { code, outcomes } = await live.apply()
  expect({ code, outcomes: outcomes.toSorted() }).toEqual({
    code: 0,
    outcomes: [
      'done create ana@acme.com in Account ana@acme.com',
      'done create ana@acme.com in Group confluence-users-acme',
      'done create ana@acme.com in Group jira-users-acme',
    ],
  })
  expect(live.writes().filter((each) => each.includes('nvite'))).toHaveLength(1)
  expect(status('ana')).toBe('active')
  expect(inGroup('confluence-users-acme')).toEqual(['ana@acme.com'])
  await settled()
})

test('an invitation that is refused does not keep the others out', async () => {
  live = await openLive({ world: world([]) })
  live.sandbox.faults.add({ match: { path: 'users/invite', times: 2 }, effect: { kind: 'html-error', status: 400 } })
  live.declare(user('ana'), user('bob'))
  const { code, outcomes } = await live.apply()
  expect({ code, results: outcomes.map((each) => each.slice(0, each.indexOf(' '))).toSorted() }).toEqual({
    code: 4,
    results: ['done', 'failed'],
  })
  // both in one call, then each alone
  expect(live.writes()).toHaveLength(3)
  expect((await live.apply()).code).toBe(0)
  expect([status('ana'), status('bob')]).toEqual(['active', 'active'])
  await settled()
})

test('an invitation whose answer is lost is found by reading, and not sent again', async () => {
  live = await openLive({ world: world([]) })
  live.sandbox.faults.add({ match: { path: 'users/invite', times: 1 }, effect: { kind: 'drop-connection' } })
  live.declare(user('ana'))
  expect(await live.apply()).toMatchObject({
    code: 0,
    outcomes: ['confirmed create ana@acme.com in Account ana@acme.com'],
  })
  expect(live.writes()).toHaveLength(1)
  await settled()
})

test('whoever a list of everybody leaves out is not invited again', async () => {
  live = await openLive({ world: world(['ana', 'bob', 'cara'].map(person)) })
  const users = 'users/search'
  live.sandbox.faults.add({ match: { path: users }, effect: { kind: 'clamped-page', limit: 2 } })
  live.sandbox.faults.add({ match: { path: users, times: 1 }, effect: { kind: 'lost-cursor' } })
  // two addresses would be searched for; a product that is not declared makes it everybody
  live.declare(user('cara', ', products: [jira-software]'), user('ana'))
  const { code, diagnostics } = await live.apply()
  expect({ code, codes: diagnostics.map((each) => each.split(':')[0]) }).toEqual({
    code: 4,
    codes: ['IDENTITIES_UNREAD', 'IDENTITIES_UNREAD'],
  })
  expect(live.writes()).toEqual([])
})

test('a product without a seat is refused for one and given to the others', async () => {
  live = await openLive({ world: world(['ana', 'bob'].map(person), 2) })
  live.declare(user('ana', ', products: [jira-software]'), user('bob', ', products: [jira-software, confluence]'))
  const { code, outcomes } = await live.apply()
  expect({ code, outcomes: outcomes.toSorted() }).toEqual({
    code: 4,
    outcomes: [
      'done create ana@acme.com in Group jira-users-acme',
      'done create bob@acme.com in Group confluence-users-acme',
      'failed create bob@acme.com in Group jira-users-acme',
    ],
  })
  expect(inGroup('jira-users-acme')).toEqual([service.email, 'ana@acme.com'])
})

interface Turn {
  readonly spec: string
  readonly status: string
  /** Operations and their answers, without the method. */
  readonly writes: readonly string[]
}

interface Story {
  readonly provisioning: 'SCIM' | 'Invite'
  readonly accounts: readonly AccountSeed[]
  readonly turns: readonly Turn[]
}

const scimAna: AccountSeed = { ...person('ana'), scim: { id: 'scim-ana', userName: 'ana@acme.com', title: 'Engineer' } }

const stories: Readonly<Record<string, Story>> = {
  'is suspended and restored': {
    provisioning: 'Invite',
    accounts: [person('ana')],
    turns: [
      { spec: ', state: Suspended', status: 'suspended', writes: ['suspendUserInDirectory 204'] },
      { spec: '', status: 'active', writes: ['restoreUserInDirectory 204'] },
    ],
  },
  'that is suspended already is left alone, and restored when Active is declared': {
    provisioning: 'Invite',
    accounts: [{ ...person('ana'), status: 'suspended' }],
    turns: [
      { spec: ', state: Suspended', status: 'suspended', writes: [] },
      { spec: '', status: 'active', writes: ['restoreUserInDirectory 204'] },
    ],
  },
  'that was never invited is invited': {
    provisioning: 'Invite',
    accounts: [{ ...person('ana'), status: 'not_invited' }],
    turns: [{ spec: '', status: 'active', writes: ['inviteUsers 200'] }],
  },
  'is made by SCIM, changed, deactivated and opened again': {
    provisioning: 'SCIM',
    accounts: [],
    turns: [
      { spec: ', displayName: Ana, title: Engineer', status: 'active', writes: ['createAUserInAnActiveDirectory 201'] },
      {
        spec: ', displayName: Ana Ruiz, title: Lead',
        status: 'active',
        writes: ['patchUserInformationInAnActiveDirectory 200'],
      },
      {
        spec: ', displayName: Ana Ruiz, state: Deactivated',
        status: 'deactivated',
        writes: ['patchUserInformationInAnActiveDirectory 200'],
      },
      {
        spec: ', displayName: Ana Ruiz, department: Payments',
        status: 'active',
        writes: ['patchUserInformationInAnActiveDirectory 200'],
      },
    ],
  },
  'of the identity provider is suspended, restored, and goes on': {
    provisioning: 'SCIM',
    accounts: [scimAna],
    turns: [
      { spec: ', state: Suspended', status: 'suspended', writes: ['suspendUserInDirectory 204'] },
      {
        spec: ', title: Lead',
        status: 'active',
        writes: ['patchUserInformationInAnActiveDirectory 200', 'restoreUserInDirectory 204'],
      },
      { spec: ', state: Deactivated', status: 'deactivated', writes: ['patchUserInformationInAnActiveDirectory 200'] },
      { spec: ', state: Active', status: 'active', writes: ['patchUserInformationInAnActiveDirectory 200'] },
    ],
  },
}

test.each(Object.entries(stories))('an account %s', async (_, { provisioning, accounts, turns }) => {
  live = await openLive({ provisioning, world: { ...world(accounts), scim: { directoryId: 'scim-1' } } })
  for (const turn of turns) {
    live.forgetCalls()
    live.declare(user('ana', turn.spec))
    const { code, diagnostics } = await live.apply()
    const writes = live.writes().map((each) => each.slice(each.indexOf(' ') + 1))
    expect({ code, diagnostics, writes, status: status('ana') }).toEqual({
      code: 0,
      diagnostics: [],
      writes: turn.writes,
      status: turn.status,
    })
    await settled()
  }
})

test('what SCIM writes is the declared profile, and what it does not name stays', async () => {
  live = await openLive({ provisioning: 'SCIM', world: { ...world([scimAna]), scim: { directoryId: 'scim-1' } } })
  live.declare(user('ana', ', givenName: Ana, familyName: Ruiz, timeZone: Europe/Madrid'))
  expect((await live.apply()).code).toBe(0)
  expect(live.sandbox.world.account('ana@acme.com').scim).toMatchObject({
    givenName: 'Ana',
    familyName: 'Ruiz',
    timezone: 'Europe/Madrid',
    title: 'Engineer',
  })
  await settled()
})

test('products that Roster gave go with the manifest, and one that was there stays', async () => {
  live = await openLive({ world: world([person('ana')]) })
  live.sandbox.world.addMember('jira-users-acme', 'ana@acme.com')
  live.declare(user('ana', ', products: [jira-software, confluence]'))
  expect(await live.apply()).toMatchObject({
    code: 0,
    outcomes: ['done create ana@acme.com in Group confluence-users-acme'],
  })
  await settled()
  live.declare()
  const { outcomes, held } = await live.apply(
    '--approve',
    (await live.plan()).scopes.find((each) => each.held.length > 0)?.digest ?? '',
  )
  expect({ outcomes, held }).toEqual({
    outcomes: ['done delete ana@acme.com in Group confluence-users-acme'],
    held: [],
  })
  expect(inGroup('jira-users-acme')).toEqual([service.email, 'ana@acme.com'])
  expect(status('ana')).toBe('active')
  await settled()
})

test('a product that is not declared any more is taken back', async () => {
  live = await openLive({ world: world([person('ana')]) })
  live.sandbox.world.addMember('confluence-users-acme', service.email)
  live.declare(user('ana', ', products: [jira-software, confluence]'))
  await live.apply()
  await settled()
  live.declare(user('ana', ', products: [jira-software]'))
  expect(await live.apply()).toMatchObject({
    code: 0,
    outcomes: ['done delete ana@acme.com in Group confluence-users-acme'],
  })
  await settled()
})

const leaving: Readonly<Record<string, { readonly policy: string; readonly status: string }>> = {
  'stays as it is by default': { policy: 'Retain', status: 'active' },
  'is suspended where the manifest said so': { policy: 'Suspend', status: 'suspended' },
  'is deactivated where the manifest said so': { policy: 'Deactivate', status: 'deactivated' },
}

test.each(Object.entries(leaving))('an account whose manifest is gone %s', async (_, { policy, status: after }) => {
  live = await openLive({ provisioning: 'SCIM', world: { ...world([scimAna]), scim: { directoryId: 'scim-1' } } })
  live.declare(user('ana', `, deletionPolicy: ${policy}`))
  await live.apply()
  live.declare()
  expect((await live.apply()).code).toBe(0)
  expect(status('ana')).toBe(after)
  await settled()
})

test('an account whose manifest is in a file that cannot be read keeps its state', async () => {
  live = await openLive({ world: world(['ana', 'bob'].map(person)) })
  live.declare(user('ana', ', deletionPolicy: Deactivate'), user('bob'))
  await live.apply()
  live.declare(`${user('ana', ', deletionPolicy: Deactivate')}oops: [`, user('bob'))
  const { code, held } = await live.apply()
  expect({ code, held }).toEqual({
    code: 4,
    held: ['update ana@acme.com in Account ana@acme.com: INCOMPLETE_DECLARATION'],
  })
  expect(status('ana')).toBe('active')
})
