import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { runCommand } from './command-line.builder.ts'
import { manifest, openLive, person, service, site, type Live } from './live-site.builder.ts'

let live: Live
afterEach(() => live.close())

// the files of a declaration here are file-0.yaml and so on, below the directory of the organization
const organization = `  delegations:
    - from: { path: 'team/**' }
      groups: ['pay-*']
      projects: ['PAY']
      spaces: ['FIN']
`
const world = {
  accounts: ['ana', 'eve'].map(person),
  groups: [
    { id: 'group-pay', name: 'pay-devs', members: ['ana@acme.com'] },
    { id: 'group-admins', name: 'site-admins', members: ['ana@acme.com'] },
  ],
  sites: [
    site({
      jira: {
        roles: [
          { id: 10002, name: 'Administrators' },
          { id: 10001, name: 'Developers' },
        ],
        projects: ['PAY', 'LED'].map((key, index) => ({
          id: `1000${index}`,
          key,
          name: key,
          roles: { Administrators: { users: [service.email] }, Developers: {} },
        })),
      },
    }),
  ],
}

function declareIn(folder: string, text: string): void {
  mkdirSync(join(live.access, folder))
  writeFileSync(join(live.access, folder, 'attack.yaml'), text)
}

const binding = (keys: string, role: string, subject: string): string =>
  manifest(
    'JiraRoleBinding',
    'attack',
    `{ site: acme, projects: { keys: [${keys}] }, role: ${role}, authority: Authoritative, subjects: [${subject}] }`,
  )
const crew = (group: string): string =>
  manifest(
    'AtlassianGroupMembership',
    'attack',
    `{ group: ${group}, authority: Authoritative, members: [{ email: eve@acme.com }] }`,
  )

const attacks: Record<string, string> = {
  'puts itself into a group of others': crew('site-admins'),
  'takes a project of others': binding('LED', 'Developers', '{ group: pay-devs }'),
  'takes every project by a glob': manifest(
    'JiraRoleBinding',
    'attack',
    '{ site: acme, projects: { selector: { keys: ["L*"] } }, role: Developers, authority: Authoritative, subjects: [] }',
  ),
  'makes itself administrator of its project': binding('PAY', 'Administrators', '{ group: pay-devs }'),
  'gives a group of others access': binding('PAY', 'Developers', '{ group: site-admins }'),
  'makes itself organization admin': manifest(
    'AtlassianUser',
    'attack',
    '{ email: eve@acme.com, organizationAdmin: true }',
  ),
  'closes the account of somebody': manifest('AtlassianUser', 'attack', '{ email: ana@acme.com, state: Suspended }'),
  'gives its group an app': manifest(
    'AtlassianGroup',
    'attack',
    '{ name: pay-devs, appRoles: [{ site: acme, product: confluence }] }',
  ),
}
test.each(Object.entries(attacks))('a team that %s changes nothing, and is told where', async (_, text) => {
  live = await openLive({ world, organization })
  declareIn('team', text)
  const { code, changes, held, diagnostics } = await live.apply()
  expect({ code, changes, held, writes: live.writes() }).toEqual({ code: 4, changes: [], held: [], writes: [] })
  expect(diagnostics).toEqual(expect.arrayContaining([expect.stringContaining('NOT_DELEGATED')]))
})

test('a team does in its own what it may', async () => {
  live = await openLive({ world, organization })
  declareIn('team', binding('PAY', 'Developers', '{ group: pay-devs }, { email: eve@acme.com }'))
  const { code, outcomes } = await live.apply()
  expect(code).toBe(0)
  expect(outcomes).toHaveLength(2)
})

test('the same manifest elsewhere does nothing', async () => {
  live = await openLive({ world, organization })
  declareIn('other', binding('PAY', 'Developers', '{ group: pay-devs }'))
  expect(await live.apply()).toMatchObject({ code: 4, changes: [] })
})

test('validate tells it too, without asking anybody', async () => {
  live = await openLive({ world, organization })
  declareIn('team', crew('site-admins'))
  const { code, stdout } = await runCommand(['validate', live.access])
  expect(code).toBe(1)
  expect(stdout).toContain('group site-admins is not delegated to team/')
})
