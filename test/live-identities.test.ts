import { afterEach, expect, test } from 'vitest'
import { readEstate } from '../src/atlassian/catalogue-all.ts'
import { needs } from '../src/atlassian/directory.builder.ts'
import { forecastDirectory, loadDirectory } from '../src/atlassian/directory.ts'
import { createSecret } from '../src/atlassian/secret.ts'
import { createTransport, type Transport } from '../src/atlassian/transport.ts'
import type { Clock } from '../src/core/ports.ts'
import type { FaultRule } from '../src/sandbox/faults.ts'
import { startSandbox, type Sandbox } from '../src/sandbox/start-sandbox.ts'
import { parseWorldSeed } from '../src/sandbox/world-seed.ts'

const organizationId = 'organization-1'
const membersOfGroup = 30

let sandbox: Sandbox | undefined
afterEach(() => sandbox?.close())

/** Sleeps without waiting. */
function testClock(): Clock {
  let nowMs = Date.parse('2026-03-01T12:00:00Z')
  return {
    now: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms
    },
  }
}

async function open(users: number, groups: number): Promise<Transport> {
  sandbox = await startSandbox({ world: parseWorldSeed(JSON.stringify(seed(users, groups))) })
  return createTransport({
    organizationId,
    directoryId: 'directory-1',
    endpoints: { api: sandbox.url, auth: sandbox.url },
    sites: [],
    credentials: { organization: createSecret('organization-key'), sites: new Map() },
    clock: testClock(),
    random: () => 0.5,
  })
}

function seed(users: number, groups: number) {
  const email = (number: number) => `person${number % users}@acme.com`
  return {
    organization: {
      id: organizationId,
      name: 'Reference',
      directory: { id: 'directory-1', name: 'Primary' },
      verifiedDomains: ['acme.com'],
    },
    credentials: { organizationApiKeys: [{ name: 'roster', key: 'organization-key' }] },
    sites: [{ name: 'acme', cloudId: 'cloud-1', products: [] }],
    accounts: Array.from({ length: users }, (_, number) => ({
      id: `712020:${number}`,
      email: email(number),
      name: `Person ${number}`,
      ...(number % 10 === 0 && { status: 'suspended' }),
    })),
    groups: Array.from({ length: groups }, (_, number) => ({
      id: `group-${number}`,
      name: `team-${number}`,
      members: Array.from({ length: membersOfGroup }, (__, index) => email(number * 7 + index)),
    })),
  }
}

const sizes: Record<string, { users: number; groups: number; calls: number }> = {
  '1,000 people and 300 groups of 30 in 13 calls': { users: 1_000, groups: 300, calls: 10 + 3 },
  '60 people and 25 groups in 2': { users: 60, groups: 25, calls: 1 + 1 },
  'a hundred and one people and groups in 4': { users: 101, groups: 101, calls: 2 + 2 },
}

test.each(Object.entries(sizes))('identities are read whole: %s', async (_, { users, groups, calls }) => {
  const { reader, stats } = await open(users, groups)
  const everybody = needs({ membersOf: new Set(Array.from({ length: groups }, (__, number) => `team-${number}`)) })
  const options = {
    reader,
    known: { accounts: users, groups },
    declaredDefaultGroups: {},
    sites: [],
    provisioningMethod: 'Invite',
  } as const
  const directory = await loadDirectory(everybody, options)
  expect(sandbox!.journal.entries).toHaveLength(calls)
  expect(stats()).toMatchObject({ reads: calls, writes: 0 })
  expect(forecastDirectory(everybody, options)).toEqual({ calls, exact: true })
  const members = directory.groups.map(({ groupId }) => directory.members(groupId))
  expect(members.every((list) => !('code' in list) && list.length === membersOfGroup)).toBe(true)
  expect(directory.counts).toEqual({ accounts: users, groups })
})

