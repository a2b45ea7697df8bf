import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { environment } from '../../config.ts'
import { parseAddress } from './git-address.ts'
import { createGit, type GitSettings } from './git-program.ts'

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'roster-git-program-')))
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

test('what takes too long is ended with all that it started', async () => {
  const mark = join(directory, 'alive')
  const endless = git().run(['-c', `alias.e=!sh -c "sleep 60; touch ${mark}" & wait`, 'e'], { timeoutMs: 300 })
  await expect(endless).rejects.toMatchObject({ failure: { ended: 'time' } })
})

test('a caller that gives up ends it', async () => {
  const stopped = git({ signal: AbortSignal.abort() }).run(['-c', 'alias.e=!sleep 60', 'e'])
  await expect(stopped).rejects.toMatchObject({ failure: { ended: 'stopped' } })
})

test('what prints too much is ended', async () => {
  const endless = git().run(['-c', 'alias.e=!yes', 'e'], { mostBytes: 1000 })
  await expect(endless).rejects.toMatchObject({ failure: { ended: 'size' } })
})

test('where there is no git it is said so', async () => {
  await expect(git({ env: { PATH: '/nowhere' } }).run(['version'])).rejects.toThrow(/not on the PATH: install git/)
})
