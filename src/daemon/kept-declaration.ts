import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../report/log.ts'
import { replaceFile } from '../state/replace-file.ts'
import type { Kept, Snapshot } from './snapshot.ts'

/** The declaration in force, beside the state: a restart must not fall behind it because the newest one is bad. */
export interface KeptDeclaration {
  /** Undefined where there is none of this source. */
  readonly load: () => Promise<Kept | undefined>
  /** Replaces the one before, in the order of the calls. Failures are logged: nothing rests on it before a restart. */
  readonly save: (snapshot: Snapshot) => void
  /** Resolves when the last one is on the disk. */
  readonly settled: () => Promise<void>
}

interface Stored {
  readonly formatVersion: '1'
  /** Of the source. */
  readonly id: string
  readonly commit: string
  readonly root: string
  readonly texts: Readonly<Record<string, string>>
}

export interface KeptDeclarationOptions {
  /** That of the state; it exists. */
  readonly directory: string
  /** Of the source. */
  readonly id: string
  readonly log: Log
}

export function createKeptDeclaration({ directory, id, log }: KeptDeclarationOptions): KeptDeclaration {
  const file = join(directory, 'daemon.declaration.json')
  let work = Promise.resolve()
  const write = async ({ commit, root, declaration }: Snapshot): Promise<void> => {
    const stored: Stored = { formatVersion: '1', id, commit, root, texts: Object.fromEntries(declaration.texts) }
    try {
      await replaceFile(file, JSON.stringify(stored))
    } catch (error) {
      log.error('the declaration in force cannot be kept for a restart', { error })
    }
  }
  return {
    load: async () => {
      const stored = await read(file)
      if (stored?.formatVersion !== '1' || stored.id !== id) return undefined
      return { commit: stored.commit, root: stored.root, texts: new Map(Object.entries(stored.texts)) }
    },
    save: (snapshot) => void (work = work.then(() => write(snapshot))),
    settled: () => work,
  }
}

/** What is no JSON, after a disk was full, is as good as none: it is written anew with the next declaration. */
async function read(file: string): Promise<Stored | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Stored
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
