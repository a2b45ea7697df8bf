import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'roster-packed-'))
const installed = join(folder, 'node_modules/roster')

type Result = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Runs the installed program as its bin link would, under the Node of this test run, and gives what it said. */
async function roster(...args: readonly string[]): Promise<Result> {
  // the packed program must not find the pinned Node of this clone, nor colours and settings of the one who runs the tests
  const env = { PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter), HOME: folder, NO_COLOR: '1' }
  const command = [join(folder, 'node_modules/.bin/roster'), ...args]
  return run(process.execPath, command, { cwd: folder, env, timeout: 120_000 }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Result) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  )
}

beforeAll(async () => {
  await run('npm', ['pack', '--pack-destination', folder], { cwd: root })
  const { version } = (await import('../package.json', { with: { type: 'json' } })).default
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  await run('npm', ['install', '--prefer-offline', '--loglevel=error', `roster-${version}.tgz`], { cwd: folder })
}, 300_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the package carries compiled JavaScript and what the commands read, and neither sources nor tests', () => {
  const found = [
    'bin',
    'dist',
    'crds',
    'schemas',
    'examples/acme',
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    'src',
    'test',
  ]
  expect(found.filter((name) => existsSync(join(installed, name)))).toEqual(found.slice(0, -2))
})

test('roster --help names the commands', async () => {
  const { code, stdout } = await roster('--help')
  expect({ code, namesPlan: stdout.includes('plan') }).toEqual({ code: 0, namesPlan: true })
})

test('roster validate accepts the example that the package brings', async () => {
  expect(await roster('validate', join(installed, 'examples/acme/access'))).toMatchObject({ code: 0 })
})

test(
  'roster init of the package writes a repository that is valid, with its schemas',
  { timeout: 60_000 },
  async () => {
    const site = ['--site', 'acme=https://acme.atlassian.net', '--email', 'svc@acme.com']
    expect(await roster('init', 'access-repo', '--organization-id', '3f5c0001', ...site)).toMatchObject({ code: 0 })
    expect(existsSync(join(folder, 'access-repo/schemas/roster.schema.json'))).toBe(true)
    expect(await roster('validate', join(folder, 'access-repo/access'))).toMatchObject({ code: 0 })
    const action = ['--action', `acme/roster@${'1f'.repeat(20)}`]
    expect(await roster('init', 'with-action', '--organization-id', '3f5c0001', ...action)).toMatchObject({ code: 0 })
  },
)

test('roster demo runs to its end', { timeout: 180_000 }, async () => {
  expect(await roster('demo')).toMatchObject({ code: 0 })
})
