import { afterEach, expect, test } from 'vitest'
import { statusOf } from '../src/sandbox/world-directory.ts'
import { manifest, openLive, person, type Live } from './live-site.builder.ts'

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