test('three people of a thousand are read in one call', async () => {
  const { reader } = await open(1_000, 300)
  const three = needs({ emails: new Set([1, 2, 3].map((number) => `person${number}@acme.com`)) })
  const options = { reader, known: { accounts: 1_000, groups: 300 }, declaredDefaultGroups: {}, sites: [] }
  const directory = await loadDirectory(three, { ...options, provisioningMethod: 'Invite' })
  expect(sandbox!.journal.entries).toHaveLength(1)
  expect(directory.accounts.map(({ accountId }) => accountId).toSorted()).toEqual(['712020:1', '712020:2', '712020:3'])
})

test('the members of two groups of 300 are read in two calls', async () => {
  const { reader } = await open(1_000, 300)
  const options = { reader, known: { accounts: 1_000, groups: 300 }, declaredDefaultGroups: {}, sites: [] }
  const two = needs({ membersOf: new Set(['team-1', 'TEAM-2']) })
  const directory = await loadDirectory(two, { ...options, provisioningMethod: 'Invite' })
  expect(sandbox!.journal.entries).toHaveLength(2)
  expect(directory.members('group-1')).toHaveLength(membersOfGroup)
  expect(directory.members('group-2')).toHaveLength(membersOfGroup)
  expect(directory.members('group-3')).toMatchObject({ code: 'NOT_FOUND' })
})

const users = { path: 'users/search' }
const faults: Record<string, { rule: FaultRule; shown: object; calls: number }> = {
  'a 429 is waited for and read again': {
    rule: { match: { ...users, times: 1 }, effect: { kind: 'rate-limited', retryAfterSeconds: 20 } },
    shown: { unread: {}, counts: { accounts: 250 } },
    calls: 3 + 1 + 1,
  },
  'an answer that is cut off is read again': {
    rule: { match: { ...users, times: 1 }, effect: { kind: 'cut-body', commit: 'before' } },
    shown: { unread: {}, counts: { accounts: 250 } },
    calls: 3 + 1 + 1,
  },
  'a cursor that comes twice makes the accounts unread': {
    rule: { match: users, effect: { kind: 'repeated-cursor' } },
    shown: { unread: { accounts: { code: 'INCOMPLETE' } }, accounts: [] },
    calls: 2 + 1,
  },
  'a web page makes the accounts unread': {
    rule: { match: users, effect: { kind: 'html-error', status: 403 } },
    shown: { unread: { accounts: { code: 'FORBIDDEN' } }, accounts: [] },
    calls: 1 + 1,
  },
  'smaller pages than asked for take more calls': {
    rule: { match: users, effect: { kind: 'clamped-page', limit: 50 } },
    shown: { unread: {}, counts: { accounts: 250 } },
    calls: 5 + 1,
  },
}

test.each(Object.entries(faults))('when reading goes wrong: %s', async (_, { rule, shown, calls }) => {
  const { reader } = await open(250, 25)
  sandbox!.faults.add(rule)
  const options = { reader, known: {}, declaredDefaultGroups: {}, sites: [], provisioningMethod: 'Invite' } as const
  expect(await loadDirectory(needs({ everyone: true }), options)).toMatchObject(shown)
  expect(sandbox!.journal.entries).toHaveLength(calls)
})

test('a chain of pages that ends early leaves the members of its groups unknown', async () => {
  const { reader } = await open(250, 25)
  sandbox!.faults.add({ match: users, effect: { kind: 'lost-cursor' } })
  const options = { reader, known: {}, declaredDefaultGroups: {}, sites: [], provisioningMethod: 'Invite' } as const
  const directory = await loadDirectory(needs({ everyone: true }), options)
  expect(directory.members('group-24')).toMatchObject({ code: 'INCOMPLETE' })
})

test('the estate of an organization without a site is its identities', async () => {
  const { reader } = await open(60, 25)
  const estate = await readEstate(reader, {
    known: {},
    declaredDefaultGroups: {},
    sites: [],
    provisioningMethod: 'Invite',
  })
  expect(estate.directory.accounts).toHaveLength(60)
  expect(estate.sites).toEqual([])
})
