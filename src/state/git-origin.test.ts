import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { environment } from '../config.ts'
import { GitSettingError } from '../source/git/git-error.ts'
import { readOrigin } from './git-origin.ts'

let root: string
/** Of a machine where nobody has said anything to git. */
let env: Readonly<Record<string, string | undefined>>

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'roster-origin-')))
  env = { PATH: environment()['PATH'], HOME: root, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  mkdirSync(join(root, 'clone/access'), { recursive: true })
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function clone(origin: string | undefined, settings: Readonly<Record<string, string>> = {}): string {
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: join(root, 'clone'), env })
  git('init', '--quiet')
  if (origin !== undefined) git('remote', 'add', 'origin', origin)
  for (const [key, value] of Object.entries(settings)) git('config', key, value)
  return join(root, 'clone/access')
}

const https = 'https://git.acme.com/acme/access.git'
const basic = (text: string): string => Buffer.from(text).toString('base64')

describe('the origin of a clone', () => {
  test('is told with the place in it', async () => {
    const { url, top, gitDirectory, prefix, credential } = await readOrigin(clone('../access.git'), env)
    const place = { top: join(root, 'clone'), gitDirectory: join(root, 'clone/.git'), prefix: 'access/' }
    expect({ url, top, gitDirectory, prefix, credential }).toEqual({ url: '../access.git', ...place })
  })

  const credentials: Readonly<Record<string, { origin: string; settings?: Readonly<Record<string, string>> }>> = {
    'stands in its address, as GitLab leaves it': { origin: 'https://ana:s%20cret@git.acme.com/acme/access.git' },
    'is a header in its settings, as GitHub leaves it': {
      origin: https,
      settings: { 'http.https://git.acme.com/.extraheader': `AUTHORIZATION: basic ${basic('ana:s cret')}` },
    },
    'is what a credential helper of its user tells': {
      origin: https,
      settings: { 'credential.helper': '!echo username=ana; echo password="s cret"; :' },
    },
  }
  test.each(Object.entries(credentials))('has a credential that %s', async (_, { origin, settings }) => {
    const { url, credential } = await readOrigin(clone(origin, settings), env)
    expect(url).toBe(https)
    expect(await credential?.()).toEqual({ username: 'ana', password: 's cret' })
  })

  const without: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'nobody has said anything': {},
    'the header is for another host': {
      'http.https://other.acme.com/.extraheader': `AUTHORIZATION: basic ${basic('ana:s cret')}`,
    },
    'the header is of another scheme': { 'http.extraheader': 'AUTHORIZATION: bearer abc' },
  }
  test.each(Object.entries(without))('has no credential where %s', async (_, settings) => {
    expect(await readOrigin(clone(https, settings), env)).not.toHaveProperty('credential')
  })

  test('is where it is pushed to', async () => {
    const { url } = await readOrigin(clone(https, { 'remote.origin.pushurl': '/srv/access.git' }), env)
    expect(url).toBe('/srv/access.git')
  })

  test('is missed by its name', async () => {
    await expect(readOrigin(clone(undefined), env)).rejects.toThrow(/no remote that is called origin/)
  })

  test('cannot be where there is no clone', async () => {
    await expect(readOrigin(root, env)).rejects.toThrow(GitSettingError)
  })
})
