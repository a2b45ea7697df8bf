import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseWorldSeed } from '../src/sandbox/world-seed.ts'
import { examples, runCommand, today, type Ran } from './command-line.builder.ts'
import { startHeldSandbox } from './contract-run.builder.ts'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'roster-init-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const acme = ['--organization-id', '3f5c0001', '--site', 'acme=https://acme.atlassian.net', '--email', 'svc@acme.com']

const init = (...flags: readonly string[]): Promise<Ran> =>
  runCommand(['init', 'repository', ...flags], { cwd: folder })
const validate = (): Promise<Ran> => runCommand(['validate', 'access'], { cwd: join(folder, 'repository') })
const read = (path: string): string => readFileSync(join(folder, 'repository', path), 'utf8')
const write = (path: string, text: string): void => writeFileSync(join(folder, 'repository', path), text)
const usedActions = (text: string): readonly string[] =>
  [...text.matchAll(/uses: (\S+@[0-9a-f]{40} # v[\d.]+)$/gm)].map(([, action]) => action!)
const filesBelow = (path: string): readonly string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name).slice(path.length + 1))
    .toSorted()

test('an access repository has what a team needs, and is valid', async () => {
  expect(await init(...acme)).toMatchObject({ code: 0, stderr: '' })
  expect(filesBelow(join(folder, 'repository'))).toEqual([
    '.gitattributes',
    '.github/pull_request_template.md',
    '.github/workflows/apply.yml',
    '.github/workflows/drift.yml',
    '.github/workflows/plan.yml',
    '.gitignore',
    '.gitlab-ci.yml',
    '.gitlab/merge_request_templates/Default.md',
    'CODEOWNERS',
    'README.md',
    'access/organization.yaml',
    'access/teams/example/README.md',
    'access/teams/example/team.yaml.example',
    'package.json',
    'schemas/atlassian-group-membership.schema.json',
    'schemas/atlassian-group.schema.json',
    'schemas/atlassian-organization.schema.json',
    'schemas/atlassian-user.schema.json',
    'schemas/confluence-space-grant.schema.json',
    'schemas/jira-role-binding.schema.json',
    'schemas/roster.schema.json',
  ])
  expect(await validate()).toMatchObject({
    code: 0,
    stdout: '1 manifest in 1 file: no mistakes. Next: roster plan access\n',
  })
  expect(read('CODEOWNERS')).toContain('* @acme/security\n')
})

const answers: Readonly<Record<string, readonly string[]>> = {
  'an organization without a site': ['--organization-id', '3f5c0001'],
  'two sites, by SCIM': [
    ...acme,
    '--site',
    'labs=https://labs.atlassian.net',
    '--provisioning',
    'SCIM',
    '--scim-directory-id',
    '83bb0001',
  ],
  'ids of digits alone, and an owner on GitLab': [
    '--organization-id',
    '12345678',
    '--provisioning',
    'SCIM',
    '--scim-directory-id',
    '0017',
    '--owner',
    '@acme/it/security',
    '--name',
    'acme',
  ],
}

test.each(Object.entries(answers))('%s: valid', async (_, flags) => {
  expect(await init(...flags)).toMatchObject({ code: 0, stderr: '' })
  expect(await validate()).toMatchObject({ code: 0, stderr: '' })
})

const wrong: Readonly<Record<string, { readonly flags: readonly string[]; readonly says: string }>> = {
  'no organization': { flags: [], says: '--organization-id <id>' },
  'an id that is none': { flags: ['--organization-id', 'o/1'], says: 'spec.organizationId: ' },
  'a site without its address': { flags: ['--organization-id', 'o', '--site', 'acme'], says: 'acme=https://' },
  'a site over http': {
    flags: ['--organization-id', 'o', '--site', 'acme=http://acme.atlassian.net', '--email', 'svc@acme.com'],
    says: 'spec.sites.0.url: ',
  },
  'a site twice': { flags: [...acme, '--site', 'acme=https://b.atlassian.net'], says: '"acme" is here twice' },
  'a site without the account of its token': {
    flags: ['--organization-id', 'o', '--site', 'acme=https://acme.atlassian.net'],
    says: '--site needs --email',
  },
  'SCIM without its directory': { flags: [...acme, '--provisioning', 'SCIM'], says: 'needs --scim-directory-id' },
  'a directory without SCIM': { flags: [...acme, '--scim-directory-id', 's'], says: 'is for --provisioning SCIM' },
  'an owner that would be two': { flags: [...acme, '--owner', '@a @b'], says: '--owner @a @b: write' },
  'an owner of two lines': { flags: [...acme, '--owner', '@a\n* @b'], says: 'write @acme/security' },
  'an address that is YAML': { flags: [...acme.slice(0, 4), '--email', 'a@b.c\nx: y'], says: 'apiToken.email: ' },
  'an action by tag': { flags: [...acme, '--action', 'acme/roster@v1'], says: 'the 40 digits of a commit' },
  'a name that is none': { flags: [...acme, '--name', 'Acme & Co'], says: 'metadata.name' },
}

test.each(Object.entries(wrong))('%s is told, and nothing is written', async (_, { flags, says }) => {
  const { code, stdout, stderr } = await init(...flags)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain(says)
  expect(filesBelow(folder)).toEqual([])
})

test('a directory that holds something is refused, and left as it is', async () => {
  mkdirSync(join(folder, 'repository'))
  write('notes.txt', 'mine')
  const { code, stderr } = await init(...acme)
  expect(code).toBe(1)
  expect(stderr).toContain('repository is not empty: notes.txt')
  expect(filesBelow(folder)).toEqual(['repository/notes.txt'])
})

test('a directory that holds .git alone is taken', async () => {
  mkdirSync(join(folder, 'repository/.git'), { recursive: true })
  expect(await init(...acme)).toMatchObject({ code: 0 })
})

test('every editor line of the repository leads to its schema', async () => {
  await init(...acme)
  const found = filesBelow(join(folder, 'repository/access')).flatMap((path) => {
    const [, schema] = /^# yaml-language-server: \$schema=(.*)$/m.exec(read(`access/${path}`)) ?? []
    return schema === undefined ? [] : [join('access', dirname(path), schema)]
  })
  expect(found).toEqual(['schemas/roster.schema.json', 'schemas/roster.schema.json'])
})

test('the workflows use the same commits of other actions as the action of Roster and its example', async () => {
  await init(...acme)
  const used = ['plan', 'apply', 'drift'].flatMap((name) => usedActions(read(`.github/workflows/${name}.yml`)))
  const ours = ['.github/actions/roster/action.yml', 'examples/github/roster.yml'].flatMap((path) =>
    usedActions(readFileSync(join(examples, '..', path), 'utf8')),
  )
  expect(used.length).toBeGreaterThan(0)
  expect(used.filter((each) => !ours.includes(each))).toEqual([])
})

const place = `acme/roster@${'1f'.repeat(20)}`

test('with --action there is one workflow, that of the example, with the secrets of the organization', async () => {
  await init(...acme, '--provisioning', 'SCIM', '--scim-directory-id', 's', '--action', place)
  expect(filesBelow(join(folder, 'repository/.github/workflows'))).toEqual(['roster.yml'])
  const text = read('.github/workflows/roster.yml')
  expect(text).not.toMatch(/OWNER|0{40}/)
  const { jobs } = parse(text) as { jobs: Record<string, { steps: { uses: string; env?: object }[] }> }
  const steps = Object.values(jobs).flatMap((job) => job.steps.filter(({ uses }) => uses.includes('/actions/roster@')))
  expect(new Set(steps.map(({ uses }) => uses))).toEqual(new Set([place.replace('@', '/.github/actions/roster@')]))
  const names = ['ATLASSIAN_ORGANIZATION_KEY', 'ATLASSIAN_SCIM_KEY', 'ATLASSIAN_API_TOKEN']
  expect(steps.map(({ env }) => Object.keys(env ?? {}))).toEqual([[], names, names, names, names])
})

test('the example of a team is valid as soon as it is a manifest, and may not go beyond its delegation', async () => {
  await init(...acme)
  const example = join(folder, 'repository/access/teams/example')
  renameSync(join(example, 'team.yaml.example'), join(example, 'team.yaml'))
  expect(await validate()).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('5 manifests in 2 files') as string,
  })
  const team = read('access/teams/example/team.yaml')
  write('access/teams/example/team.yaml', team.replace('role: Developers', 'role: Administrators'))
  const { code, stdout } = await validate()
  expect(code).toBe(1)
  expect(stdout).toContain('NOT_DELEGATED')
  // the same file in a folder that nobody was given
  write('access/teams/example/team.yaml', team)
  renameSync(example, join(folder, 'repository/access/teams/payments'))
  expect((await validate()).stdout).toContain('NOT_DELEGATED')
})

