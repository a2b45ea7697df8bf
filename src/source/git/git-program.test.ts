import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { environment } from '../../config.ts'
import { parseAddress } from './git-address.ts'
import type { GitError } from './git-error.ts'
import { createGit, type GitSettings } from './git-program.ts'

vi.setConfig({ testTimeout: 60_000 })

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'roster-git-program-')))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const address = parseAddress(directory, directory)
const git = (more: Partial<GitSettings> = {}) =>
  createGit({ address, access: {}, env: environment(), directory, ...more })

test('git sees none of the settings of this machine, and no secret of ours', async () => {
  writeFileSync(join(directory, '.gitconfig'), '[user]\n  name = Somebody\n')
  const env = { ...environment(), HOME: directory, GIT_SSH: '/bin/false', GIT_CONFIG_PARAMETERS: "'user.name'='X'" }
  const { exitCode } = await git({ env }).attempt(['config', 'user.name'])
  expect(exitCode).toBe(1)
  const shown = await git({ env: { ...env, ATLASSIAN_TOKEN: 'sesame' } }).run(['-c', 'alias.e=!env', 'e'])
  expect(shown.toString()).not.toMatch(/sesame|GIT_SSH=/)
})

test('a token goes to its own server by a header, never into arguments or output', async () => {
  const access = { credential: async () => ({ username: 'ana', password: 'sesame' }) }
  const https = parseAddress('https://git.example.com/acme/access.git', directory)
  const { stdout } = await git({ address: https, access }).attempt([
    'config',
    '--get-urlmatch',
    'http.extraHeader',
    https.url,
  ])
  expect(stdout.toString()).toBe(
    `Authorization: Basic [secret]\n`.replace('[secret]', Buffer.from('ana:sesame').toString('base64')),
  )
  const elsewhere = await git({ address: https, access }).attempt([
    'config',
    '--get-urlmatch',
    'http.extraHeader',
    'https://example.org/x',
  ])
  expect(elsewhere.stdout.toString()).toBe('')
  const printed = git({ address: https, access }).run([
    '-c',
    'alias.e=!echo fatal: sesame https://x:y@h/ >&2; false',
    'e',
  ])
  await expect(printed).rejects.toMatchObject({ failure: { detail: 'fatal: [secret] https://h/', exitCode: 1 } })
})

test('what takes too long is ended', async () => {
  const endless = git().run(['-c', 'alias.e=!sleep 60', 'e'], { timeoutMs: 100 })
  await expect(endless).rejects.toMatchObject({ failure: { ended: 'time' } })
})

test.skipIf(!existsSync('/proc/self/stat'))('a caller that gives up ends it, with all that it started', async () => {
  const giveUp = new AbortController()
  const file = join(directory, 'pid')
  const helper = `sh -c "echo \\$\\$ > ${file}.part; mv ${file}.part ${file}; exec sleep 60"`
  const stopped = git({ signal: giveUp.signal }).run(['-c', `alias.e=!${helper} & wait`, 'e'])
  const ending = stopped.catch((error: GitError) => error.failure.ended)
  await expect.poll(() => existsSync(file), { timeout: 20_000 }).toBe(true)
  const pid = Number(readFileSync(file, 'utf8'))
  expect(isRunning(pid)).toBe(true)
  giveUp.abort()
  expect(await ending).toBe('stopped')
  await expect.poll(() => isRunning(pid), { timeout: 20_000 }).toBe(false)
})

test('what a caller gave up before is not started', async () => {
  const stopped = git({ signal: AbortSignal.abort() }).run(['-c', 'alias.e=!sleep 60', 'e'])
  await expect(stopped).rejects.toMatchObject({ failure: { ended: 'stopped' } })
})

/** A process that has ended, and that nobody has asked for its end yet, is still listed, as `Z`. */
function isRunning(pid: number): boolean {
  const file = `/proc/${pid}/stat`
  return existsSync(file) && !/\) [ZX] /.test(readFileSync(file, 'utf8'))
}

test('what prints too much is ended', async () => {
  const endless = git().run(['-c', 'alias.e=!yes', 'e'], { mostBytes: 1000 })
  await expect(endless).rejects.toMatchObject({ failure: { ended: 'size' } })
})

test('where there is no git it is said so', async () => {
  await expect(git({ env: { PATH: '/nowhere' } }).run(['version'])).rejects.toThrow(/not on the PATH: install git/)
})
