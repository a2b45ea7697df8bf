import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import type { Spec } from '../src/sandbox/contract-spec.builder.ts'
import { coverageOf, coveragePage, withGenerated } from './contract-coverage.builder.ts'

const file = join(import.meta.dirname, '../docs/contract.md')

export const readPage = (): string => readFileSync(file, 'utf8')

/** docs/contract.md as it must read where Roster uses these operations. */
export async function pageFor(spec: Spec, used: ReadonlySet<string>): Promise<string> {
  const page = withGenerated(readPage(), coveragePage(coverageOf(spec, used)))
  return format(page, { ...(await resolveConfig(file)), filepath: file })
}

export const writePage = (page: string): void => writeFileSync(file, page)
