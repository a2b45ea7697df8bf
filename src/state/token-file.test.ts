import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Clock } from '../core/ports.ts'
import { createTokenFile } from './token-file.ts'

let directory: string
let nowMs: number
const clock: Clock = { now: () => nowMs, sleep: async (ms) => void (nowMs += ms) }

beforeEach(() => {
  nowMs = Date.UTC(2026, 10, 25)
  directory = mkdtempSync(join(tmpdir(), 'roster-token-'))
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

const at = { organization: 'acme', site: 'acme', issuer: 'https://auth.atlassian.com' }
const tokenFile = (issuer = at.issuer) => createTokenFile<{ secret: string }>({ directory, ...at, issuer }, clock)
const path = () => join(directory, 'acme.acme.auth.atlassian.com.token.json')

describe('a token file', () => {
  test('gives back what was saved, and nothing before', async () => {
    expect(await tokenFile().load()).toBeUndefined()
    await tokenFile().save({ secret: 'a' })
    expect(await tokenFile().load()).toEqual({ secret: 'a' })
  })

  test('may be read by its owner only, also where a crash left a wider one', async () => {
    writeFileSync(`${path()}.new`, '', { mode: 0o644 })
    await tokenFile().save({ secret: 'a' })
    expect(statSync(path()).mode & 0o777).toBe(0o600)
  })

  test.skipIf(process.platform === 'win32')('that others may read is refused, with the way out', async () => {
    await tokenFile().save({ secret: 'a' })
    chmodSync(path(), 0o640)
    await expect(tokenFile().load()).rejects.toThrow(/may be read by others \(mode 640\): chmod 600/)
  })

  test('that is damaged is refused without its content', async () => {
    writeFileSync(path(), '{"token": "secret-', { mode: 0o600 })
    const error = await tokenFile().load().catch(String)
    expect(error).toMatch(/delete it and run roster login/)
    expect(error).not.toContain('secret-')
  })

  test('of a sandbox stands beside the real one', async () => {
    await tokenFile().save({ secret: 'real' })
    await tokenFile('http://127.0.0.1:8080').save({ secret: 'sandbox' })
    expect(await tokenFile().load()).toEqual({ secret: 'real' })
  })

  test('is kept out of a repository', async () => {
    await tokenFile().save({ secret: 'a' })
    expect(readFileSync(join(directory, '.gitignore'), 'utf8')).toBe('*.token.json*\n')
  })

  test('lets one work at it at a time', async () => {
    let [running, most] = [0, 0]
    const work = async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
    }
    await Promise.all(Array.from({ length: 5 }, () => tokenFile().exclusively(work)))
    expect(most).toBe(1)
    expect(readdirSync(directory)).toEqual(['.gitignore'])
  })
})
