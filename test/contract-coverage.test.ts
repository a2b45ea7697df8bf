import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findSpecFolder, publishedDocuments } from '../src/sandbox/contract-document.builder.ts'
import { loadSpec } from '../src/sandbox/contract-spec.builder.ts'
import { coverageOf, unreviewed, usedIn } from './contract-coverage.builder.ts'
import { gather, leave } from './contract-exercised.builder.ts'
import { pageFor, readPage } from './contract-page.builder.ts'

const folder = findSpecFolder(process.env['ROSTER_SPECS'])

test.runIf(folder)(
  'docs/contract.md is what the contract, the sandbox and its own list of what Roster uses say',
  async () => {
    const [page, published] = [readPage(), loadSpec(publishedDocuments(folder!))]
    expect(unreviewed(coverageOf(published, usedIn(page)))).toEqual({ missing: [], stale: [] })
    expect(page, '`npm run distill` is due').toBe(await pageFor(published, usedIn(page)))
  },
  20_000,
)

test('what workers leave is summed up', () => {
  const left = mkdtempSync(join(tmpdir(), 'roster-left-'))
  leave(join(left, 'one'), { checked: 2, used: ['jira b', 'jira a'], departed: [] })
  leave(join(left, 'one'), { checked: 0, used: [], departed: ['a: b'] })
  leave(join(left, 'other'), { checked: 3, used: ['jira b'], departed: ['a: b'] })
  expect(gather(left)).toEqual({ checked: 5, used: ['jira a', 'jira b'], departed: ['a: b'] })
  rmSync(left, { recursive: true })
})
