import { afterEach, expect, test } from 'vitest'
import type { GroupSeed } from '../src/sandbox/world-seed.ts'
import { manifest, openLive, person, type Live, type LiveOptions } from './live-site.builder.ts'

let live: Live
afterEach(() => live.close())

const names = ['ana', 'bob', 'cara', 'dan']
const mail = (name: string): string => `${name}@acme.com`
const crew = (members: readonly string[], authority = 'Authoritative'): string =>
  manifest(
    'AtlassianGroupMembership',
    'devs',
    `{ group: devs, authority: ${authority}, members: [${members.map((each) => `{ email: ${mail(each)} }`).join(', ')}] }`,
  )
const inGroup = (): readonly string[] =>
  live.sandbox.world
    .members('devs')
    .map((id) => live.sandbox.world.account(id).email)
    .toSorted()

const devs: GroupSeed = { id: 'group-devs', name: 'devs', members: [mail('ana')], managedBy: 'external' }

/** Everybody but dan has a record in the directory. */
async function open(groups: readonly GroupSeed[], provisioning: LiveOptions['provisioning'] = 'SCIM'): Promise<void> {
  const accounts = names.map((name) => ({ ...person(name), managed: true, ...(name !== 'dan' && { scim: {} }) }))
  live = await openLive({
    world: { accounts, groups, scim: { directoryId: 'scim-1' } },
    provisioning,
  })
}

async function settled(): Promise<void> {
  live.passTime(61_000)
  expect(await live.plan('--detailed-exitcode')).toMatchObject({ code: 0, changes: [], held: [], diagnostics: [] })
}

test('members of a group of the SCIM directory go out in one call, and leave in one', async () => {
  await open([devs], 'SCIM with groups')
  live.declare(crew(['ana', 'bob', 'cara']))
  expect((await live.apply()).code).toBe(0)
  expect(live.writes()).toEqual(['PATCH patch 200'])
  expect(inGroup()).toEqual(['ana', 'bob', 'cara'].map(mail))
  await settled()
  live.forgetCalls()
  live.declare(crew(['cara']))
  await live.apply()
  expect(live.writes()).toEqual(['PATCH patch 200'])
  expect(inGroup()).toEqual([mail('cara')])
  await settled()
})

test('whoever has no record in the directory cannot be in a group of it: said in the plan, and the others go in', async () => {
  await open([devs], 'SCIM with groups')
  live.declare(crew(['ana', 'bob', 'dan']))
  const { held } = await live.apply()
  expect(held).toEqual([`create ${mail('dan')} in Group devs: NOT_CONVERTED`])
  expect(inGroup()).toEqual(['ana', 'bob'].map(mail))
})

test('a group of the directory is made there, and filled by the next run', async () => {
  await open([], 'SCIM with groups')
  live.declare(manifest('AtlassianGroup', 'devs', '{ name: devs, managedBy: SCIM }'), crew(['ana', 'bob'], 'Additive'))
  expect((await live.apply()).outcomes).toEqual([
    'done create the group itself in Group devs',
    `pending create ${mail('ana')} in Group devs`,
    `pending create ${mail('bob')} in Group devs`,
  ])
  live.passTime(61_000)
  expect((await live.apply()).code).toBe(0)
  expect(inGroup()).toEqual(['ana', 'bob'].map(mail))
  await settled()
})

test('where an identity provider fills its groups, nothing is written and the place is named', async () => {
  await open([devs])
  live.declare(crew(['bob'], 'Additive'))
  const { held, scopes } = await live.apply()
  expect(held).toEqual([`create ${mail('bob')} in Group devs: READ_ONLY`])
  expect(scopes[0]!.held[0]!.hold.reason).toContain('identity provider')
  expect(live.writes()).toEqual([])
})

test('groups of the directory are not ours to make unless the organization says so', async () => {
  await open([])
  live.declare(manifest('AtlassianGroup', 'devs', '{ name: devs, managedBy: SCIM }'))
  expect((await live.apply()).diagnostics).toEqual([expect.stringContaining('NOT_WRITABLE')])
  expect(live.writes()).toEqual([])
})
