import { execFileSync } from 'node:child_process'
import { chownSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { environment } from '../src/config.ts'
import { openSandbox, type Sandbox } from '../src/cli/sandbox-server.ts'
import { roster } from '../src/cli/process.builder.ts'
import { filesOf, makeRepository, removeTemporaries, temporary, type TestRepository } from './git-repository.builder.ts'

// git is some processes for each look
vi.setConfig({ testTimeout: 60_000 })
afterAll(removeTemporaries)

const root = join(import.meta.dirname, '..')
const seed = readFileSync(join(root, 'examples/acme/world.yaml'), 'utf8')
const acme = filesOf(join(root, 'examples/acme/access'), 'access')

let sandbox: Sandbox
let repository: TestRepository
let cwd: string

beforeEach(async () => {
  sandbox = await openSandbox({ seed, port: 0, host: '127.0.0.1' })
  repository = makeRepository({ ...acme, 'README.md': 'Access' })
  cwd = temporary('git-live')
  cpSync(join(root, 'examples/acme/keys'), join(cwd, 'keys'), { recursive: true })
})
afterEach(() => sandbox.close())

/** `plan` and the like, in an empty directory, on the repository. */
function run(command: string, flags: readonly string[] = [], nowMs = Date.UTC(2026, 10, 20)) {
  const [name = '', ...rest] = command.split(' ')
  const live = ['plan', 'apply', 'drift', 'get', 'doctor'].includes(name) ? ['--sandbox', sandbox.url] : []
  const there = ['--repo', repository.address, '--path', 'access']
  return roster([name, ...rest, ...there, ...live, ...flags], { cwd, nowMs, env: { PATH: environment()['PATH'] } })
}

interface Document {
  readonly exitCode: number
  readonly organizations: readonly {
    readonly summary: Readonly<Record<string, number>>
    readonly scopes: readonly {
      readonly title: string
      readonly digest: string
      readonly held: readonly object[]
      readonly changes: readonly {
        readonly action: string
        readonly title: string
        readonly origin?: { file: string }
      }[]
    }[]
    readonly diagnostics: readonly { readonly code: string; readonly origin?: { readonly file: string } }[]
  }[]
}

const planned = async (flags: readonly string[] = []): Promise<Document> =>
  JSON.parse((await run('plan', ['--json', ...flags])).stdout) as Document

test('the example of docs/git.md works, one command after the other', async () => {
  const page = readFileSync(join(root, 'docs/git.md'), 'utf8')
  const [, block = ''] = /^```\n(roster[\s\S]*?)^```/m.exec(page) ?? []
  const commands = block.trim().split('\n')
  expect(commands.length).toBe(3)
  for (const line of commands) {
    const words = line.replace('https://github.com/acme/access.git', repository.address).split(/\s+/).slice(1)
    const live = words[0] === 'validate' ? [] : ['--sandbox', sandbox.url]
    const { code, stderr } = await roster([...words, ...live], { cwd, env: environment() })
    // 3: held by a guardrail, as on any first run
    expect([0, 3], `${line}\n${stderr}`).toContain(code)
    expect(stderr).toMatch(/^refs\/heads\/main is commit [0-9a-f]{40} of 2026-11-20T00:00:00\.000Z$/m)
  }
  expect(sandbox.journal.writes().length).toBeGreaterThan(0)
})

test('origins are named from the root of the repository', async () => {
  const { stdout } = await run('plan')
  expect(stdout).toMatch(/ access\/teams\/\w+\.yaml:\d+$/m)
  expect(stdout).not.toContain('..')
  expect(stdout).toContain(`--repo ${repository.address} --path access`)
})

test('what one commit gave is withdrawn when the next says nothing of it, from an empty directory', async () => {
  const added = `${head('AtlassianGroupMembership', 'extra')}  group: web-developers\n  authority: Additive\n  members:\n    - user: ana-ruiz\n`
  const isIn = () =>
    sandbox.world.members('web-developers').includes(sandbox.world.account('ana.ruiz@acme.com').accountId)
  await run('apply --yes')
  expect(isIn()).toBe(false)
  repository.commit({ 'access/extra.yaml': added })
  await run('apply --yes')
  expect(isIn()).toBe(true)
  repository.commit({ 'access/extra.yaml': null })
  await run('apply --yes', [], Date.UTC(2026, 10, 20, 1))
  expect(isIn()).toBe(false)
})

const head = (kind: string, name: string): string =>
  `apiVersion: roster.dev/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\nspec:\n`

test('a file stands for its own scopes, with all of the path behind its names', async () => {
  const { organizations } = await planned(['access/teams/web.yaml'])
  const titles = organizations[0]!.scopes.map(({ title }) => title)
  expect(titles.filter((title) => !/web-developers|WEB|Storefront/i.test(title))).toEqual([])
  expect(titles.length).toBeGreaterThan(0)
})

test('a file that is not in the revision is an error, not an empty plan', async () => {
  const { code, stderr } = await run('plan', ['access/teams/wep.yaml'])
  expect(code).toBe(4)
  expect(stderr).toMatch(/access\/teams\/wep\.yaml.*it is not there in commit/)
})

test('what a plan holds passes with the command that it prints', async () => {
  await run('apply --yes')
  await run('apply --yes')
  const held = (await planned()).organizations[0]!.scopes.filter((scope) => scope.held.length > 0)
  const { stdout } = await run('plan')
  const [line] = /roster approve [0-9a-f]{12} .*$/m.exec(stdout) ?? ['']
  const words = line.trim().split(' ').slice(1)
  expect(words.slice(2)).toEqual(['--repo', repository.address, '--path', 'access', '--until', '1h'])
  expect(await roster(words, { cwd, env: environment() })).toMatchObject({ code: 0 })
  const after = (await planned()).organizations[0]!.scopes.filter((scope) => scope.held.length > 0)
  expect(after).toHaveLength(held.length - 1)
})

const others: Readonly<Record<string, { readonly command: string; readonly code: number; readonly says: RegExp }>> = {
  drift: { command: 'drift', code: 3, says: /access\/teams\/\w+\.yaml:\d+/ },
  get: { command: 'get groups', code: 0, says: /^web-developers\b/m },
  doctor: { command: 'doctor', code: 0, says: /^Organization acme$/m },
}

for (const [name, { command, code, says }] of Object.entries(others)) {
  test(`${name} takes the same flags`, async () => {
    const ran = await run(command, [], Date.now())
    expect(ran).toMatchObject({ code, stdout: expect.stringMatching(says) as string })
    expect(ran.stderr).toMatch(/^HEAD is commit [0-9a-f]{40} of /m)
  })
}

test('delegations by path hold, from the directory of the organization', async () => {
  const file = 'access/organization.yaml'
  const to = (path: string) =>
    `  delegations:\n    - { from: { path: ${path} }, groups: ['*'], projects: ['*'], spaces: ['*'], accounts: true, maxLevel: Manager, protectedRoles: [] }\n`
  repository.commit({ [file]: acme[file]!.replace(/^spec:\n/m, `spec:\n${to('teams/web.yaml')}`) })
  const { stdout } = await run('validate', ['--json'])
  const { diagnostics } = JSON.parse(stdout) as Document['organizations'][number]
  const refused = diagnostics.filter(({ code }) => code === 'NOT_DELEGATED').map(({ origin }) => origin!.file)
  expect(refused).toContain('access/teams/mobile.yaml')
  expect(refused).not.toContain('access/teams/web.yaml')
})

test('what somebody proposes on a branch is planned beside the agreed files, and moves no credentials', async () => {
  const file = 'access/organization.yaml'
  const files = { ...acme, 'access/teams/web.yaml': null }
  repository.commit(
    { ...files, [file]: acme[file]!.replace(/directoryId: .*/, 'directoryId: elsewhere') },
    { branch: 'evil' },
  )
  repository.commit(files, { branch: 'good' })
  cpSync(join(root, 'examples/acme/access'), join(cwd, 'agreed/access'), { recursive: true })
  const propose = (branch: string) => run('plan', ['--ref', branch, '--base', 'agreed'])
  const { code, stderr } = await propose('evil')
  expect({ code, reads: sandbox.journal.entries.length }).toEqual({ code: 1, reads: 0 })
  expect(stderr).toMatch(/access\/organization\.yaml:\d+:\d+.*\n?.*directoryId is not as in agreed/)
  expect((await propose('good')).code).toBe(3)
})

test.skipIf(process.geteuid?.() !== 0)('a repository of another user is an error that says so', async () => {
  chownSync(repository.directory, 12345, 12345)
  const { code, stderr } = await run('validate')
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('belongs to another user') as string,
  })
})

