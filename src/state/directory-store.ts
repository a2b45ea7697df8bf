import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../core/ports.ts'
import { emptyState, type State, type StateStore } from '../core/state.ts'
import { holdLock } from './lock-file.ts'
import { parseState, stateText } from './state-document.ts'

const checkpointMs = 1_000

/** State as one JSON file per organization in a directory, replaced as a whole: a crash leaves the old or the new one. */
export function createDirectoryStore(directory: string, organization: string, clock: Clock): StateStore {
  const file = join(directory, `${encodeURIComponent(organization)}.state.json`)
  const load = async (): Promise<State> => {
    const text = await readIfThere(file)
    return text === undefined ? emptyState : parseState(text, file)
  }
  return {
    load,
    async hold() {
      await mkdir(directory, { recursive: true })
      const release = await holdLock(`${file}.lock`, clock)
      return {
        state: await load(),
        checkpointMs,
        isHeld: () => true,
        save: async (state) => {
          await writeFile(`${file}.new`, stateText(state), { mode: 0o600 })
          await rename(`${file}.new`, file)
        },
        release,
      }
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
