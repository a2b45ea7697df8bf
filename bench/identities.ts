import { loadDirectory } from '../src/atlassian/directory.ts'
import { createSecret } from '../src/atlassian/secret.ts'
import { createTransport } from '../src/atlassian/transport.ts'
import { systemClock } from '../src/clock.ts'
import { startSandbox } from '../src/sandbox/start-sandbox.ts'
import { parseWorldSeed } from '../src/sandbox/world-seed.ts'
import type { Measured } from './measured.ts'

const users = 1_000
const groups = 300
const membersOfGroup = 30
const pageSize = 100

/** Accounts and memberships of an organization of 1,000 people and 300 groups of 30, in 13 calls: ten pages of people, three of groups. */
export async function measureIdentities(): Promise<Measured> {
  const world = parseWorldSeed(seed())
  const sandbox = await startSandbox({ world })
  const transport = createTransport({
    organizationId: 'o',
    directoryId: 'd',
    endpoints: { api: sandbox.url, auth: sandbox.url },
    sites: [],
    credentials: { organization: createSecret('key'), sites: new Map() },
    clock: systemClock,
    random: () => 0.5,
  })
  const nothing = new Set<string>()
  const needs = { emails: nothing, accountIds: nothing, groupNames: nothing, membersOf: nothing, products: nothing }
  const started = process.hrtime.bigint()
  const directory = await loadDirectory(
    { ...needs, formerEmails: new Map(), everyone: true, provisioning: false },
    { reader: transport.reader, known: {}, declaredDefaultGroups: {}, sites: [], provisioningMethod: 'Invite' },
  )
  const wallMs = Number(process.hrtime.bigint() - started) / 1e6
  const calls = sandbox.journal.entries.length
  await sandbox.close()
  const memberships = directory.accounts.reduce((sum, { groupIds }) => sum + groupIds.size, 0)
  if (memberships !== groups * membersOfGroup)
    throw new Error(`expected ${groups * membersOfGroup} memberships, read ${memberships}`)
  const lowerBound = Math.ceil(users / pageSize) + Math.ceil(groups / pageSize)
  return { wallMs, calls, lowerBound, note: `${users} accounts, ${groups} groups, ${memberships} memberships` }
}

function seed(): string {
  const email = (index: number): string => `p${index % users}@x.io`
  const account = (_: unknown, index: number) => ({
    id: `712020:${index}`,
    email: email(index),
    name: `Person ${index}`,
    status: 'active',
  })
  const members = (group: number) => Array.from({ length: membersOfGroup }, (_, index) => email(group * 7 + index))
  return JSON.stringify({
    organization: { id: 'o', name: 'Reference', directory: { id: 'd', name: 'Primary' }, verifiedDomains: ['x.io'] },
    credentials: { organizationApiKeys: [{ name: 'bench', key: 'key' }] },
    sites: [{ name: 'x', cloudId: 'c', products: [] }],
    accounts: Array.from({ length: users }, account),
    groups: Array.from({ length: groups }, (_, index) => ({
      id: `g${index}`,
      name: `group-${index}`,
      members: members(index),
    })),
  })
}
