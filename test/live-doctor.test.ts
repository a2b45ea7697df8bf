import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { siteScopes } from '../src/atlassian/oauth-scopes.ts'
import { openAcme, runCommand, today, type Acme, type Ran } from './command-line.builder.ts'
import { openOAuthAcme } from './oauth.builder.ts'

interface Checked {
  readonly name: string
  readonly result: string
  readonly message: string
  readonly remedy?: string
}

let acme: Acme
beforeEach(async () => {
  acme = await openAcme()
  for (const key of ['organization-api-key', 'scim-key', 'api-token']) chmodSync(keyFile(key), 0o600)
})
afterEach(() => acme.close())

const keyFile = (name: string): string => join(acme.access, '../keys', name)
const organizationFile = (): string => join(acme.access, 'organization.yaml')

function edit(from: string | RegExp, to: string): void {
  const text = readFileSync(organizationFile(), 'utf8')
  const edited = text.replace(from, to)
  if (edited === text) throw new Error(`nothing to edit: ${String(from)}`)
  writeFileSync(organizationFile(), edited)
}

function checksOf({ stdout }: Ran): readonly Checked[] {
  const { organizations } = JSON.parse(stdout) as {
    readonly organizations: readonly { readonly sections: readonly { readonly checks: readonly Checked[] }[] }[]
  }
  return organizations.flatMap(({ sections }) => sections.flatMap(({ checks }) => checks))
}

const named = (checks: readonly Checked[], result: string): readonly string[] =>
  checks.filter((each) => each.result === result).map(({ name }) => name)

const doctorAt = (nowMs: number): Promise<Ran> =>
  runCommand(['doctor', acme.access, '--sandbox', acme.sandbox.url, '--json'], {
    clock: { now: () => nowMs, sleep: async () => {} },
  })

test('the example company is well, nothing is written, and the document fits its schema', async () => {
  const ran = await acme.run('doctor', '--json')
  const schema = JSON.parse(
    readFileSync(join(import.meta.dirname, '../docs/json/doctor.schema.json'), 'utf8'),
  ) as object
  const validate = new Ajv().compile(schema)
  validate(JSON.parse(ran.stdout))
  expect(validate.errors).toBe(null)
  expect(named(checksOf(ran), 'failed')).toEqual([])
  expect(ran.code).toBe(0)
  expect(acme.sandbox.journal.writes()).toEqual([])
})

test('text has a line for each check, with the remedy below, and ends with the sum', async () => {
  writeFileSync(keyFile('scim-key'), 'wrong')
  const { stdout, code } = await acme.run('doctor')
  expect(stdout).toContain('Provisioning\n  ✗ scim-key  the SCIM directory does not answer: ')
  expect(stdout).toContain('→ make a new key at admin.atlassian.com, Security, Identity providers')
  expect(stdout).toMatch(/\d+ checks: \d+ ok, .*1 failed.*\.\n$/)
  expect(code).toBe(1)
})

interface Broken {
  readonly breakIt: () => void
  /** The first check that fails, and words of its message and of its remedy. */
  readonly fails: string
  readonly message: string
  readonly remedy: string
  /** Some of the checks that are skipped because of it. */
  readonly skips?: readonly string[]
}

const broken: Readonly<Record<string, Broken>> = {
  'a wrong key of the organization': {
    breakIt: () => writeFileSync(keyFile('organization-api-key'), 'wrong'),
    fails: 'organization-key',
    message: 'answered 401',
    remedy: 'make one at admin.atlassian.com',
    skips: ['directory', 'key-expiry', 'domains', 'groups'],
  },
  'a key of the organization that is not there': {
    breakIt: () => edit('../keys/organization-api-key', '../keys/nothing'),
    fails: 'credentials',
    message: 'cannot be read (ENOENT)',
    remedy: 'the path starts at the manifest',
    skips: ['organization-key', 'directory'],
  },
  'a key of another organization': {
    breakIt: () => edit(/organizationId: .*/, 'organizationId: another'),
    fails: 'organization-key',
    message: 'it sees Acme (ccf16b17',
    remedy: 'correct organizationId',
  },
  'a directory that is not there': {
    breakIt: () => edit(/directoryId: 2f31.*/, 'directoryId: nothing'),
    fails: 'directory',
    message: 'Primary Directory (2f31b69c',
    remedy: 'correct spec.directoryId',
    skips: ['groups', 'organization-admins'],
  },
  'a SCIM directory that is not there': {
    breakIt: () => edit(/scimDirectoryId: .*/, 'scimDirectoryId: nothing'),
    fails: 'scim-key',
    message: 'does not answer',
    remedy: 'correct spec.provisioning.scimDirectoryId',
  },
  'a token without scopes that is sent to the gateway': {
    breakIt: () => edit('email: svc-access@acme.com', 'scoped: true\n          email: svc-access@acme.com'),
    fails: 'token',
    message: 'it is a token without scopes',
    remedy: 'set apiToken.scoped: false for the site acme',
    skips: ['own-account', 'jira-permissions', 'confluence-mode'],
  },
  'a wrong token': {
    breakIt: () => writeFileSync(keyFile('api-token'), 'wrong'),
    fails: 'token',
    message: 'not accepted on the site nor on the gateway',
    remedy: 'check the e-mail and whether the token has ended',
  },
  'a site with another cloud id': {
    breakIt: () => edit('    - name: acme\n', '    - name: acme\n      cloudId: other\n'),
    fails: 'reachable',
    message: 'and other is declared',
    remedy: 'correct cloudId',
    skips: ['token'],
  },
  'a mode that says roles where the roles answer 404': {
    breakIt: () => {
      acme.sandbox.faults.add({
        match: { operation: 'getAvailableSpaceRoles' },
        effect: { kind: 'html-error', status: 404 },
      })
    },
    fails: 'confluence-mode',
    message: 'the list of space roles answers 404',
    remedy: 'give the account Confluence administration',
  },
  'a mistake in a manifest': {
    breakIt: () => writeFileSync(join(acme.access, 'wrong.yaml'), 'kind: Nothing\n'),
    fails: 'manifests',
    message: 'missing field "apiVersion"',
    remedy: 'run roster validate',
  },
}

