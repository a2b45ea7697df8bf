import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { emptyState, StateMovedError, type State, type StateStore } from '../core/state.ts'
import { holdLock, type LockOptions } from './lock-file.ts'
import { replaceFile } from './replace-file.ts'
import { parseState, stateText } from './state-document.ts'

const checkpointMs = 1_000
const advice = '; --lock-timeout 5m waits for it'

export type StoreOptions = Omit<LockOptions, 'advice'>

/**
 * State as one JSON file per organization in a directory, replaced as a whole: a crash leaves the old or the new one. Who
 * writes it has the lock file beside it.
 */
export function createDirectoryStore(directory: string, organization: string, options: StoreOptions): StateStore {
  const file = join(directory, `${encodeURIComponent(organization)}.state.json`)
  const load = async (): Promise<State> => {
    const text = await readIfThere(file)
    return text === undefined ? emptyState : parseState(text, file)
  }
  return {
    load,
    async hold() {
      await mkdir(directory, { recursive: true })
      const lock = await holdLock(`${file}.lock`, { ...options, advice })
      const save = async (state: State): Promise<void> => {
        if (!lock.isHeld()) throw new StateMovedError(`${file}.lock is not ours any more: plan again`)
        await replaceFile(file, stateText(state))
      }
      try {
        return { state: await load(), checkpointMs, isHeld: lock.isHeld, save, release: lock.release }
      } catch (error) {
        await lock.release()
        throw error
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
