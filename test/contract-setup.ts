import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { findSpecFolder, publishedDocuments } from '../src/sandbox/contract-document.builder.ts'
import { loadSpec } from '../src/sandbox/contract-spec.builder.ts'
import { answered, usedIn } from './contract-coverage.builder.ts'
import { gather, type Exercised } from './contract-exercised.builder.ts'
import { pageFor, readPage, writePage } from './contract-page.builder.ts'
import { departures } from './contract-reviewed.builder.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the workers leave what their sandboxes were asked. */
    contractFolder: string
  }
}

/** Around all workers of a run: at its end, what their sandboxes were asked is summed up and held against the page. */
export function setup(project: TestProject): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'roster-contract-'))
  project.provide('contractFolder', folder)
  return async () => {
    const exercised = gather(folder)
    rmSync(folder, { recursive: true })
    if (exercised.checked === 0) return
    await report(exercised, await isWhole(project))
  }
}

/** Whether every test was run, and passed: only then is what was not seen not there. */
async function isWhole(project: TestProject): Promise<boolean> {
  const { vitest } = project
  const modules = vitest.state.getTestModules()
  const all = await vitest.globTestSpecifications()
  return (
    vitest.config.testNamePattern === undefined && modules.length === all.length && modules.every((each) => each.ok())
  )
}

async function report({ checked, used, departed }: Exercised, whole: boolean): Promise<void> {
  const page = readPage()
  const known = usedIn(page)
  const wanted = new Set(whole ? used : [...known, ...used])
  await table(process.env['CONTRACT_TABLE'], wanted)
  const differing = [...wanted]
    .filter((name) => !known.has(name))
    .concat([...known].filter((name) => !wanted.has(name)))
  if (differing.length > 0 && process.env['CONTRACT_TABLE'] !== 'write') {
    fail(`docs/contract.md is out of date in ${differing.join(', ')}: CONTRACT_TABLE=write npx vitest run`)
  }
  const idle = departures
    .map(({ operation, only }) => `${operation}: ${only}`)
    .filter((each) => !departed.includes(each))
  if (whole && idle.length > 0) fail(`a departure that excuses nothing is still listed: ${idle.join(', ')}`)
  tell(
    `contract: ${checked} requests held, of ${used.length} operations that Roster uses; the sandbox answers ${answered.size}`,
  )
}

/** `1` prints docs/contract.md as it would be after this run, `write` writes it. */
async function table(how: string | undefined, used: ReadonlySet<string>): Promise<void> {
  const folder = how === undefined ? undefined : findSpecFolder(process.env['ROSTER_SPECS'])
  if (how === undefined) return
  if (folder === undefined) {
    fail("CONTRACT_TABLE needs Atlassian's files: ROSTER_SPECS names their folder")
    return
  }
  const page = await pageFor(loadSpec(publishedDocuments(folder)), used)
  if (how === 'write') writePage(page)
  else tell(page)
}

function fail(message: string): void {
  tell(message)
  process.exitCode = 1
}

const tell = (text: string): void => void process.stderr.write(`\n${text}\n`)
