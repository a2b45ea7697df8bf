import { afterEach, expect, test } from 'vitest'
import { binding, byEmail, crew as additiveCrew, grant, grantsWorld } from './live-grants.builder.ts'
import { manifest, openLive, person, type Live } from './live-site.builder.ts'

let live: Live
afterEach(() => live.close())

const crew = (...members: readonly string[]): string =>
  manifest(
    'AtlassianGroupMembership',
    'devs',
    `{ group: devs, authority: Authoritative, members: [${members.join(', ')}] }`,
  )
const ana = '{ email: ana@acme.com }'
const invited = manifest('AtlassianUser', 'ana', ana)
const world = {
  accounts: [person('ana'), person('bob'), { ...person('nil'), name: 'Nils Nowhere' }],
  groups: [{ id: 'group-devs', name: 'devs', members: ['bob@acme.com'] }],
}
const members = (): readonly string[] => live.sandbox.world.members('devs').map((id) => id.replace('712020:', ''))

async function applied(...manifests: readonly string[]): Promise<void> {
  live = await openLive({ world })
  hide('nil')
  live.declare(...manifests)
  expect(await live.apply()).toMatchObject({ code: 0 })
  live.passTime(61_000)
  live.forgetCalls()
}

/** Somebody else gives the account another address; without one, no API shows it and no search finds it any more. */
function move(name: string, to = ''): void {
  const { state, account } = live.sandbox.world
  const moved = account(`${name}@acme.com`)
  state.accounts.set(moved.accountId, { ...moved, email: to })
  state.accountIdByEmail.delete(`${name}@acme.com`)
  if (to !== '') state.accountIdByEmail.set(to, moved.accountId)
}
const hide = (name: string): void => move(name)

test('somebody whose address no API shows is declared by account id, and named by what is shown', async () => {
  await applied(crew('{ email: bob@acme.com }', "{ accountId: '712020:nil' }"))
  expect(members()).toEqual(['bob', 'nil'])
  live.declare(crew('{ email: bob@acme.com }'))
  expect(await live.apply()).toMatchObject({
    code: 0,
    outcomes: ['done delete Nils Nowhere (712020:nil) in Group devs'],
  })
})

test('somebody whose address is not shown any more stays the same person: nobody is invited, nobody removed', async () => {
  await applied(crew('{ email: bob@acme.com }', ana), invited)
  hide('ana')
  expect(await live.apply()).toMatchObject({ code: 0, changes: [], held: [], diagnostics: [] })
  expect(live.writes()).toEqual([])
  expect(members()).toEqual(['bob', 'ana'])
})

test('and is withdrawn as the same person', async () => {
  await applied(crew('{ email: bob@acme.com }', ana))
  hide('ana')
  live.declare(crew('{ email: bob@acme.com }'))
  expect(await live.apply()).toMatchObject({ code: 0 })
  expect(members()).toEqual(['bob'])
})

test('an address that was never seen is a mistake that removes nobody', async () => {
  live = await openLive({ world })
  hide('ana')
  live.declare(crew(ana))
  const { code, changes, diagnostics } = await live.apply()
  expect({ code, changes }).toEqual({ code: 4, changes: [] })
  expect(diagnostics).toEqual([expect.stringContaining('UNKNOWN_USER: no Atlassian account for ana@acme.com')])
  expect(members()).toEqual(['bob'])
})

const named: Readonly<Record<string, { readonly declared: string; readonly what: 'address' | 'name' }>> = {
  'the address of a member': { declared: additiveCrew(byEmail('ana')), what: 'address' },
  'the address of who has a role': { declared: binding(byEmail('ana')), what: 'address' },
  'the address of who has a space': { declared: grant(byEmail('ana')), what: 'address' },
  'the name of a group that has a role': { declared: binding(['group: devs']), what: 'name' },
  'the name of a group with members': { declared: additiveCrew(['accountId: "712020:ana"']), what: 'name' },
}

test.each(Object.entries(named))('%s was changed: it is said, and access stays', async (_, { declared, what }) => {
  live = await openLive({ world: grantsWorld() })
  live.declare(declared)
  expect(await live.apply()).toMatchObject({ code: 0, diagnostics: [] })
  live.passTime(61_000)
  live.forgetCalls()
  if (what === 'address') move('ana', 'ana.ruiz@acme.com')
  else live.sandbox.world.state.groups.set('group-devs', { ...live.sandbox.world.group('devs'), name: 'developers' })
  const { code, changes, held, diagnostics } = await live.apply()
  expect({ code, changes, held, writes: live.writes() }).toEqual({ code: 0, changes: [], held: [], writes: [] })
  const said = {
    address: 'the account has the address ana.ruiz@acme.com now',
    name: 'the group is called "developers" now',
  }
  expect(diagnostics).toEqual([`IDENTITY_CHANGED: ${said[what]}`])
})

test('a manifest of the account says it once for all that name the account by it', async () => {
  await applied(crew('{ email: bob@acme.com }', ana), invited)
  move('ana', 'ana.ruiz@acme.com')
  const { stdout } = await live.plan()
  expect(stdout.match(/ana\.ruiz@acme\.com now/g)).toHaveLength(1)
})