for (const [name, { breakIt, fails, message, remedy, skips = [] }] of Object.entries(broken)) {
  test(`${name} is told with its remedy`, async () => {
    breakIt()
    const ran = await acme.run('doctor', '--json')
    const checks = checksOf(ran)
    const first = checks.find(({ result }) => result === 'failed')
    expect(first).toMatchObject({
      name: fails,
      message: expect.stringContaining(message) as string,
      remedy: expect.stringContaining(remedy) as string,
    })
    expect(named(checks, 'skipped')).toEqual(expect.arrayContaining([...skips]))
    expect(ran.code).toBe(1)
  })
}

const clocks: Readonly<Record<string, { readonly offMs: number; readonly result: string }>> = {
  'a clock half a minute ahead is in order': { offMs: 30_000, result: 'ok' },
  'a clock two minutes ahead is a warning': { offMs: 120_000, result: 'warning' },
  'a clock ten minutes behind is a failure': { offMs: -600_000, result: 'failed' },
}

for (const [name, { offMs, result }] of Object.entries(clocks)) {
  test(name, async () => {
    const checks = checksOf(await doctorAt(today + offMs))
    expect(checks.find((each) => each.name === 'clock')?.result).toBe(result)
  })
}

test('secret files that others may read are a warning', async () => {
  chmodSync(keyFile('api-token'), 0o644)
  const ran = await acme.run('doctor', '--json')
  expect(checksOf(ran).find(({ name }) => name === 'secret-files')).toMatchObject({
    result: 'warning',
    remedy: 'chmod 600 these files',
  })
  expect(ran.code).toBe(0)
})

function keyThatEnds(expiresAt: string): void {
  const { world } = acme.sandbox
  const seed = world.export()
  const organizationApiKeys = [{ name: 'roster', key: 'sandbox-organization-key', expiresAt }]
  world.replace({ ...seed, credentials: { ...seed.credentials, organizationApiKeys } })
}

test('a token whose declared end is near is a warning', async () => {
  const soon = new Date(today + 5 * 86_400_000).toISOString().slice(0, 10)
  edit('email: svc-access@acme.com', `expiresAt: ${soon}\n          email: svc-access@acme.com`)
  const ran = await acme.run('doctor', '--json')
  expect(checksOf(ran).find(({ name }) => name === 'credentials')).toMatchObject({
    result: 'warning',
    message: expect.stringMatching(/^the API token for acme ends in \d days$/) as string,
    remedy: expect.stringContaining('make a new one') as string,
  })
  expect(ran.code).toBe(0)
})

test('a key that ends within thirty days is a warning that names the day', async () => {
  keyThatEnds('2026-12-05T12:00:00Z')
  const ran = await acme.run('doctor', '--json')
  expect(checksOf(ran).find(({ name }) => name === 'key-expiry')).toMatchObject({
    result: 'warning',
    message: '"roster", the key used last, ends on 2026-12-05, in 10 days',
  })
  expect(ran.code).toBe(0)
})

test('a key that has ended is not accepted, and the remedy is a new one', async () => {
  keyThatEnds('2026-11-01T12:00:00Z')
  const failure = checksOf(await acme.run('doctor', '--json')).find(({ result }) => result === 'failed')
  expect(failure).toMatchObject({
    name: 'organization-key',
    remedy: expect.stringContaining('it is wrong, has expired or was revoked') as string,
  })
})

test('a declared group of the identity provider is named with the place to change it', async () => {
  const { world } = acme.sandbox
  const seed = world.export()
  const groups = seed.groups.map((group) =>
    group.name === 'mobile-developers' ? { ...group, managedBy: 'external' as const } : group,
  )
  world.replace({ ...seed, groups })
  const failure = checksOf(await acme.run('doctor', '--json')).find(({ result }) => result === 'failed')
  expect(failure).toMatchObject({
    name: 'writable-groups',
    message: expect.stringContaining('mobile-developers (owned by the identity provider') as string,
  })
})

test('scopes that an access token lacks are named by the kind that needs them', async () => {
  const scopes = siteScopes.filter((scope) => scope !== 'write:project-role:jira')
  const oauth = await openOAuthAcme({ grant: 'ClientCredentials', scopes })
  try {
    const failures = checksOf(await oauth.run('doctor', '--json')).filter(({ result }) => result === 'failed')
    expect(failures.map(({ name, message }) => `${name}: ${message}`)).toEqual([
      'scopes: JiraRoleBinding: 1 of 15 scopes are missing: write:project-role:jira',
    ])
  } finally {
    await oauth.close()
  }
})
