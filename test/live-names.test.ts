import { afterEach, expect, test } from 'vitest'
import type { GroupSeed } from '../src/sandbox/world-seed.ts'
import { manifest, openLive, person, type Live } from './live-site.builder.ts'

let live: Live
afterEach(() => live.close())

const devs: GroupSeed = { id: 'group-devs', name: 'devs', members: ['ana@acme.com'] }
const crew = manifest(
  'AtlassianGroupMembership',
  'devs',
  '{ group: devs, authority: Authoritative, members: [{ email: ana@acme.com }, { email: bob@acme.com }] }',
)
const ana = manifest('AtlassianUser', 'ana', '{ email: ana@acme.com }')

/** Applied once, so that the names are known. */
async function applied(...manifests: readonly string[]): Promise<void> {
  live = await openLive({ world: { accounts: ['ana', 'bob', 'cara'].map(person), groups: [devs] } })
  live.declare(...manifests)
  expect((await live.apply()).code).toBe(0)
  live.passTime(61_000)
  live.forgetCalls()
}

/** As somebody else does it, through the same API. */
async function rename(from: string, to: string): Promise<void> {
  const { accountId } = live.sandbox.world.account(`${from}@acme.com`)
  const { status } = await fetch(`${live.sandbox.url}/users/${accountId}/manage/email`, {
    method: 'PUT',
    headers: {
      authorization: 'Bearer organization-key',
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': 'somebody-else',
    },
    body: JSON.stringify({ email: `${to}@acme.com` }),
  })
  expect(status).toBe(204)
  live.forgetCalls()
}
const members = (): readonly string[] => live.sandbox.world.members('devs').map((id) => id.replace('712020:', ''))

test('a person whose address was changed elsewhere stays the same person: nobody is invited, nobody removed', async () => {
  await applied(crew, ana)
  await rename('ana', 'ana.ruiz')
  const { changes, held, diagnostics } = await live.apply()
  expect({ changes, held, writes: live.writes() }).toEqual({ changes: [], held: [], writes: [] })
  expect(diagnostics).toEqual([
    expect.stringContaining('IDENTITY_CHANGED: the account has the address ana.ruiz@acme.com now'),
  ])
  expect(members()).toEqual(['ana', 'bob'])
})

test('an address that is another account now is a mistake, and holds removals', async () => {
  await applied(crew)
  await rename('ana', 'ana.old')
  await rename('cara', 'ana')
  const { code, changes, diagnostics } = await live.apply()
  expect({ code, changes, writes: live.writes() }).toEqual({ code: 4, changes: [], writes: [] })
  expect(diagnostics).toEqual([expect.stringContaining('IDENTITY_CHANGED: ana@acme.com was another account')])
  expect(members()).toEqual(['ana', 'bob'])
})

test('until somebody says that the one of today is meant', async () => {
  await applied(crew)
  await rename('ana', 'ana.old')
  await rename('cara', 'ana')
  expect((await live.approve('ana@acme.com')).stdout).toContain('Approved ana@acme.com as what it means today')
  const { changes } = await live.plan()
  expect(changes.toSorted()).toEqual(['create ana@acme.com in Group devs', 'delete ana.old@acme.com in Group devs'])
})

test('a group that was deleted and made anew under its name is another group', async () => {
  await applied(crew)
  live.sandbox.world.removeGroup('devs')
  live.sandbox.world.addGroup({ ...devs, id: 'group-devs-2' })
  const { code, changes, diagnostics } = await live.apply()
  expect({ code, changes }).toEqual({ code: 4, changes: [] })
  expect(diagnostics).toEqual([expect.stringContaining('IDENTITY_CHANGED: devs was another group')])
})

test('a group that was renamed elsewhere keeps its members, and no second one is made', async () => {
  await applied(crew, manifest('AtlassianGroup', 'devs', '{ name: devs }'))
  const { state } = live.sandbox.world
  state.groups.set('group-devs', { ...live.sandbox.world.group('devs'), name: 'developers' })
  const { changes, diagnostics } = await live.apply()
  expect({ changes, writes: live.writes() }).toEqual({ changes: [], writes: [] })
  expect(diagnostics).toEqual([expect.stringContaining('IDENTITY_CHANGED: the group is called "developers" now')])
})
