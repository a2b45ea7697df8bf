import { afterAll, describe, expect, test } from 'vitest'
import { apis } from '../src/sandbox/apis.ts'
import {
  distilledDocuments,
  findDocuments,
  findSpecFolder,
  publishedDocuments,
} from '../src/sandbox/contract-document.builder.ts'
import { loadSpec } from '../src/sandbox/contract-spec.builder.ts'
import type { JournalEntry, Recorded } from '../src/sandbox/journal.ts'
import type { RoleMode, WorldSeed } from '../src/sandbox/world-seed.ts'
import { openAcme } from './command-line.builder.ts'
import { coverageOf, createRecorder, type Departure } from './contract-recorder.builder.ts'
import { manifest, openLive, person, service, site, type LiveOptions } from './live-site.builder.ts'

/** What differs from Atlassian's description and is meant to. */
const departures: readonly Departure[] = []

const spec = loadSpec(findDocuments(process.env['ROSTER_SPECS']))
const recorder = createRecorder(spec, departures)

interface Story {
  readonly world: Partial<WorldSeed>
  readonly provisioning?: LiveOptions['provisioning']
  /** Declarations one after another; each is applied twice, the second time with all that is held approved. */
  readonly turns: readonly (readonly string[])[]
  /** Operations that must have been called, or the story no longer tells what its name says. */
  readonly calls: readonly string[]
}

const roles = ['Viewer', 'Collaborator', 'Manager', 'Admin'].map((name) => ({
  id: `0f1e2d3c-0000-4000-8000-00000000000${name.length}`,
  name,
  permissions: name === 'Viewer' ? ['read/space'] : ['read/space', 'create/page', 'delete/page'],
}))

function confluence(mode: RoleMode): Partial<WorldSeed> {
  const admin = mode === 'ROLES' ? { role: 'Admin' } : { permissions: ['read/space', 'administer/space'] }
  const spaces = [{ id: '65537', key: 'FIN', name: 'Finance', access: [{ user: service.email, ...admin }] }]
  return {
    accounts: [person('ana')],
    groups: [{ id: 'group-devs', name: 'devs', members: ['ana@acme.com'] }],
    sites: [site({ confluence: { mode, roles: mode === 'PRE_ROLES' ? [] : roles, spaces } })],
  }
}

const user = (name: string, more = ''): string => manifest('AtlassianUser', name, `{ email: ${name}@acme.com${more} }`)
const group = manifest('AtlassianGroup', 'leads', '{ name: leads, description: Team leads, deletionPolicy: Delete }')
const grant = (granted: string): string =>
  manifest(
    'ConfluenceSpaceGrant',
    'finance',
    `{ site: acme, spaces: { keys: [FIN] }, ${granted}, authority: Authoritative, subjects: [{ group: devs }, { email: ana@acme.com }] }`,
  )
const crew = manifest(
  'AtlassianGroupMembership',
  'leads',
  '{ group: leads, authority: Authoritative, members: [{ email: ana@acme.com }] }',
)

const product = { key: 'confluence', defaultGroup: 'confluence-users-acme' }
const productGroup = {
  id: 'group-confluence',
  name: 'confluence-users-acme',
  appRoles: [{ product: 'confluence', site: 'acme', role: 'atlassian/user' }],
}
const withProduct = { groups: [productGroup], sites: [site({ products: [product] })] }

