import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { distill } from '../src/sandbox/contract-distill.builder.ts'
import {
  distilledFolder,
  findSpecFolder,
  operationsFile,
  publishedDocuments,
} from '../src/sandbox/contract-document.builder.ts'
import { operationNames } from '../src/sandbox/contract-names.builder.ts'
import { loadSpec } from '../src/sandbox/contract-spec.builder.ts'
import { usedIn } from '../test/contract-coverage.builder.ts'
import { pageFor, readPage, writePage } from '../test/contract-page.builder.ts'

// oxlint-disable-next-line node/no-process-env
const folder = findSpecFolder(process.env['ROSTER_SPECS'])
if (folder === undefined) {
  console.error("Atlassian's OpenAPI files and their overlay.json are not there: set ROSTER_SPECS to their folder")
  process.exitCode = 1
} else {
  rmSync(distilledFolder, { recursive: true, force: true })
  mkdirSync(distilledFolder)
  const documents = publishedDocuments(folder)
  for (const [file, text] of Object.entries(distill(documents))) {
    writeFileSync(resolve(distilledFolder, file), text)
    console.log(`${file}: ${Math.ceil(text.length / 1024)} KiB`)
  }
  writeFileSync(operationsFile, operationNames(documents))
  writePage(await pageFor(loadSpec(documents), usedIn(readPage())))
}
