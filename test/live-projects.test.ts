import { afterEach, expect, test } from 'vitest'
import type { SiteSeed } from '../src/sandbox/world-seed.ts'
import { manifest, openLive, person, service, site, type Live } from './live-site.builder.ts'

/** Which Jira spaces (projects) a binding means, and what becomes of those that it cannot have. */

let live: Live
afterEach(() => live.close())

type Project = NonNullable<SiteSeed['jira']>['projects'][number]

const developers = { Developers: { users: ['bob@acme.com'] } }
const projects: readonly Project[] = [
  { key: 'PAY', category: 'Core' },
  { key: 'PAYAPI', category: 'Core' },
  { key: 'WEB', category: 'Product' },
  { key: 'HELP', type: 'service_desk' as const, category: 'Core' },
  { key: 'OLD', archived: true, category: 'Core' },
  { key: 'SECRET', private: true },
].map((each, index) => ({ id: `1000${index}`, name: each.key, roles: developers, ...each }))
const team: Project = {
  id: '10009',
  key: 'PAYTEAM',
  name: 'Team',
  style: 'next-gen',
  roles: { Administrator: { id: 10361, users: ['bob@acme.com'] }, Member: { id: 10362 } },
}

async function open(): Promise<void> {
  const roles = [
    { id: 10001, name: 'Developers' },
    { id: 10002, name: 'Administrators' },
  ]
  const jira = { roles, projects: [...projects, team] }
  live = await openLive({ world: { accounts: ['ana', 'bob', 'cara'].map(person), sites: [site({ jira })] } })
}

interface Binding {
  readonly projects: string
  readonly role?: string
  readonly authority?: string
  readonly users?: readonly string[]
}

function binding({ projects: meant, role = 'Developers', authority = 'Additive', users = ['ana'] }: Binding): string {
  const subjects = users.map((name) => `{ email: ${name}@acme.com }`).join(', ')
  return manifest(
    'JiraRoleBinding',
    'developers',
    `{ site: acme, projects: ${meant}, role: ${role}, authority: ${authority}, subjects: [${subjects}] }`,
  )
}

const place = (key: string, role = 'Developers'): string => `Jira space (project) ${key}, role ${role}`
const holders = (project: string, role = 'Developers'): readonly string[] =>
  live.sandbox.world.actors({ site: 'acme', project, role }).toSorted()

/** From here on the credential sees what everybody sees, and administers the projects named. */
function loseRights(...administered: readonly string[]): void {
  live.sandbox.world.account(service.email).platformRoles.clear()
  for (const project of administered)
    live.sandbox.world.addActor({ site: 'acme', project, role: 'Administrators' }, { user: service.email })
}

const selected: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  'by their keys': ['{ keys: [WEB, PAY] }', ['PAY', 'WEB']],
  'by a pattern of their keys, archived and team-managed ones without the role left out': [
    '{ selector: { keys: ["PAY*", "OLD"] } }',
    ['PAY', 'PAYAPI'],
  ],
  'by a pattern, without those that are left out': ['{ selector: { keys: ["PAY*"], exclude: ["PAYA*"] } }', ['PAY']],
  'by their category': ['{ selector: { category: Core } }', ['HELP', 'PAY', 'PAYAPI']],
  'by their type': ['{ selector: { type: service_desk } }', ['HELP']],
  'by category and type together': ['{ selector: { category: Core, type: software } }', ['PAY', 'PAYAPI']],
}

test.each(Object.entries(selected))('projects are meant %s', async (_, [meant, keys]) => {
  await open()
  live.declare(binding({ projects: meant }))
  const { code, outcomes } = await live.apply()
  expect({ code, outcomes: outcomes.toSorted() }).toEqual({
    code: 0,
    outcomes: keys.map((key) => `done create ana@acme.com in ${place(key)}`),
  })
  live.passTime(61_000)
  expect(await live.plan('--detailed-exitcode')).toMatchObject({ code: 0, changes: [], held: [] })
})