const stories: Readonly<Record<string, Story>> = {
  'a space before roles': {
    world: confluence('PRE_ROLES'),
    turns: [[grant('permissions: [create/page, create/comment]')], [grant('level: Viewer')], []],
    calls: ['addPermissionToSpace', 'removePermission', 'getSpacePermissionsAssignments'],
  },
  'a space on its way to roles': {
    world: confluence('ROLES_TRANSITION'),
    turns: [[grant('level: Contributor')], [grant('level: Viewer')], []],
    calls: ['setSpaceRoleAssignments', 'getSpaceRoleMode'],
  },
  'a space with roles': {
    world: confluence('ROLES'),
    turns: [[grant('level: Manager')], [grant('role: Viewer')], []],
    calls: ['setSpaceRoleAssignments', 'getSpaceRoleAssignments', 'getAvailableSpaceRoles'],
  },
  'people who are invited, suspended and restored': {
    world: withProduct,
    turns: [[user('ana', ', products: [confluence]')], [user('ana', ', state: Suspended')], [user('ana')]],
    calls: ['inviteUsers', 'suspendUserInDirectory', 'restoreUserInDirectory'],
  },
  'people whom SCIM makes, changes and closes': {
    world: { ...withProduct, scim: { directoryId: 'scim-1' } },
    provisioning: 'SCIM',
    turns: [
      [user('ana', ', displayName: Ana, title: Engineer, products: [confluence]')],
      [user('ana', ', displayName: Ana Ruiz, department: Payments')],
      [user('ana', ', displayName: Ana Ruiz, state: Deactivated')],
    ],
    calls: ['createAUserInAnActiveDirectory', 'patchUserInformationInAnActiveDirectory'],
  },
  'a group that comes with its members and goes': {
    world: { accounts: [person('ana')] },
    turns: [[group, crew], [group], []],
    calls: ['createGroup', 'addUserToGroup', 'deleteGroup'],
  },
  'managed accounts that are closed and opened': {
    world: { accounts: [{ ...person('ana'), managed: true }] },
    turns: [[user('ana', ', state: Deactivated')], [user('ana')]],
    calls: ['deactivateUser', 'activateUser'],
  },
  'an account that moves to another authentication policy': {
    world: {
      accounts: [{ ...person('ana'), managed: true }],
      authenticationPolicies: [
        { id: '0f1e2d3c-0000-4000-8000-000000000020', name: 'Staff', members: ['ana@acme.com'] },
        { id: '0f1e2d3c-0000-4000-8000-000000000021', name: 'Contractors', enforces: 'two-step' },
      ],
    },
    turns: [[user('ana', ', authenticationPolicyId: 0f1e2d3c-0000-4000-8000-000000000021')]],
    calls: ['APIs_bulkFetchAuthPolicy', 'APIs_addUsersToPolicy', 'APIs_getTaskStatus'],
  },
}

describe("what Roster sends and the sandbox answers is as Atlassian's description says", () => {
  afterAll(() => report())

  test('in the story of the example company', async () => {
    const acme = await openAcme()
    try {
      const held: string[] = []
      for (const command of ['validate', 'plan', 'apply --yes', 'apply --yes', 'plan --json']) {
        acme.passTime(61_000)
        const { stdout } = await acme.run(command)
        if (command === 'plan --json') held.push(...digestsIn(stdout))
      }
      await acme.run('apply --yes', ...approving(held))
      acme.sandbox.world.removeMember('payments-developers', 'nadia.rahimi@acme.com')
      acme.passTime(61_000)
      for (const command of ['drift', 'apply --yes', 'get all']) await acme.run(command)
      recorder.check(acme.sandbox.journal.entries)
      expect(held).not.toEqual([])
    } finally {
      await acme.close()
    }
  })

  test.each(Object.entries(stories))('with %s', async (_, { world, provisioning = 'Invite', turns, calls }) => {
    const live = await openLive({ world, provisioning })
    try {
      for (const turn of turns) {
        live.declare(...turn)
        await live.apply()
        live.passTime(61_000)
        const { scopes } = await live.plan()
        await live.apply(...approving(scopes.filter(({ held }) => held.length > 0).map(({ digest }) => digest)))
      }
      const { entries } = live.sandbox.journal
      recorder.check(entries)
      expect([...new Set(entries.map(({ operation }) => operation))]).toEqual(expect.arrayContaining([...calls]))
    } finally {
      await live.close()
    }
  })

  test('and every departure that is listed still is one', () => {
    expect(departures.filter((each) => !recorder.departed.has(each))).toEqual([])
  })
})

