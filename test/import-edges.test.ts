import { readdirSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { importParts } from '../src/import/holding.ts'
import { parseWorldSeed, type WorldSeed } from '../src/sandbox/world-seed.ts'
import { emptyPlan, openImport, type ImportEstate, type ImportEstateOptions } from './import.builder.ts'
import { drawnWorld } from './import-worlds.builder.ts'
import { manifest } from './live-site.builder.ts'

let estate: ImportEstate
const open = async (options: ImportEstateOptions): Promise<void> => void (estate = await openImport(options))
afterEach(() => estate.close())

/** Ana and Bob are devs; Ana is Developer of PAY, as are the devs. */
function small(more: Partial<WorldSeed> = {}): WorldSeed {
  const person = (name: string) => ({ id: `712020:${name}`, email: `${name}@acme.com`, name: `Person ${name}` })
  const roles = { Developers: { users: ['ana@acme.com'], groups: ['devs'] }, Viewers: { groups: ['devs'] } }
  const project = { id: '10000', key: 'PAY', name: 'Payments', roles }
  const names = ['Administrators', 'Developers', 'Viewers']
  const spaces = ['FIN', 'ENG'].map((key, index) => ({
    id: `7000${index}`,
    key,
    name: key,
    access: [{ group: 'devs', permissions: ['read/space'] }],
  }))
  return parseWorldSeed(
    JSON.stringify({
      organization: {
        id: 'organization-1',
        name: 'Acme',
        directory: { id: 'directory-1', name: 'Primary' },
        verifiedDomains: ['acme.com'],
      },
      credentials: {
        organizationApiKeys: [{ name: 'roster', key: 'organization-key' }],
        apiTokens: [{ name: 'svc', email: 'svc@acme.com', token: 'api-token' }],
      },
      sites: [
        {
          name: 'acme',
          cloudId: 'cloud-1',
          products: [],
          jira: { roles: names.map((name, index) => ({ id: 10_000 + index, name })), projects: [project] },
          confluence: { mode: 'PRE_ROLES', spaces },
        },
      ],
      accounts: [{ ...person('svc'), platformRoles: ['atlassian/site-admin'] }, person('ana'), person('bob')],
      groups: [{ id: 'group-devs', name: 'devs', members: ['ana@acme.com', 'bob@acme.com'] }],
      ...more,
    }),
  )
}

interface Failure {
  readonly path: string
  readonly notRead: string
  /** What a file says of it. */
  readonly comment: string
  readonly absent: string
}

const failures: Readonly<Record<string, Failure>> = {
  'a role that may not be seen': {
    path: 'project/10000/role/10001',
    notRead: 'role Developers of Jira space (project) PAY',
    comment: '# Not read, so missing here: role Developers of Jira space (project) PAY',
    absent: 'role: Developers',
  },
  'a space that may not be seen': {
    path: 'spaces/70000/permissions',
    notRead: 'access to space FIN',
    comment: '# Not read, so missing here: access to space FIN',
    absent: 'FIN]',
  },
  'projects that may not be listed': {
    path: 'project/search',
    notRead: 'Jira spaces (projects) of site acme',
    comment: '# Not read, so missing here: Jira spaces (projects) of site acme',
    absent: 'JiraRoleBinding',
  },
  'groups that may not be listed': {
    path: 'groups/search',
    notRead: 'groups',
    comment: 'Not read, so missing here: groups',
    absent: 'AtlassianGroup',
  },
  'accounts that may not be listed': {
    path: 'users/search',
    notRead: 'accounts',
    comment: 'Not read, so missing here: accounts',
    absent: 'AtlassianGroupMembership',
  },
}

test.each(Object.entries(failures))(
  '%s: the rest is imported, a comment says so, and the exit code is 4',
  async (_, { path, notRead, comment, absent }) => {
    await open({ world: small() })
    estate.sandbox.faults.add({ match: { path }, effect: { kind: 'html-error', status: 403 } })
    const ran = await estate.import('--no-check')
    expect(ran.code).toBe(4)
    expect(ran.stderr).toContain(`NOT READ: ${notRead}: `)
    const texts = Object.values(estate.files()).join('')
    expect(texts).not.toContain(absent)
    expect(texts).toContain(comment)
    estate.sandbox.faults.clear()
    expect(await estate.plan()).toMatchObject(emptyPlan)
    expect((await estate.import()).code).toBe(0)
    expect(Object.values(estate.files()).join('')).toContain(absent)
    expect(await estate.plan()).toMatchObject(emptyPlan)
  },
)

test('-o - prints every manifest to stdout, the summary to stderr, and writes no file', async () => {
  await open({ world: small() })
  const { code, stdout, stderr } = await estate.import('-o', '-')
  expect(code).toBe(0)
  const documents = parseAllDocuments(stdout).map((each) => each.toJS() as { kind: string } | null)
  expect(documents.filter((each) => each !== null).map(({ kind }) => kind)).toEqual([
    'JiraRoleBinding',
    'AtlassianGroup',
    'AtlassianGroupMembership',
    'JiraRoleBinding',
    'JiraRoleBinding',
    'ConfluenceSpaceGrant',
  ])
  expect(stderr).toContain('Coverage after: 100% of 7 grants declared (7).')
  expect(readdirSync(estate.access)).toEqual(['organization.yaml'])
})

test('names that try to end a comment, or to be YAML, declare nothing of their own', async () => {
  const evil =
    'x\n---\napiVersion: roster.dev/v1alpha1\nkind: AtlassianGroup\nmetadata: { name: evil }\nspec: { name: evil }\n#'
  const world = small({
    accounts: [
      { id: '712020:svc', email: 'svc@acme.com', name: 'Service', platformRoles: ['atlassian/site-admin'] },
      { id: '712020:ana', email: 'ana@acme.com', name: 'Ana' },
      { id: '712020:bob', email: 'bob@acme.com', name: evil },
      { id: '712020:old', email: 'old@acme.com', name: evil, status: 'deactivated' },
      { id: '557058:app', name: evil, type: 'app' },
    ],
    groups: [
      {
        id: 'group-devs',
        name: 'devs',
        description: evil,
        members: ['ana@acme.com', '712020:bob', '712020:old', '557058:app'],
      },
      {
        id: 'group-flow',
        name: '[a]: {b} "c" # d',
        description: "it's: - \u2028\u0085 \ttab",
        members: ['712020:bob'],
      },
      { id: 'group-yes', name: 'yes', members: ['ana@acme.com'] },
      { id: 'group-path', name: '../../../etc/passwd', members: ['ana@acme.com'] },
    ],
  })
  await open({ world })
  expect(await estate.import('--only', importParts.join(','))).toMatchObject({ code: 0, stderr: '' })
  expect(await estate.plan()).toMatchObject(emptyPlan)
  const files = estate.files()
  expect(Object.keys(files)).toEqual([
    'accounts.yaml',
    'projects/pay.yaml',
    'teams/a-b-c-d.yaml',
    'teams/devs.yaml',
    'teams/etc-passwd.yaml',
    'teams/yes.yaml',
  ])
  expect(Object.values(files).join('')).not.toMatch(/^metadata: \{ name: evil|^ {2}name: evil/m)
  expect(Object.values(files).join('')).toMatch(/ {2}email: bob@acme.com # x --- apiVersion/)
})

const withdrawn: Readonly<Record<string, { declared: string; absent: RegExp }>> = {
  'what an Authoritative manifest does not name': {
    declared: manifest(
      'AtlassianGroupMembership',
      'devs',
      '{ group: devs, authority: Authoritative, members: [{ email: ana@acme.com }] }',
    ),
    absent: /bob@acme/,
  },
  'what has come to its end': {
    declared: manifest(
      'AtlassianGroupMembership',
      'devs',
      '{ group: devs, authority: Additive, members: [{ email: bob@acme.com, expiresAt: 2026-01-31 }] }',
    ),
    absent: /bob@acme/,
  },
  'what stands where a manifest has a mistake': {
    declared: manifest(
      'AtlassianGroupMembership',
      'devs',
      '{ group: devs, authority: Authoritative, members: [{ email: nobody@acme.com }] }',
    ),
    absent: /bob@acme|kind: AtlassianGroupMembership/,
  },
}

test.each(Object.entries(withdrawn))('%s is not imported', async (_, { declared, absent }) => {
  await open({ world: small() })
  estate.write('own.yaml', declared)
  const before = await estate.plan()
  expect(await estate.import()).toMatchObject({ code: 0 })
  const { 'own.yaml': own, ...files } = estate.files()
  expect(own).toBe(declared)
  expect(Object.keys(files)).toEqual(['projects/pay.yaml', 'teams/devs.yaml'])
  const texts = Object.values(files).join('').replace(/^#.*$/gm, '')
  expect(texts).not.toMatch(absent)
  expect((await estate.plan()).changes).toEqual(before.changes)
})

test('a file that cannot be understood stops the import: what it declares would be written twice', async () => {
  await open({ world: small() })
  estate.write('broken.yaml', 'kind: [')
  const ran = await estate.import()
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('broken.yaml')
  expect(Object.keys(estate.files())).toEqual(['broken.yaml'])
})

test('a file of the same name is not overwritten, and what is named alike gets a number', async () => {
  await open({ world: small() })
  const own = manifest('AtlassianGroup', 'devs', '{ name: something else entirely }')
  estate.write('teams/devs.yaml', own)
  await estate.import('--force')
  const files = estate.files()
  expect(files['teams/devs.yaml']).toBe(own)
  expect(files['teams/devs-2.yaml']).toContain('metadata:\n  name: devs-2\nspec:\n  name: devs\n')
})

test('people are named by the AtlassianUser that declares them', async () => {
  await open({ world: small() })
  estate.write('people.yaml', manifest('AtlassianUser', 'ana', '{ email: Ana@acme.com }'))
  await estate.import('--only', 'accounts,memberships')
  const texts = Object.values(estate.files()).join('')
  expect(texts).toContain('members:\n    - user: ana\n    - user: person-bob\n')
  expect(texts).toContain('name: person-bob\nspec:\n  email: bob@acme.com # Person bob\n')
  expect(texts).not.toContain('email: ana@acme.com')
  expect(await estate.plan()).toMatchObject(emptyPlan)
})

test('a group that was renamed elsewhere is not written a second time', async () => {
  await open({ world: small() })
  await estate.import()
  expect((await estate.apply()).code).toBe(0)
  const seed = JSON.stringify(estate.sandbox.world.export())
  estate.sandbox.world.replace(parseWorldSeed(seed.replaceAll('"devs"', '"developers"')))
  const files = estate.files()
  expect(await estate.import()).toMatchObject({ code: 0, stdout: expect.stringContaining('Wrote nothing') as string })
  expect(estate.files()).toEqual(files)
})

test('what has gone is not written a second time: the plan brings it back', async () => {
  await open({ world: small() })
  await estate.import()
  expect((await estate.apply()).code).toBe(0)
  estate.sandbox.world.removeGroup('devs')
  const files = estate.files()
  expect(await estate.import()).toMatchObject({ code: 0, stdout: expect.stringContaining('Wrote nothing') as string })
  expect(estate.files()).toEqual(files)
  expect((await estate.plan()).changes).toContain('create the group itself in Group devs')
})

test('where the organization delegates, what is not delegated to its file goes beside the organization', async () => {
  const from = "{ path: 'teams/devs.yaml' }"
  await open({
    world: small(),
    organization: `  delegations: [{ from: ${from}, groups: [devs], projects: [PAY], spaces: [ENG] }]\n`,
  })
  expect(await estate.import()).toMatchObject({ code: 0, stderr: '' })
  const files = estate.files()
  expect(Object.keys(files)).toEqual(['projects-pay.yaml', 'teams-devs.yaml', 'teams/devs.yaml'])
  expect(files['teams/devs.yaml']).toContain('kind: JiraRoleBinding')
  // FIN is not delegated, and one manifest says both
  expect(files['teams-devs.yaml']).toContain('keys: [ENG, FIN]')
  expect(await estate.plan()).toMatchObject(emptyPlan)
})

test('an import into a directory that does not exist yet finds the organization above', async () => {
  await open({ world: drawnWorld({ seed: 31, modes: { acme: 'ROLES' } }) })
  expect(await estate.import('-o', `${estate.access}/imported/2026`)).toMatchObject({ code: 0, stderr: '' })
  expect(Object.keys(estate.files()).every((path) => path.startsWith('imported/2026/'))).toBe(true)
  expect(await estate.plan()).toMatchObject(emptyPlan)
})
