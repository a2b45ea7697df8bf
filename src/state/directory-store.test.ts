import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Clock } from '../core/ports.ts'
import { emptyState, LockedError, StateMovedError, type State } from '../core/state.ts'
import { createDirectoryStore } from './directory-store.ts'
import { StateUnreadableError } from './state-document.ts'

let directory: string
const clock: Clock = { now: () => Date.UTC(2026, 10, 25), sleep: async () => {} }

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'roster-state-')), 'state')
})

afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }))

const store = (organization = 'acme') => createDirectoryStore(directory, organization, { clock })
const stateOf = (id: string): State => ({ ...emptyState, approvals: new Map([[id, 1]]) })

test('what was saved is loaded, and nothing before', async () => {
  expect(await store().load()).toEqual(emptyState)
  expect(existsSync(directory)).toBe(false)
  const held = await store().hold()
  await held.save(stateOf('one'))
  expect(await store().load()).toEqual(stateOf('one'))
  await held.save(stateOf('two'))
  await held.release()
  expect(await store().load()).toEqual(stateOf('two'))
  expect(readdirSync(directory)).toEqual(['acme.state.json'])
})

test('of two who want to write one is refused, until the other is done', async () => {
  const held = await store().hold()
  await expect(store().hold()).rejects.toThrow(/--lock-timeout/)
  await expect(store().hold()).rejects.toThrow(LockedError)
  const other = await store('other').hold()
  await other.release()
  await held.save(stateOf('one'))
  await held.release()
  const next = await store().hold()
  await next.release()
  expect(next.state).toEqual(stateOf('one'))
})

test('whose lock is gone writes nothing any more', async () => {
  const held = await store().hold()
  await held.save(stateOf('one'))
  expect(held.isHeld()).toBe(true)
  rmSync(join(directory, 'acme.state.json.lock'))
  expect(held.isHeld()).toBe(false)
  const other = await store().hold()
  await expect(held.save(stateOf('late'))).rejects.toThrow(StateMovedError)
  await held.release()
  expect(other.isHeld()).toBe(true)
  await other.release()
  expect(await store().load()).toEqual(stateOf('one'))
})

test('a state that cannot be read is an error, and leaves neither a lock nor another state', async () => {
  await (await store().hold()).release()
  const file = join(directory, 'acme.state.json')
  writeFileSync(file, '{')
  await expect(store().hold()).rejects.toThrow(StateUnreadableError)
  expect(readFileSync(file, 'utf8')).toBe('{')
  expect(readdirSync(directory)).toEqual(['acme.state.json'])
})