const sent = (entry: Partial<JournalEntry>, recorded: Partial<Recorded>): JournalEntry => ({
  at: '2026-11-25T12:00:00.000Z',
  method: 'GET',
  path: '/rest/api/3/project/search',
  operation: 'searchProjects',
  api: 'jira',
  status: 404,
  write: false,
  credential: 'svc',
  ...entry,
  recorded: {
    template: '/rest/api/3/project/search',
    params: {},
    contentType: 'application/json',
    sent: '',
    answered: {},
    ...recorded,
  },
})

const createGroup = { method: 'POST', operation: 'createGroup', api: 'organization', path: '/' } as const
const groups = {
  template: '/v2/orgs/{orgId}/directories/{directoryId}/groups',
  params: { orgId: 'organization-1', directoryId: 'directory-1' },
}
const spoiled: Readonly<Record<string, readonly [JournalEntry, RegExp]>> = {
  'a path that is not described': [
    sent({}, { template: '/rest/api/3/projects/search' }),
    /^searchProjects: path: .*not described/,
  ],
  'a query parameter that is not described': [sent({ path: '/search?maxResult=5' }, {}), /query: .*maxResult/],
  'a query parameter of another type': [
    sent({ path: '/search?maxResults=many' }, {}),
    /query: \/maxResults must be integer/,
  ],
  'a query parameter outside its enum': [
    sent({ path: '/search?orderBy=colour' }, {}),
    /query: \/orderBy must be equal/,
  ],
  'a required query parameter that is missing': [
    sent({ operation: 'getUserGroups' }, { template: '/rest/api/3/user/groups' }),
    /query: .*accountId/,
  ],
  'a body without a required field': [sent(createGroup, { ...groups, sent: '{}' }), /createGroup: body: .*name/],
  'a field that is not described': [
    sent(createGroup, { ...groups, sent: '{"name":"a","title":"b"}' }),
    /body: .*title/,
  ],
  'a body of another media type': [
    sent(createGroup, { ...groups, sent: '{"name":"a"}', contentType: 'text/plain' }),
    /header: text\/plain/,
  ],
  'a status that is not described': [sent({ status: 418 }, {}), /answer: status 418/],
  'an answer with a field that is not described': [
    sent({ status: 200 }, { answered: { values: [], pages: 1 } }),
    /answer: .*pages/,
  ],
}

const folder = findSpecFolder(process.env['ROSTER_SPECS'])
const sources = {
  'the distilled contract': distilledDocuments(),
  ...(folder !== undefined && { "Atlassian's files": publishedDocuments(folder) }),
}

describe.each(Object.entries(sources))('the check against %s tells', (_source, documents) => {
  const described = loadSpec(documents)

  test.each(Object.entries(spoiled))('%s', (_, [entry, message]) => {
    expect(() => createRecorder(described, []).check([entry])).toThrow(message)
  })

  test('nothing where the mistake is a departure', () => {
    const departure = { operation: 'searchProjects', only: 'status 418', reason: 'a teapot' }
    const own = createRecorder(described, [departure])
    own.check([sent({ status: 418 }, {})])
    expect(own.departed).toEqual(new Set([departure]))
  })
})

const approving = (digests: readonly string[]): string[] => digests.flatMap((digest) => ['--approve', digest])

function digestsIn(plan: string): string[] {
  const { organizations } = JSON.parse(plan) as {
    readonly organizations: readonly {
      readonly scopes: readonly { readonly digest: string; readonly held: object[] }[]
    }[]
  }
  return organizations.flatMap(({ scopes }) => scopes.filter(({ held }) => held.length > 0).map(({ digest }) => digest))
}

/** One line always, the table where CONTRACT_TABLE is set. */
function report(): void {
  const answered = new Set(apis.flatMap(({ api, routes }) => routes.map(({ operation }) => `${api} ${operation}`)))
  const { rows, unused, summary } = coverageOf(spec, answered, recorder)
  const head = `${''.padEnd(16)} described  answered      used`
  const table = [head, ...rows, '', 'described and not exercised:', ...unused.map((each) => `  ${each}`), '']
  process.stderr.write(`\n${[...(process.env['CONTRACT_TABLE'] ? table : []), `contract: ${summary}`].join('\n')}\n`)
}
