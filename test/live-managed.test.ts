import { afterEach, expect, test } from 'vitest'
import { statusOf } from '../src/sandbox/world-directory.ts'
import type { AccountSeed, WorldSeed } from '../src/sandbox/world-seed.ts'
import { manifest, openLive, person, service, type Live } from './live-site.builder.ts'

let live: Live
afterEach(() => live.close())

const leaver = (state: string): string => manifest('AtlassianUser', 'ben', `{ email: ben@acme.com, state: ${state} }`)
const status = (): string => statusOf(live.sandbox.world.account('ben@acme.com'))

test('a managed account without a SCIM record is closed and opened through user management', async () => {
  live = await openLive({ world: { accounts: [{ ...person('ben'), managed: true }] } })
  live.declare(leaver('Deactivated'))
  expect((await live.apply()).code).toBe(0)
  expect(status()).toBe('deactivated')
  live.passTime(61_000)
  live.declare(leaver('Active'))
  expect((await live.apply()).code).toBe(0)
  expect(status()).toBe('active')
  expect(live.writes()).toEqual(['POST deactivateUser 204', 'POST activateUser 204'])
})

test('an account that the organization does not manage is not closed, and that is an error', async () => {
  live = await openLive({ world: { accounts: [{ ...person('ben'), managed: false }] } })
  live.declare(leaver('Deactivated'))
  const { code, diagnostics } = await live.apply()
  expect(code).toBe(4)
  expect(diagnostics.join()).toContain('NOT_WRITABLE')
  expect(status()).toBe('active')
  expect(live.writes()).toEqual([])
})

const user = (name: string, more = ''): string => manifest('AtlassianUser', name, `{ email: ${name}@acme.com${more} }`)
const managed = (name: string, more: Partial<AccountSeed> = {}): AccountSeed => ({
  ...person(name),
  managed: true,
  ...more,
})

async function settled(): Promise<void> {
  live.passTime(61_000)
  expect(await live.plan('--detailed-exitcode')).toMatchObject({ code: 0, changes: [], held: [], diagnostics: [] })
}

test('the profile of a managed account is changed in one call, after asking what is ours to write', async () => {
  live = await openLive({ world: { accounts: [managed('ben')] } })
  live.declare(user('ben', ', displayName: Ben Carter, nickName: ben, title: Engineer, timeZone: Europe/Madrid'))
  expect((await live.apply()).code).toBe(0)
  expect(live.writes()).toEqual(['PATCH updateUserProfile 200'])
  const asked = live.sandbox.journal.entries.filter(({ operation }) => operation === 'getUserManagementPermissions')
  expect(asked).toHaveLength(1)
  expect(live.sandbox.world.account('ben@acme.com')).toMatchObject({
    name: 'Ben Carter',
    profile: { nickname: 'ben', jobTitle: 'Engineer', timeZone: 'Europe/Madrid' },
  })
  await settled()
})

const singleSignOn: Partial<WorldSeed> = {
  authenticationPolicies: [
    { id: 'policy-sso', name: 'Staff', enforces: 'sso', members: ['ben@acme.com'] },
    { id: 'policy-contractors', name: 'Contractors', enforces: 'two-step', members: ['cid@acme.com'] },
  ],
}

test('a field that single sign-on owns is held with the place to change it, and nothing is sent', async () => {
  live = await openLive({ world: { accounts: [managed('ben'), managed('cid')], ...singleSignOn } })
  live.declare(user('ben', ', displayName: Ben Carter'))
  const { code, scopes } = await live.apply()
  expect(code).toBe(3)
  expect(scopes.flatMap(({ held }) => held.map(({ hold }) => hold.reason))).toEqual([
    'displayName cannot be written: single sign-on sets it: change it in the identity provider',
  ])
  expect(live.writes()).toEqual([])
})

test('an address that has changed is changed on the account, and what names the person by manifest follows', async () => {
  const groups = [{ id: 'group-devs', name: 'devs', members: [service.email, 'ana.lopez@acme.com'] }]
  live = await openLive({ world: { accounts: [managed('ana', { email: 'ana.lopez@acme.com' })], groups } })
  const crew = manifest(
    'AtlassianGroupMembership',
    'devs',
    `{ group: devs, authority: Authoritative, members: [{ user: ana }, { email: ${service.email} }] }`,
  )
  live.declare(user('ana', ', formerEmails: [ana.lopez@acme.com]'), crew)
  expect(await live.apply()).toMatchObject({ code: 0, outcomes: ['done update ana@acme.com in Account ana@acme.com'] })
  expect(live.writes()).toEqual(['PUT setUserEmail 204'])
  expect(live.sandbox.world.account('ana@acme.com').accountId).toBe('712020:ana')
  await settled()
  // the manifest may forget the former address once the change is made
  live.declare(user('ana'), crew)
  await settled()
})

test('sixty new people are invited in three calls', async () => {
  live = await openLive({ world: {} })
  live.declare(...Array.from({ length: 60 }, (_, number) => user(`person${number}`)))
  const { code, outcomes } = await live.apply()
  expect({ code, done: outcomes.filter((each) => each.startsWith('done create ')).length }).toEqual({
    code: 0,
    done: 60,
  })
  expect(live.writes()).toEqual(Array.from({ length: 3 }, () => 'POST inviteUsers 200'))
  await settled()
})

test('an organization admin is made after an approval, and is shown as one', async () => {
  live = await openLive({ world: { accounts: [managed('ben')] } })
  live.declare(user('ben', ', organizationAdmin: true'))
  const held = await live.apply()
  expect({ code: held.code, held: held.held.length, writes: live.writes() }).toEqual({ code: 3, held: 1, writes: [] })
  const approved = await live.apply('--approve', held.scopes.find((scope) => scope.held.length > 0)!.digest)
  expect(approved).toMatchObject({ code: 0, held: [] })
  expect(live.writes()).toEqual(['POST assignOrganizationRole 204'])
  await settled()
})

test('one who is to rule no longer is demoted while two are left, and stays where they would not be', async () => {
  const admin = { platformRoles: ['atlassian/org-admin'] }
  live = await openLive({ world: { accounts: ['ben', 'cid', 'dee'].map((name) => ({ ...managed(name), ...admin })) } })
  live.declare(user('ben', ', organizationAdmin: false'))
  await live.apply()
  expect(live.writes()).toEqual(['POST revokeOrganizationRole 204'])
  await settled()
  live.forgetCalls()
  live.declare(user('ben', ', organizationAdmin: false'), user('cid', ', organizationAdmin: false'))
  expect((await live.apply()).held).toEqual([expect.stringContaining('LAST_ONE')])
  expect(live.writes()).toEqual([])
})

const policies = `
  authenticationPolicies:
    - { name: Staff, id: policy-sso, enforces: [SingleSignOn] }
    - { name: Contractors, id: policy-contractors, enforces: [TwoStepVerification] }`

test('three people are moved to a policy by its name in one call', async () => {
  const names = ['ben', 'cid', 'dee', 'eva']
  live = await openLive({
    organization: policies,
    world: { accounts: names.map((name) => managed(name)), ...singleSignOn },
  })
  live.declare(...names.map((name) => user(name, ', authenticationPolicy: Contractors')))
  expect((await live.apply()).code).toBe(0)
  expect(live.writes()).toEqual(['POST APIs_addUsersToPolicy 202'])
  expect(live.sandbox.world.state.policies.get('policy-contractors')?.members.size).toBe(4)
  expect(live.sandbox.world.state.policies.get('policy-sso')?.members.size).toBe(0)
  await settled()
})