test('a clone is a repository too, and its own commits are read, not its files', async () => {
  const clone = temporary('clone')
  execFileSync('git', ['clone', '--quiet', repository.directory, clone], { stdio: 'pipe' })
  writeFileSync(join(clone, 'access/broken.yaml'), 'kind: [')
  const argv = ['validate', '--repo', '.', '--path', 'access']
  expect(await roster(argv, { cwd: clone, env: environment() })).toMatchObject({ code: 0 })
})

const failures: Readonly<Record<string, { readonly flags: readonly string[]; readonly says: RegExp }>> = {
  'a path that is gone': { flags: ['--path', 'acces'], says: /acces does not exist in commit [0-9a-f]{40}/ },
  'a branch that is gone': { flags: ['--ref', 'trunk'], says: /there is no trunk/ },
  'a commit that is not there': { flags: ['--ref', 'a'.repeat(40)], says: /git fetch of file:\S+ failed/ },
  'a signature that is missing': {
    flags: ['--verify', 'ssh', '--signers', join(root, 'package.json')],
    says: /commit [0-9a-f]{40} is not taken: it is not signed/,
  },
  'a file of signers that is missing': {
    flags: ['--verify', 'gpg', '--signers', 'keys.asc'],
    says: /keys\.asc cannot be read \(ENOENT\)/,
  },
  'a signature by nobody in particular': { flags: ['--verify', 'gpg'], says: /--verify and --signers go together/ },
  'a repository that is not there': {
    flags: ['--repo', '/nowhere/access.git'],
    says: /git ls-remote of file:\/\/\/nowhere/,
  },
  'a token in the address': { flags: ['--repo', 'https://ana:sesame@example.com/a'], says: /ROSTER_GIT_TOKEN/ },
}

for (const [name, { flags, says }] of Object.entries(failures)) {
  test(`${name} is an error in one line, and nothing is asked of Atlassian`, async () => {
    const { code, stdout, stderr } = await run('apply --yes', flags)
    expect({ code, stdout, reads: sandbox.journal.entries.length }).toEqual({ code: 1, stdout: '', reads: 0 })
    expect(stderr).toMatch(says)
    expect(stderr).not.toMatch(/sesame|bug in Roster/)
  })
}
