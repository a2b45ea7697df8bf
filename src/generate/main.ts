import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { kinds } from '../kinds/index.ts'
import { generatedFiles, generatedFolders } from './files.ts'

/** `node src/generate/main.ts` writes the generated files; with `--check` it names those that differ, and exits with 1. */
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
const root = join(import.meta.dirname, '../..')
const files = generatedFiles(kinds)
const present = await presentFiles()
const stale = [...present].filter(([path, text]) => files.get(path) !== text).map(([path]) => path)
const missing = [...files.keys()].filter((path) => !present.has(path))
const differing = [...stale, ...missing].toSorted()

if (values.check) {
  for (const path of differing) process.stderr.write(`${path} is not what \`npm run generate\` writes\n`)
  if (differing.length > 0) process.exitCode = 1
} else {
  for (const path of differing) {
    const text = files.get(path)
    if (text === undefined) await rm(join(root, path))
    else await writeFile(join(root, path), text)
    process.stdout.write(`${text === undefined ? 'removed' : 'wrote'} ${path}\n`)
  }
}

async function presentFiles(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const folder of generatedFolders) {
    await mkdir(join(root, folder), { recursive: true })
    for (const name of await readdir(join(root, folder))) {
      found.set(`${folder}/${name}`, await readFile(join(root, folder, name), 'utf8'))
    }
  }
  return found
}
