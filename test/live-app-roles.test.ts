import { afterEach, expect, test } from 'vitest'
import type { GroupSeed } from '../src/sandbox/world-seed.ts'
import { manifest, openLive, person, service, site, type Live } from './live-site.builder.ts'

let live: Live
afterEach(() => live.close())

const products = [
  { key: 'jira-software', defaultGroup: 'jira-users-acme', seats: 3 },
  { key: 'confluence', defaultGroup: 'confluence-users-acme' },
]
const groups: readonly GroupSeed[] = [
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
  { id: 'group-devs', name: 'devs', members: ['ana@acme.com', 'bob@acme.com'] },
]

async function open(): Promise<void> {
  live = await openLive({
    world: { accounts: ['ana', 'bob', 'cara'].map(person), groups, sites: [site({ products })] },
  })
}

const group = (name: string, roles: string): string =>
  manifest('AtlassianGroup', name, `{ name: ${name}, appRoles: [${roles}] }`)
const confluence = '{ site: acme, product: confluence }'

const rolesOf = (name: string): readonly string[] =>
  (live.sandbox.world.export().groups.find((each) => each.name === name)?.appRoles ?? []).map(
    ({ product, role }) => `${product} ${role}`,
  )

async function settled(): Promise<void> {
  live.passTime(61_000)
  expect(await live.plan('--detailed-exitcode')).toMatchObject({ code: 0, changes: [], held: [], diagnostics: [] })
}

test('a group is given an app, and gives it back when the role is not declared any more', async () => {
  await open()
  live.declare(group('devs', confluence))
  expect((await live.apply()).changes).toEqual(['create user of confluence on acme in Group devs, app roles'])
  expect(rolesOf('devs')).toEqual(['confluence atlassian/user'])
  await settled()
  live.declare(group('devs', ''))
  live.passTime(61_000)
  // it empties the set, so somebody has to agree
  const digest = (await live.plan()).scopes.find(({ held }) => held.length > 0)!.digest
  expect(await live.apply('--approve', digest)).toMatchObject({ code: 0 })
  expect(rolesOf('devs')).toEqual([])
})

test('roles that others gave a group stay', async () => {
  await open()
  live.declare(group('confluence-users-acme', ''))
  await live.apply()
  await settled()
  expect(rolesOf('confluence-users-acme')).toEqual(['confluence atlassian/user'])
})

test('a group, its app and its members come in one run', async () => {
  await open()
  const crew = manifest(
    'AtlassianGroupMembership',
    'writers',
    '{ group: writers, authority: Additive, members: [{ email: cara@acme.com }] }',
  )
  live.declare(group('writers', confluence), crew)
  const applied = await live.apply()
  expect(applied).toMatchObject({ code: 0 })
  expect(rolesOf('writers')).toEqual(['confluence atlassian/user'])
  await settled()
})

test('whoever is to administer an app waits for an approval', async () => {
  await open()
  live.declare(group('devs', '{ site: acme, product: confluence, role: Admin }'))
  const first = await live.apply()
  expect({ code: first.code, held: first.held }).toEqual({
    code: 3,
    held: ['create admin of confluence on acme in Group devs, app roles: PRIVILEGED'],
  })
  const digest = first.scopes.find(({ held }) => held.length > 0)!.digest
  live.passTime(61_000)
  expect((await live.apply('--approve', digest)).code).toBe(0)
  expect(rolesOf('devs')).toEqual(['confluence atlassian/admin'])
  await settled()
})

test('an app without seats for all members is refused, and nothing else suffers', async () => {
  await open()
  live.declare(
    group('devs', '{ site: acme, product: jira-software }'),
    group('leads', confluence),
    manifest(
      'AtlassianGroupMembership',
      'jira',
      '{ group: jira-users-acme, authority: Additive, members: [{ email: cara@acme.com }] }',
    ),
  )
  // two of three seats are taken, and devs are two
  live.sandbox.world.addMember('jira-users-acme', 'cara@acme.com')
  const { code, outcomes } = await live.apply()
  expect(code).toBe(4)
  expect(outcomes.filter((each) => each.startsWith('failed'))).toEqual([
    'failed create user of jira-software on acme in Group devs, app roles',
  ])
  expect(rolesOf('leads')).toEqual(['confluence atlassian/user'])
})

const mistakes: Record<string, readonly [string, string]> = {
  'a site that nobody declared': ['{ site: acne, product: confluence }', 'UNKNOWN_SITE'],
  'a product that the site does not have': ['{ site: acme, product: confluense }', 'UNKNOWN_PRODUCT'],
}
test.each(Object.entries(mistakes))('%s is told with its place', async (_, [role, code]) => {
  await open()
  live.declare(group('devs', role))
  const { diagnostics, changes } = await live.plan()
  expect(diagnostics).toEqual([expect.stringContaining(code)])
  expect(changes).toEqual([])
})
