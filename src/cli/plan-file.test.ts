import { readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { acme, roster, write, type Ran, type RunOptions } from './process.builder.ts'
import { openSandbox, type Sandbox } from './sandbox-server.ts'

const root = join(import.meta.dirname, '../..')
const seed = readFileSync(join(root, 'examples/acme/world.yaml'), 'utf8')

let sandbox: Sandbox
let cwd = ''
beforeEach(async () => {
  sandbox = await openSandbox({ seed, port: 0, host: '127.0.0.1' })
  cwd = acme()
})
afterEach(() => sandbox.close())

const run = (command: string, options: RunOptions = {}): Promise<Ran> =>
  roster([...command.split(' '), '--sandbox', sandbox.url], { cwd, ...options })

const writes = (): number => sandbox.journal.writes().length
const text = (file: string): string => readFileSync(join(cwd, file), 'utf8')

interface Document {
  readonly tool: string
  readonly paths: readonly string[]
  readonly organizations: readonly { readonly scopes: readonly { digest: string; held: object[] }[] }[]
}
const document = (): Document => JSON.parse(text('plan.json')) as Document

test('a saved plan is applied as it is, by the command that the plan ends with', async () => {
  const { code, stdout, stderr } = await run('plan access --out plan.json')
  const next = stdout.match(/^Next: roster (.*)$/m)![1]!
  expect({ code, next }).toEqual({ code: 3, next: `apply plan.json --sandbox ${sandbox.url}` })
  expect(stderr).toMatch(/^Saved to plan\.json \(sha256 [0-9a-f]{64}\)/m)
  const applied = await roster([...next.split(' '), '--yes'], { cwd })
  expect(applied.code).toBe(3)
  expect(applied.stdout).toMatch(/^Applied: 22 added, 7 changed, 0 removed\.$/m)
  expect(writes()).toBeGreaterThan(0)
})

test('only its owner may read the file, it is as its schema says, and no secret is in it', async () => {
  await run('plan access --out plan.json')
  expect(statSync(join(cwd, 'plan.json')).mode & 0o777).toBe(0o600)
  expect(problems(document())).toEqual([])
  const secrets = readdirSync(join(cwd, 'keys')).map((name) => text(`keys/${name}`).trim())
  expect(secrets.filter((secret) => secret.length > 8 && text('plan.json').includes(secret))).toEqual([])
})

const moves: Readonly<Record<string, { readonly move: () => unknown; readonly says: RegExp }>> = {
  'somebody was added where the plan changes something': {
    move: () => sandbox.world.addMember('payments-developers', 'dylan.murphy@acme.com'),
    says: /^ {2}the world {2}Group payments-developers: /m,
  },
  'what it adds was added by hand': {
    move: () => sandbox.world.addMember('incident-commanders', 'lucia.ferrari@acme.com'),
    says: /^ {2}the world {2}Group incident-commanders: /m,
  },
  'a file has changed': {
    move: () => write(cwd, { 'access/teams/web.yaml': `${text('access/teams/web.yaml')}# a word\n` }),
    says: /^ {2}the declaration {2}access\/teams\/web\.yaml has changed$/m,
  },
  'a file is gone': {
    move: () => rmSync(join(cwd, 'access/teams/web.yaml')),
    says: /^ {2}the declaration {2}access\/teams\/web\.yaml is gone$/m,
  },
  'somebody has applied since': {
    move: () => run('apply access/teams/web.yaml --yes'),
    says: /^ {2}the state {2,}somebody has applied since, or the state is another one$/m,
  },
  'the program is another one': {
    move: () => write(cwd, { 'plan.json': JSON.stringify({ ...document(), tool: '0.0.9' }) }),
    says: /^ {2}the program {2}the plan is of Roster 0\.0\.9, this is /m,
  },
  'an organization was not in the plan': {
    move: () => write(cwd, { 'plan.json': JSON.stringify({ ...document(), organizations: [] }) }),
    says: /^ {2}the declaration {2}the plan is not of organization acme$/m,
  },
}

test.each(Object.entries(moves))('nothing is applied where %s, and it is said', async (_, { move, says }) => {
  await run('plan access --out plan.json')
  await move()
  const before = writes()
  const { code, stderr } = await run('apply plan.json --yes')
  expect({ code, written: writes() - before }).toEqual({ code: 1, written: 0 })
  expect(stderr).toMatch(/^plan\.json does not fit any more, and nothing was applied/m)
  expect(stderr).toMatch(says)
  const next = stderr.match(/^Next: roster (.*)$/m)![1]!
  expect(next).toBe(`plan access --sandbox ${sandbox.url} --out plan.json`)
})

test('the plan that is made again then fits', async () => {
  await run('plan access --out plan.json')
  sandbox.world.addMember('payments-developers', 'dylan.murphy@acme.com')
  expect((await run('apply plan.json --yes')).code).toBe(1)
  await run('plan access --out plan.json')
  expect((await run('apply plan.json --yes')).code).toBe(3)
})

test('an entry whose time ends in between is not added', async () => {
  const spec = 'group: support-agents\n  authority: Additive\n  members: [{ user: ana-ruiz, expiresAt: 2026-12-01 }]\n'
  const head = 'apiVersion: roster.dev/v1alpha1\nkind: AtlassianGroupMembership\nmetadata: { name: visitors }\n'
  write(cwd, { 'access/visitors.yaml': `${head}spec:\n  ${spec}` })
  await run('plan access/visitors.yaml --out plan.json')
  const { code, stderr } = await run('apply plan.json --yes', { nowMs: Date.UTC(2026, 11, 2) })
  expect({ code, written: writes() }).toEqual({ code: 1, written: 0 })
  expect(stderr).toContain('Group support-agents: the plan would add 1, now it would change nothing')
})

test('somebody added where the plan changes nothing does not make it stale', async () => {
  await run('plan access/teams/quality.yaml --out plan.json')
  sandbox.world.addMember('payments-developers', 'dylan.murphy@acme.com')
  expect((await run('apply plan.json --yes')).stdout).toMatch(/^Applied: \d+ added/m)
})

test('what is approved after a plan is not in it, and no flag brings it in', async () => {
  await run('apply access --yes')
  await run('apply access --yes')
  sandbox.world.removeMember('payments-developers', 'priya.nair@acme.com')
  const { stdout } = await run('plan access --out plan.json')
  expect(stdout).toMatch(/^Next: roster apply plan\.json/m)
  const { digest } = document().organizations[0]!.scopes.find(({ held }) => held.length > 0)!
  const before = writes()
  const forced = await run(`apply plan.json --yes --approve ${digest}`)
  expect(forced).toMatchObject({ code: 1 })
  expect(forced.stderr).toContain('a saved plan says what passes')
  await roster(['approve', digest, 'access', '--until', '1h'], { cwd })
  const { code, stderr } = await run('apply plan.json --yes')
  expect({ code, written: writes() - before }).toEqual({ code: 1, written: 0 })
  expect(stderr).toMatch(/data-engineers: the plan would change nothing, now it would remove 5$/m)
})

test('an approval of something else does not make it stale', async () => {
  await run('plan access --out plan.json')
  expect((await roster(['approve', '0123456789ab', 'access', '--until', '1h'], { cwd })).code).toBe(0)
  expect((await run('apply plan.json --yes')).stdout).toMatch(/^Applied: 22 added/m)
})

test('of two organizations each is refused or applied by itself, and a refusal is the result', async () => {
  const spec = text('access/organization.yaml')
  const members = (organization: string, group: string): string =>
    `apiVersion: roster.dev/v1alpha1\nkind: AtlassianGroupMembership\nmetadata: { name: ${group} }\n` +
    `spec: { organizationRef: { name: ${organization} }, group: ${group}, authority: Additive, members: [{ email: ana.ruiz@acme.com }] }\n`
  write(cwd, {
    'two/acme.yaml': spec,
    'two/beta.yaml': spec.replace('name: acme\nspec', 'name: beta\nspec'),
    'two/groups.yaml': `${members('acme', 'web-developers')}---\n${members('beta', 'support-agents')}`,
  })
  const has = (group: string): boolean =>
    sandbox.world.members(group).includes(sandbox.world.account('ana.ruiz@acme.com').accountId)
  await run('plan two --out plan.json')
  sandbox.world.addMember('web-developers', 'dylan.murphy@acme.com')
  const { code, stderr } = await run('apply plan.json --yes')
  expect([code, has('web-developers'), has('support-agents')]).toEqual([1, false, true])
  expect(stderr).toContain('plan.json does not fit any more, and nothing was applied to acme:')
  expect(stderr).not.toContain('nothing was applied to beta')
})

test('no address is printed with --redact-emails, neither by the plan nor by the apply nor by a refusal', async () => {
  const planned = await run('plan access --out plan.json --redact-emails -o json')
  const applied = await run('apply plan.json --yes --redact-emails')
  const refused = await run('apply plan.json --yes --redact-emails -o markdown')
  const printed = [planned, applied, refused].map(({ stdout, stderr }) => stdout + stderr)
  expect(printed.map((each) => /[a-z]@acme\.com/.exec(each))).toEqual([null, null, null])
  expect(printed.map((each) => each.includes('n***@acme.com'))).toEqual([true, true, true])
})

test('where all is held, the next command is not an apply of the saved plan', async () => {
  await run('apply access --yes')
  await run('apply access --yes')
  const { stdout } = await run('plan access --out plan.json')
  expect(stdout).toMatch(/^Next: roster approve [0-9a-f]{12} access --until 1h, then roster apply access/m)
})

test('a plan of another directory has to be told which, for the file must not choose what is read', async () => {
  const inside = join(cwd, 'keys')
  await run('plan ../access --out plan.json', { cwd: inside })
  const { code, stderr } = await run('apply plan.json --yes', { cwd: inside })
  expect({ code, written: writes() }).toEqual({ code: 1, written: 0 })
  expect(stderr).toContain('leads out of the working directory: say so, roster apply plan.json ../access')
  expect((await run('apply plan.json ../access --yes', { cwd: inside })).stdout).toMatch(/^Applied: \d+ added/m)
})

test('paths that are told must still declare what was planned', async () => {
  await run('plan access --out plan.json')
  const { code, stderr } = await run('apply plan.json access/teams/web.yaml --yes')
  expect({ code, written: writes() }).toEqual({ code: 1, written: 0 })
  expect(stderr).toContain('it is gone, or nobody declares it any more')
})

test('a damaged plan is refused, and a JSON file that is none is read as manifests', async () => {
  await run('plan access --out plan.json')
  write(cwd, { 'plan.json': JSON.stringify({ ...document(), declaration: undefined }), 'other.json': '{"a":1}' })
  const damaged = await run('apply plan.json --yes')
  expect(damaged.code).toBe(1)
  expect(damaged.stderr).toContain('plan.json is no whole plan of this format: missing field "declaration"')
  const other = await run('apply other.json --yes')
  expect({ code: other.code, written: writes() }).toEqual({ code: 1, written: 0 })
  expect(other.stderr).toContain('other.json:1:1 error[')
})

test('a plan that cannot be made leaves no file, and one that cannot be written is an error', async () => {
  write(cwd, { 'empty/a.yaml': '' })
  expect((await run('plan empty --out plan.json')).code).toBe(1)
  expect(readdirSync(cwd)).not.toContain('plan.json')
  expect(await run('plan access --out nowhere/plan.json')).toMatchObject({ code: 1, stdout: '' })
})

test('a file of the same name is replaced, not written through', async () => {
  write(cwd, { 'precious.txt': 'precious' })
  symlinkSync(join(cwd, 'precious.txt'), join(cwd, 'plan.json'))
  await run('plan access --out plan.json')
  expect(text('precious.txt')).toBe('precious')
  expect(document().paths).toEqual(['access'])
})

function problems(value: unknown): readonly unknown[] {
  const ajv = new Ajv({ allErrors: true, strict: false })
  const schemaOf = (name: string) =>
    JSON.parse(readFileSync(join(root, `docs/json/${name}.schema.json`), 'utf8')) as object
  ajv.addSchema(schemaOf('plan'), 'plan.schema.json')
  const validate = ajv.compile(schemaOf('saved-plan'))
  validate(value)
  return validate.errors ?? []
}
