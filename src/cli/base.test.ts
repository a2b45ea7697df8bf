import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { acme, roster, type Ran } from './process.builder.ts'
import { openSandbox, type Sandbox } from './sandbox-server.ts'

let sandbox: Sandbox
const agreed = acme()
beforeAll(async () => {
  const seed = readFileSync(join(agreed, 'world.yaml'), 'utf8')
  sandbox = await openSandbox({ seed, port: 0, host: '127.0.0.1' })
})
afterAll(() => sandbox.close())

const file = 'access/organization.yaml'
const organization = readFileSync(join(agreed, file), 'utf8')

const changed = (from: string, to: string): string => {
  if (!organization.includes(from)) throw new Error(`${from} is not in ${file}`)
  return organization.replace(from, to)
}

function plan(files: Readonly<Record<string, string>>): Promise<Ran> {
  const argv = ['plan', 'access', '--base', agreed, '--sandbox', sandbox.url, '-o', 'markdown']
  return roster(argv, { cwd: acme(files) })
}

const stranger = changed('name: acme\nspec', 'name: stranger\nspec').replaceAll(
  'http://127.0.0.1:8080',
  'https://evil.example',
)

/** What somebody proposes, and where it is told. */
const proposals: Readonly<Record<string, { readonly files: Readonly<Record<string, string>>; readonly at: string }>> = {
  'another address of the API': {
    files: { [file]: changed('    api: http://127.0.0.1:8080\n', '    api: https://evil.example\n') },
    at: `${file}:12:3`,
  },
  'another address of a site': {
    files: { [file]: changed('url: http://127.0.0.1:8080/sites/acme', 'url: https://evil.example') },
    at: `${file}:9:3`,
  },
  'another file as a secret': {
    files: { [file]: changed('file: ../keys/scim-key', 'file: /etc/shadow') },
    at: `${file}:18:3`,
  },
  'no addresses at all': {
    files: {
      [file]: changed(
        '  endpoints: # leave out to talk to Atlassian\n    api: http://127.0.0.1:8080\n    auth: http://127.0.0.1:8080\n',
        '',
      ),
    },
    at: `${file}:6:1`,
  },
  'an organization more': { files: { 'access/teams/zoe.yaml': stranger }, at: 'access/teams/zoe.yaml:2:1' },
  'an organization more, whose kind is written in a way of its own': {
    files: {
      'access/teams/zoe.yaml': stranger.replace('kind: AtlassianOrganization', 'kind: "Atlassian\\u004Frganization"'),
    },
    at: 'access/teams/zoe.yaml:2:1',
  },
  'the same organization twice': {
    files: { 'access/teams/zoe.yaml': stranger.replace('name: stranger', 'name: acme') },
    at: 'access/teams/zoe.yaml:9:3',
  },
}

test.each(Object.entries(proposals))(
  '%s: nobody is asked anything, and its place is told',
  async (_, { files, at }) => {
    const { code, stdout, stderr } = await plan(files)
    expect({ code, requests: sandbox.journal.entries.length }).toEqual({ code: 1, requests: 0 })
    expect(stdout).toContain('Roster: nothing could be planned')
    expect(stdout).toContain(`${at} error[CREDENTIALS_MOVED]`)
    expect(stderr).toContain('it decides where credentials go')
  },
)

test('guardrails, delegations and all that is no organization may be proposed', async () => {
  const looser = changed('maxPercent: 25', 'maxPercent: 90')
  const { code, stdout } = await plan({ [file]: looser, 'access/teams/web.yaml': '' })
  expect({ code, planned: stdout.includes('Roster plan for <code>acme</code>') }).toEqual({ code: 4, planned: true })
  expect(sandbox.journal.entries.length).toBeGreaterThan(0)
})

test('where what was agreed to cannot be read, nothing is asked', async () => {
  const before = sandbox.journal.entries.length
  const { code, stdout } = await roster(['plan', 'access', '--base', 'nowhere', '--sandbox', sandbox.url], {
    cwd: agreed,
  })
  expect({ code, stdout, requests: sandbox.journal.entries.length - before }).toEqual({
    code: 1,
    stdout: '',
    requests: 0,
  })
})
