import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterEach, expect, test } from 'vitest'
import type { AccountItem } from '../src/cli/estate-accounts.ts'
import type { EstateItems } from '../src/cli/estate-items.ts'
import type { AccountSeed, WorldSeed } from '../src/sandbox/world-seed.ts'
import { manifest, openLive, person, service, site, type Live } from './live-site.builder.ts'

let live: Live
afterEach(() => live.close())

const user = (name: string, more = ''): string => manifest('AtlassianUser', name, `{ email: ${name}@acme.com${more} }`)
const managed = (name: string, more: Partial<AccountSeed> = {}): AccountSeed => ({
  ...person(name),
  managed: true,
  ...more,
})
const emails = (items: readonly { readonly email?: string }[]) => items.map(({ email = '(hidden)' }) => email)

interface Shown extends EstateItems {
  readonly code: number
  readonly stderr: string
}

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../docs/json/get.schema.json'), 'utf8')) as object
const fits = new Ajv({ allErrors: true, strict: false }).compile(schema)

/** As JSON, held to its schema. */
async function shown(what: string, ...flags: readonly string[]): Promise<Shown> {
  const { code, stdout, stderr } = await live.get(what, '-o', 'json', ...flags)
  const document: unknown = JSON.parse(stdout)
  expect(fits(document) ? [] : fits.errors).toEqual([])
  const { organizations } = document as { readonly organizations: readonly EstateItems[] }
  return { ...organizations[0]!, code, stderr }
}

const policies = `
  authenticationPolicies:
    - { name: Staff, id: policy-sso, enforces: [SingleSignOn] }
    - { name: Contractors, id: policy-contractors, enforces: [TwoStepVerification] }
    - { name: Old, id: policy-old }`

const cast: Partial<WorldSeed> = {
  accounts: [
    managed('ana', { mfaEnabled: true, platformRoles: ['atlassian/org-admin'] }),
    managed('ben'),
    managed('cid'),
    managed('dee'),
    managed('eva'),
    managed('fay', { status: 'deactivated' }),
    { ...person('guest'), email: 'guest@elsewhere.io', managed: false },
  ],
  authenticationPolicies: [
    { id: 'policy-sso', name: 'Staff', enforces: 'sso', members: ['ben@acme.com'] },
    { id: 'policy-contractors', name: 'Contractors', enforces: 'two-step', members: ['cid@acme.com'] },
    { id: 'policy-old', name: 'Old', enforces: 'none', members: ['dee@acme.com'] },
  ],
}

