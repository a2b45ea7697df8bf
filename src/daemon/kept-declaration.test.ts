import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { createLog } from '../report/log.ts'
import { createKeptDeclaration } from './kept-declaration.ts'
import type { Snapshot } from './snapshot.ts'

let directory: string
let lines: string[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'roster-kept-'))
  lines = []
})

const file = (): string => join(directory, 'daemon.declaration.json')

const kept = (id = 'this') => {
  const write = (line: string): void => void lines.push(line)
  const clock = { now: () => 0, sleep: async () => {} }
  return createKeptDeclaration({ directory, id, log: createLog({ write, level: 'info', format: 'json', clock }) })
}

const snapshot = (commit: string): Snapshot => ({
  commit,
  root: '/access',
  declaration: { manifests: [], diagnostics: [], texts: new Map([['a.yaml', commit]]) },
  cwd: '/',
  source: '.',
  store: () => {
    throw new Error('nobody asks for the state here')
  },
  tokens: () => {
    throw new Error('nobody asks for tokens here')
  },
})

test('the last one that was saved is loaded, by the same source', async () => {
  const one = kept()
  one.save(snapshot('a'))
  one.save(snapshot('b'))
  await one.settled()
  expect(await kept().load()).toEqual({ commit: 'b', root: '/access', texts: new Map([['a.yaml', 'b']]) })
  expect(await kept('that').load()).toBeUndefined()
})

test('its owner alone may read it', async () => {
  const one = kept()
  one.save(snapshot('a'))
  await one.settled()
  expect(statSync(file()).mode & 0o777).toBe(0o600)
})

test('without a file, or with one that is none, there is nothing', async () => {
  expect(await kept().load()).toBeUndefined()
  writeFileSync(file(), '{"formatVersion":"1","id":')
  expect(await kept().load()).toBeUndefined()
})

test('a file of a later version is left alone until the next declaration', async () => {
  writeFileSync(file(), JSON.stringify({ formatVersion: '2', id: 'this' }))
  expect(await kept().load()).toBeUndefined()
  expect(readFileSync(file(), 'utf8')).toContain('"2"')
})

test('a disk that takes nothing is logged, and stops nothing', async () => {
  rmSync(directory, { recursive: true })
  const one = kept()
  one.save(snapshot('a'))
  await one.settled()
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('the declaration in force cannot be kept for a restart')
})