test('an archived project is left as it is, and holds nothing elsewhere', async () => {
  await open()
  const both = (...users: readonly string[]) =>
    binding({ projects: '{ keys: [PAY, OLD] }', authority: 'Authoritative', users })
  live.declare(both('ana', 'bob'))
  expect((await live.apply()).code).toBe(0)
  live.declare(both('ana'))
  live.passTime(61_000)
  const { code, outcomes, diagnostics } = await live.apply()
  expect({ code, outcomes, diagnostics }).toEqual({
    code: 0,
    outcomes: [`done delete bob@acme.com in ${place('PAY')}`],
    diagnostics: ['NOT_WRITABLE: Jira space (project) OLD on site acme is archived: its roles are left as they are'],
  })
  expect(holders('OLD')).toEqual(['user:712020:bob'])
})

interface Absence {
  readonly key: string
  readonly rights: () => void
  readonly told: RegExp
}

const absences: Readonly<Record<string, Absence>> = {
  'that is not there': {
    key: 'NONE',
    rights: () => {},
    told: /^UNKNOWN_PROJECT: there is no Jira space \(project\) NONE on site acme$/,
  },
  'that is hidden': {
    key: 'SECRET',
    rights: () => loseRights('PAY'),
    told: /^UNKNOWN_PROJECT: no Jira space \(project\) SECRET is visible .* lacks Administer Jira$/,
  },
}

test.each(Object.entries(absences))('a project %s is told so by one call, and nobody goes', async (_, each) => {
  await open()
  const inProjects = (keys: string, users: readonly string[]) =>
    binding({ projects: `{ keys: [${keys}] }`, authority: 'Authoritative', users })
  live.declare(inProjects('PAY', ['ana', 'bob']))
  expect((await live.apply()).code).toBe(0)
  each.rights()
  live.declare(inProjects(`PAY, ${each.key}`, ['ana', 'cara']))
  live.passTime(61_000)
  live.forgetCalls()
  const { code, outcomes, diagnostics } = await live.apply()
  expect({ code, outcomes, diagnostics }).toEqual({
    code: 4,
    outcomes: [`done create cara@acme.com in ${place('PAY')}`],
    diagnostics: [expect.stringMatching(each.told)],
  })
  expect(holders('PAY')).toEqual(['user:712020:ana', 'user:712020:bob', 'user:712020:cara'])
  const asked = live.sandbox.journal.entries.filter(({ operation }) => operation === 'getMyPermissions')
  expect(asked).toHaveLength(1)
})

test('roles that Jira hides of one project are told with the permission that is missing', async () => {
  await open()
  loseRights('PAY')
  live.declare(binding({ projects: '{ keys: [PAY, WEB] }' }))
  const { code, diagnostics } = await live.apply()
  expect({ code, diagnostics }).toEqual({
    code: 4,
    diagnostics: [
      expect.stringMatching(
        /^CATALOGUE_UNREAD: the roles of Jira space \(project\) WEB were not read \(the credential lacks Administer Projects there, and Administer Jira: .*404/,
      ),
    ],
  })
  expect(holders('PAY')).toContain('user:712020:ana')
})

test('the last administrator of a team-managed project stays', async () => {
  await open()
  const administrators = { projects: '{ keys: [PAYTEAM] }', role: 'Administrator', authority: 'Authoritative' }
  live.declare(binding({ ...administrators, users: ['bob'] }))
  await live.apply()
  live.passTime(61_000)
  live.declare(binding({ ...administrators, users: [] }))
  const { code, held } = await live.apply()
  expect({ code, held }).toEqual({
    code: 3,
    held: [`delete bob@acme.com in ${place('PAYTEAM', 'Administrator')}: LAST_ONE`],
  })
  expect(holders('PAYTEAM', 'Administrator')).toEqual(['user:712020:bob'])
})