test('policies are read in one call, and only those who a password alone opens are left', async () => {
  live = await openLive({ world: cast, organization: policies })
  const { accounts, code, gaps } = await shown('accounts')
  const of = (name: string): AccountItem => accounts.find(({ email }) => email?.startsWith(`${name}@`))!
  expect({ code, gaps }).toEqual({ code: 0, gaps: [] })
  expect(of('ana')).toMatchObject({ mfaEnabled: true, platformRoles: ['atlassian/org-admin'] })
  expect(of('ben').authenticationPolicy).toEqual({ id: 'policy-sso', name: 'Staff', enforces: ['SingleSignOn'] })
  expect(of('eva').authenticationPolicy).toBeNull()
  expect(of('guest')).not.toHaveProperty('authenticationPolicy')
  const reads = live.sandbox.journal.reads().map(({ operation }) => operation)
  expect(reads.filter((operation) => operation === 'APIs_bulkFetchAuthPolicy')).toHaveLength(1)
  expect(reads.filter((operation) => operation === 'searchDirectoryUsers')).toHaveLength(1)
  expect(emails((await shown('accounts', '--without-mfa')).accounts)).toEqual([
    'dee@acme.com',
    'eva@acme.com',
    service.email,
  ])
  expect((await live.get('accounts')).stdout).toMatch(
    /^cid@acme\.com +Person cid +active +organization +no +Contractors \(Two/m,
  )
})

test('where the policies cannot be read everybody without two-step verification is listed, and that is said', async () => {
  live = await openLive({ world: cast, organization: policies })
  live.sandbox.faults.add({ match: { path: 'bulk-fetch', times: 1 }, effect: { kind: 'html-error', status: 403 } })
  const { accounts, code, stderr } = await shown('accounts', '--without-mfa')
  expect({ code, people: emails(accounts) }).toEqual({
    code: 4,
    people: [...['ben', 'cid', 'dee', 'eva'].map((name) => `${name}@acme.com`), service.email],
  })
  expect(stderr).toContain('NOT READ: authentication policies of accounts')
})

test('the last time in any product comes with the list, and who was not seen for long is found', async () => {
  const products = [{ key: 'jira-software', defaultGroup: 'jira-users-acme' }]
  const used = (at: string) => ({ lastActive: { 'jira-software': at } })
  live = await openLive({
    world: {
      accounts: [
        managed('ana', used('2026-11-20T09:30:00.000Z')),
        managed('ben', used('2026-07-01T09:30:00.000Z')),
        managed('cid'),
        managed('dee', { ...used('2026-01-01T00:00:00.000Z'), status: 'suspended' }),
      ],
      groups: [
        {
          id: 'group-jira',
          name: 'jira-users-acme',
          members: ['ana', 'ben', 'cid', 'dee'].map((name) => `${name}@acme.com`),
          appRoles: [{ product: 'jira-software', site: 'acme', role: 'atlassian/user' }],
        },
      ],
      sites: [site({ products })],
    },
  })
  const { stdout } = await live.get('accounts')
  expect(stdout).toMatch(/^ana@acme\.com .* 2026-11-20 +jira-software +jira-users-acme$/m)
  expect(stdout).toMatch(/^cid@acme\.com .* unknown +jira-software /m)
  const { accounts } = await shown('accounts', '--inactive-for', '90d')
  expect(emails(accounts)).toEqual(['ben@acme.com', 'cid@acme.com', service.email])
})

test('accounts that no manifest matches are told by reason, and declared people without an account', async () => {
  const world: Partial<WorldSeed> = {
    accounts: [
      ...['ana', 'ben', 'dee', 'eva'].map((name) => managed(name)),
      managed('tag', { email: 'ana+jira@acme.com' }),
      { ...person('fay'), managed: true, status: 'deactivated' },
    ],
    groups: [{ id: 'group-devs', name: 'devs', members: ['eva@acme.com'] }],
  }
  live = await openLive({ world })
  const devs = '{ group: devs, authority: Additive, members: [{ email: eva@acme.com }] }'
  live.declare(
    user('ana'),
    user('new'),
    manifest('AtlassianUser', 'ben', '{ email: ben.old@acme.com, formerEmails: [ben@acme.com] }'),
    manifest('AtlassianGroupMembership', 'devs', devs),
  )
  const { accounts, reconciliation, code } = await shown('accounts', '--unmatched')
  expect(code).toBe(0)
  expect(accounts.map(({ email, unmatched }) => [email, unmatched])).toEqual([
    ['ana+jira@acme.com', { reason: 'OTHER_ADDRESS', like: 'ana' }],
    ['dee@acme.com', { reason: 'ORPHAN' }],
    ['eva@acme.com', { reason: 'NAMED_ONLY' }],
    ['fay@acme.com', { reason: 'DEACTIVATED' }],
    [service.email, { reason: 'ORPHAN' }],
  ])
  expect(reconciliation).toMatchObject({ matched: 2, accountless: [{ name: 'new', email: 'new@acme.com' }] })
  expect(reconciliation!.reasons.map(({ reason, count }) => [reason, count])).toEqual([
    ['ORPHAN', 2],
    ['OTHER_ADDRESS', 1],
    ['NAMED_ONLY', 1],
    ['DEACTIVATED', 1],
  ])
  const { stdout } = await live.get('accounts', '--unmatched')
  expect(stdout).toMatch(/^2 accounts are matched by a manifest, 5 not; 1 declared person has no account$/m)
  expect(stdout).toMatch(/^ORPHAN: 2 accounts, .*\n {2}what to do: declare them/m)
  expect(stdout).toMatch(/^WITHOUT_ACCOUNT: 1 declared person\n[^\n]*\n[^\n]*\nnew@acme\.com +new +Active/m)
})

test('accounts that share an address or show none are told with the other account, and apps are not in the list', async () => {
  live = await openLive({
    world: {
      accounts: [
        ...['ana', 'twin', 'hid'].map((name) => managed(name)),
        { id: 'app-1', name: 'Automation', type: 'app', appType: 'unknown' },
      ],
    },
  })
  // no seed may say so
  Object.assign(live.sandbox.world.account('712020:twin'), { email: 'ana@acme.com' })
  Object.assign(live.sandbox.world.account('712020:hid'), { email: '' })
  live.declare(user('ana'), user('svc'))
  const { accounts, reconciliation } = await shown('accounts', '--unmatched')
  const of = new Map(accounts.map(({ accountId, unmatched }) => [accountId, unmatched]))
  const [twin, other] = of.has('712020:twin') ? ['712020:twin', '712020:ana'] : ['712020:ana', '712020:twin']
  expect(Object.fromEntries(of)).toEqual({
    [twin]: { reason: 'DUPLICATE', like: other },
    '712020:hid': { reason: 'HIDDEN_EMAIL' },
  })
  expect(reconciliation).toMatchObject({ matched: 2, accountless: [] })
  const { stdout } = await live.get('accounts', '--unmatched')
  expect(stdout).toMatch(/^HIDDEN_EMAIL: 1 account, .*\n {2}what to do: name them by accountId/m)
  expect(stdout).toMatch(/^\(hidden\) 712020:hid /m)
})

test('a manifest of a person that has a mistake makes the list incomplete', async () => {
  live = await openLive({ world: { accounts: [managed('ana'), managed('ben')] } })
  live.declare(user('ana'), user('ben', ', mfa: true'))
  const { code, stderr } = await shown('accounts', '--unmatched')
  expect(code).toBe(4)
  expect(stderr).toContain('NOT READ: declared people: AtlassianUser "ben" has a mistake')
})

const token = (label: string, more = {}) => ({
  id: `token-${label}`,
  label,
  createdAt: '2026-01-01T00:00:00.000Z',
  ...more,
})

test('API tokens of people who left are listed, one call a person, and no secret is in them', async () => {
  const world: Partial<WorldSeed> = {
    accounts: [
      managed('ana', { apiTokens: [token('script')] }),
      managed('ben', { apiTokens: [token('backup', { lastAccess: '2026-11-01T00:00:00.000Z' })] }),
      managed('cid', { apiTokens: [token('bot', { expiry: '2027-01-01T00:00:00.000Z' })] }),
      { ...person('dee'), managed: false },
    ],
  }
  live = await openLive({ world })
  live.declare(user('ana'), user('ben'), user('cid', ', deletionPolicy: Suspend'), user('dee', ', state: Suspended'))
  await live.apply()
  live.declare(user('ana'), user('ben', ', state: Suspended'), user('dee', ', state: Suspended'))
  live.forgetCalls()
  const { tokens, code } = await shown('tokens')
  expect(code).toBe(0)
  expect(tokens).toEqual({
    asked: 2,
    notManaged: ['dee@acme.com'],
    tokens: [
      expect.objectContaining({ email: 'ben@acme.com', declared: 'Suspended', label: 'backup' }) as unknown,
      expect.objectContaining({
        email: 'cid@acme.com',
        declared: 'Gone',
        expiresAt: '2027-01-01T00:00:00.000Z',
      }) as unknown,
    ],
  })
  const asked = live.sandbox.journal.reads().filter(({ operation }) => operation === 'listUserApiTokens')
  expect(asked).toHaveLength(2)
  expect((await live.get('tokens', '--all')).stdout).toMatch(
    /^ana@acme\.com +Active +active +script +2026-01-01 +unknown +unknown$/m,
  )
})

test('tokens that cannot be read are said, and the others are listed', async () => {
  live = await openLive({ world: { accounts: [managed('ana', { apiTokens: [token('script')] }), managed('ben')] } })
  live.declare(user('ana', ', state: Suspended'), user('ben', ', state: Suspended'))
  live.sandbox.faults.add({
    match: { path: 'ben/manage/api-tokens', times: 1 },
    effect: { kind: 'html-error', status: 403 },
  })
  const { tokens, gaps, code } = await shown('tokens')
  expect({ code, labels: tokens!.tokens.map(({ label }) => label) }).toEqual({ code: 4, labels: ['script'] })
  expect(gaps.map(({ what }) => what)).toEqual(['API tokens of ben@acme.com'])
})

const misuses: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'groups without two-step verification': ['groups', '--without-mfa'],
  'everything of accounts': ['accounts', '--all'],
  'unmatched tokens': ['tokens', '--unmatched'],
  'a time that is none': ['accounts', '--inactive-for', 'long'],
}

test.each(Object.entries(misuses))('%s cannot be asked for', async (_, words) => {
  live = await openLive({ world: {} })
  expect(await live.get(...words)).toMatchObject({ code: 1, stdout: '' })
  expect(live.sandbox.journal.entries).toEqual([])
})
