import { afterEach, expect, test } from 'vitest'
import { manifest, openLive, person, site, type Live } from './live-site.builder.ts'

let live: Live
afterEach(() => live.close())

const jira = site({
  jira: {
    roles: [{ id: 10001, name: 'Developers' }],
    projects: ['PAY', 'LED'].map((key, index) => ({
      id: `1000${index}`,
      key,
      name: key,
      roles: { Developers: { users: ['bob@acme.com'] } },
    })),
  },
  confluence: {
    mode: 'PRE_ROLES',
    spaces: ['FIN', 'ENG'].map((key, index) => ({
      id: `6553${index}`,
      key,
      name: key,
      access: [{ user: 'bob@acme.com', permissions: ['read/space'] }],
    })),
  },
})
const roles = (email: string) =>
  manifest(
    'JiraRoleBinding',
    'developers',
    `{ site: acme, projects: { keys: [PAY, LED] }, role: Developers, authority: Authoritative, subjects: [{ email: ${email} }] }`,
  )
const spaces = (email: string) =>
  manifest(
    'ConfluenceSpaceGrant',
    'readers',
    `{ site: acme, spaces: { keys: [FIN, ENG] }, permissions: [read/space], authority: Authoritative, subjects: [{ email: ${email} }] }`,
  )

const forbidden: Readonly<Record<string, { path: string; status: number; unread: string; done: readonly string[] }>> = {
  'a project role that may not be seen': {
    path: 'project/10000/role/10001',
    status: 403,
    unread: 'Jira space (project) PAY, role Developers: FORBIDDEN',
    done: ['Confluence space ENG', 'Confluence space FIN', 'Jira space (project) LED, role Developers'],
  },
  'a space that may not be seen': {
    path: 'spaces/65530/permissions',
    status: 403,
    unread: 'Confluence space FIN: FORBIDDEN',
    done: [
      'Confluence space ENG',
      'Jira space (project) LED, role Developers',
      'Jira space (project) PAY, role Developers',
    ],
  },
  'a space that is gone': {
    path: 'spaces/65530/permissions',
    status: 404,
    unread: 'Confluence space FIN: NOT_FOUND',
    done: [
      'Confluence space ENG',
      'Jira space (project) LED, role Developers',
      'Jira space (project) PAY, role Developers',
    ],
  },
}

test.each(Object.entries(forbidden))('all the rest goes on beside %s', async (_, { path, status, unread, done }) => {
  live = await openLive({ world: { accounts: ['ana', 'bob'].map(person), sites: [jira] } })
  live.declare(roles('bob@acme.com'), spaces('bob@acme.com'))
  expect((await live.apply()).code).toBe(0)
  live.declare(roles('ana@acme.com'), spaces('ana@acme.com'))
  live.sandbox.faults.add({ match: { path }, effect: { kind: 'html-error', status } })
  const told = await live.apply()
  expect({ code: told.code, unread: told.unread }).toEqual({ code: 4, unread: [unread] })
  const expected = done.flatMap((place) => [
    `done create ana@acme.com in ${place}`,
    `done delete bob@acme.com in ${place}`,
  ])
  expect(told.outcomes.toSorted()).toEqual(expected.toSorted())
  live.sandbox.faults.clear()
  expect((await live.apply()).code).toBe(0)
  live.passTime(61_000)
  expect(await live.plan()).toMatchObject({ code: 0, changes: [], held: [] })
})