test(
  'what an import writes into the repository is delegated where it stands, and the plan is empty',
  { timeout: 60_000 },
  async () => {
    cpSync(examples, join(folder, 'examples'), { recursive: true })
    const world = parseWorldSeed(readFileSync(join(folder, 'examples/acme/world.yaml'), 'utf8'))
    const sandbox = await startHeldSandbox({ world, now: () => today })
    const keys = { ORGANIZATION_KEY: 'organization-api-key', SCIM_KEY: 'scim-key', API_TOKEN: 'api-token' }
    const env = Object.fromEntries(
      Object.entries(keys).map(([name, file]) => [
        `ATLASSIAN_${name}`,
        readFileSync(join(folder, 'examples/acme/keys', file), 'utf8').trim(),
      ]),
    )
    const ids =
      '--organization-id ccf16b17-e952-4667-9de0-c4ef2b2ac660 --scim-directory-id 83bbd3fd-f940-40d1-81b4-8a0d60c7a0a0'
    const rest = '--provisioning SCIM --site acme=https://acme.atlassian.net --email svc-access@acme.com'
    await init(...`${ids} ${rest}`.split(' '))
    const there = (command: string): Promise<Ran> =>
      runCommand([...command.split(' '), 'access', '--sandbox', sandbox.url], { cwd: join(folder, 'repository'), env })
    expect(await there('doctor')).toMatchObject({ code: 0 })
    const imported = await there('import')
    expect(imported).toMatchObject({ code: 0, stderr: '' })
    expect(imported.stdout).toContain('Check: the new files add nothing to the plan, which is empty.')
    // who is an admin of the organization is never delegated, so that stands beside the organization
    const files = filesBelow(join(folder, 'repository/access')).filter((path) => path.endsWith('.yaml'))
    expect(files.filter((path) => !path.includes('/'))).toEqual(['organization.yaml', 'teams-site-admins.yaml'])
    expect(files.length).toBeGreaterThan(20)
    for (const path of files) {
      const [, schema] = /^# yaml-language-server: \$schema=(.*)$/m.exec(read(`access/${path}`)) ?? []
      expect(join('access', dirname(path), schema!)).toBe('schemas/roster.schema.json')
    }
    expect(await validate()).toMatchObject({ code: 0 })
    expect((await there('plan --detailed-exitcode')).code).toBe(0)
    await sandbox.close()
  },
)
