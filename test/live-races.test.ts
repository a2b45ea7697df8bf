import { afterEach, expect, test } from 'vitest'
import { binding, byEmail, crew, grant, grantsWorld } from './live-grants.builder.ts'
import { openLive, service, type Live } from './live-site.builder.ts'

let live: Live
afterEach(() => live.close())

async function settled(): Promise<void> {
  live.passTime(61_000)
  expect(await live.plan('--detailed-exitcode')).toMatchObject({ code: 0, changes: [], held: [] })
}

const basic = `Basic ${Buffer.from(`${service.email}:api-token`).toString('base64')}`

/** A call of somebody else. @param reads how many reads after it do not show it yet */
async function meanwhile(line: string, body: object | undefined, reads: number): Promise<void> {
  const [method = '', path = ''] = line.split(' ')
  live.sandbox.faults.add({ match: { times: 1 }, effect: { kind: 'stale-read', reads } })
  const { ok } = await fetch(`${live.sandbox.url}${path}`, {
    method,
    headers: {
      authorization: path.startsWith('/admin') ? 'Bearer organization-key' : basic,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  expect(ok).toBe(true)
  live.forgetCalls()
}

interface Race {
  /** Applied before. */
  readonly before: readonly string[]
  readonly declared: readonly string[]
  readonly call: string
  readonly body?: object
  /** What Roster's own call is answered. */
  readonly answer: string
  readonly outcome: string
}

const memberships = '/admin/v2/orgs/organization-1/directories/directory-1/groups/group-devs/memberships'
const role = '/rest/api/3/project/PAY/role/10001'
const permissions = '/wiki/rest/api/space/FIN/permission'

const races: Readonly<Record<string, Race>> = {
  'a member who was added in the meantime': {
    before: [],
    declared: [crew(byEmail('ana'))],
    call: `POST ${memberships}`,
    body: { accountId: '712020:ana' },
    answer: 'POST addUserToGroup 409',
    outcome: 'confirmed create ana@acme.com in Group devs',
  },
  'a member who was removed in the meantime': {
    before: [crew(byEmail('ana'))],
    declared: [],
    call: `DELETE ${memberships}/712020:ana`,
    answer: 'DELETE removeUserFromGroup 404',
    outcome: 'confirmed delete ana@acme.com in Group devs',
  },
  'an actor who was added in the meantime': {
    before: [],
    declared: [binding(byEmail('ana'))],
    call: `POST ${role}`,
    body: { user: ['712020:ana'] },
    answer: 'POST addActorUsers 400',
    outcome: 'confirmed create ana@acme.com in Jira space (project) PAY, role Developers',
  },
  'an actor who was removed in the meantime': {
    before: [binding(byEmail('ana'))],
    declared: [],
    call: `DELETE ${role}?user=712020:ana`,
    answer: 'DELETE deleteActor 404',
    outcome: 'confirmed delete ana@acme.com in Jira space (project) PAY, role Developers',
  },
  'a permission that was added in the meantime': {
    before: [],
    declared: [grant(byEmail('ana'))],
    call: `POST ${permissions}`,
    body: { subject: { type: 'user', identifier: '712020:ana' }, operation: { key: 'read', target: 'space' } },
    answer: 'POST addPermissionToSpace 400',
    outcome: 'done create ana@acme.com in Confluence space FIN',
  },
}

test.each(Object.entries(races))('what is so already is believed to a read, not to an error: %s', async (_, race) => {
  const { before, declared, call, body, answer, outcome } = race
  live = await openLive({ world: grantsWorld() })
  live.declare(...before)
  expect((await live.apply()).code).toBe(0)
  live.passTime(61_000)
  live.declare(...declared)
  live.forgetCalls()
  await live.plan()
  // a permission is looked for once more, right before it is written
  const own = call.includes('/wiki/') ? 2 : 0
  await meanwhile(call, body, live.sandbox.journal.reads().length + own)
  const { code, outcomes } = await live.apply()
  expect({ code, outcomes, writes: live.writes() }).toEqual({ code: 0, outcomes: [outcome], writes: [answer] })
  await settled()
})
