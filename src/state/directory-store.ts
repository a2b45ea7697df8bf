import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { emptyState, type StateStore } from '../core/state.ts'
import { parseState, stateText } from './state-document.ts'

/** State as one JSON file per organization in a directory, replaced as a whole: a crash leaves the old or the new one. */
export function createDirectoryStore(directory: string, organization: string): StateStore {
  const file = join(directory, `${encodeURIComponent(organization)}.state.json`)
  return {
    async load() {
      const text = await readIfThere(file)
      return text === undefined ? emptyState : parseState(text, file)
    },
    async save(state) {
      await mkdir(directory, { recursive: true })
      await writeFile(`${file}.new`, stateText(state), { mode: 0o600 })
      await rename(`${file}.new`, file)
    },
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
