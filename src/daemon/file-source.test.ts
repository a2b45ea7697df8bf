import { mkdtempSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../core/diagnostic.ts'
import type { InForce } from '../source/git/revision.ts'
import { createFileSource } from './file-source.ts'
import type { Snapshot } from './snapshot.ts'

type Read = { readonly text: string; readonly diagnostics?: readonly Diagnostic[] }

const isMissing = (): never => {
  throw new Error('nobody asks for this here')
}

function source(reads: readonly Read[], directory = '/access') {
  const rest = [...reads]
  let last = rest[0]!
  let sleeps = 0
  const read = async (): Promise<Omit<Snapshot, 'commit'>> => {
    last = rest.shift() ?? last
    const { text, diagnostics = [] } = last
    const declaration = { manifests: [], diagnostics, texts: new Map([['a.yaml', text]]) }
    return { declaration, cwd: '/', root: '/access', source: '.', store: isMissing, tokens: isMissing }
  }
  const clock = { now: () => 0, sleep: async () => void (sleeps += 1) }
  const opened = createFileSource({ id: 'x', directory, read, recall: isMissing, clock })
  return { ...opened, sleeps: () => sleeps }
}

const mistake: Diagnostic = {
  code: 'YAML_SYNTAX',
  severity: 'error',
  message: 'is no YAML',
  origin: { file: 'a.yaml', line: 3, column: 7 },
}

const look = (reads: readonly Read[], inForce: InForce<Snapshot> = {}) => source(reads).look(inForce)
const commitOf = async (read: Read): Promise<string> => {
  const found = await look([read])
  return 'taken' in found ? found.taken.commit : isMissing()
}

describe('the files of a directory', () => {
  test('are taken once they have rested', async () => {
    const opened = source([{ text: 'half' }, { text: 'all' }, { text: 'all' }])
    const found = await opened.look({})
    expect(found).toMatchObject({ taken: { declaration: { texts: new Map([['a.yaml', 'all']]) } } })
    expect(opened.sleeps()).toBe(2)
  })

  test('are not taken while they never rest', async () => {
    const found = await look(Array.from({ length: 60 }, (_, index) => ({ text: String(index) })))
    expect(found).toMatchObject({ refused: { reason: 'UNREACHABLE' } })
  })

  test('are the same revision as long as their texts are', async () => {
    expect(await commitOf({ text: 'one' })).toBe(await commitOf({ text: 'one' }))
    expect(await commitOf({ text: 'one' })).not.toBe(await commitOf({ text: 'two' }))
  })

  test('are read again for nothing where they are in force, or were refused as they are', async () => {
    const commit = await commitOf({ text: 'one' })
    const good = { commit } as Snapshot
    expect(await look([{ text: 'one' }], { good })).toEqual({ unchanged: commit })
    const refusal = { reason: 'NOT_PARSED', message: '', commit, sinceMs: 0, times: 1 } as const
    expect(await look([{ text: 'one' }], { refused: refusal })).toEqual({ unchanged: commit })
  })

  test('are refused where one cannot be parsed, with its place', async () => {
    const found = await look([{ text: 'one', diagnostics: [mistake, mistake] }])
    expect(found).toMatchObject({
      refused: { reason: 'NOT_PARSED', message: 'a.yaml:3:7 is no YAML (and 1 more)' },
    })
  })

  test('are another revision when a file cannot be read any more', async () => {
    const refused = await look([{ text: 'one', diagnostics: [mistake] }])
    expect('refused' in refused && refused.refused.commit).not.toBe(await commitOf({ text: 'one' }))
  })

  test('ask for a look when one is written, and not for what is hidden', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'roster-watch-'))
    let calls = 0
    const end = source([{ text: '' }], directory).watch(() => void (calls += 1))
    const names = new Set<string | null>()
    const own = watch(directory, (_, name) => void names.add(name))
    writeFileSync(join(directory, '.hidden.yaml'), '')
    await expect.poll(() => names).toContain('.hidden.yaml')
    expect(calls).toBe(0)
    writeFileSync(join(directory, 'seen.yaml'), '')
    await expect.poll(() => calls).toBeGreaterThan(0)
    own.close()
    end()
  })

  test('that are not there are watched by the poll alone', () => {
    expect(() => source([{ text: '' }], '/nowhere/access').watch(() => {})()).not.toThrow()
  })
})
