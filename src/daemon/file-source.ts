import { createHash } from 'node:crypto'
import { watch } from 'node:fs'
import { sep } from 'node:path'
import { isError } from '../core/diagnostic.ts'
import type { Clock } from '../core/ports.ts'
import type { Candidate } from '../source/git/revision.ts'
import type { DeclarationSource, Snapshot } from './snapshot.ts'

export interface FileSourceOptions {
  /** Absolute. */
  readonly directory: string
  /** Reads the files that are there now. `commit` is made from them. */
  readonly read: () => Promise<Omit<Snapshot, 'commit'>>
  readonly recall: DeclarationSource['recall']
  /** Of the source. */
  readonly id: string
  readonly clock: Clock
}

/** Files that still change are not read as a declaration: an editor or a `git pull` may be half way. */
const settleMs = 500
const tries = 20

/** A directory of manifests on this machine. */
export function createFileSource({ directory, read, clock, ...options }: FileSourceOptions): DeclarationSource {
  const now = async (): Promise<Snapshot> => {
    const found = await read()
    return { ...found, commit: digestOf(found.declaration) }
  }
  return {
    ...options,
    type: 'files',
    look: async ({ good, refused }) => {
      let snapshot = await now()
      for (let left = tries; left > 0; left -= 1) {
        const { commit } = snapshot
        if (commit === good?.commit || commit === refused?.commit) return { unchanged: commit }
        await clock.sleep(settleMs)
        snapshot = await now()
        if (snapshot.commit === commit) return judge(snapshot)
      }
      return { refused: { reason: 'UNREACHABLE', message: `the files in ${directory} do not come to rest` } }
    },
    watch: (onChange) => watchDirectory(directory, onChange),
  }
}

/** What cannot be parsed may hide anything, so it is not taken; a mistake in a manifest holds back the removals of its scopes. */
function judge(snapshot: Snapshot): Candidate<Snapshot> {
  const [first, ...more] = snapshot.declaration.diagnostics.filter(isError)
  if (!first) return { taken: snapshot }
  const { file = 'the files', line, column } = first.origin ?? {}
  const place = [file, line, column].filter((part) => part !== undefined).join(':')
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`
  const message = `${place} ${first.message}${others}`
  return { refused: { reason: 'NOT_PARSED', commit: snapshot.commit, message } }
}

function digestOf({ texts, diagnostics }: Snapshot['declaration']): string {
  const hash = createHash('sha256')
  for (const [file, text] of [...texts].toSorted(([one], [other]) => (one < other ? -1 : 1)))
    hash.update(`${file}\0${text.length}\0${text}`)
  // a file that cannot be read has no text, and is another state of things all the same
  hash.update(JSON.stringify(diagnostics.map(({ code, message, origin }) => [code, message, origin])))
  return hash.digest('hex').slice(0, 12)
}

/** Hidden files are none of ours, and the state is one of them. Where the system cannot watch, the poll sees it later. */
function watchDirectory(directory: string, onChange: () => void): () => void {
  try {
    const watcher = watch(directory, { recursive: true, persistent: false }, (_, name) => {
      const isHidden = name?.split(sep).some((part) => part.startsWith('.')) ?? false
      if (!isHidden) onChange()
    })
    watcher.on('error', () => watcher.close())
    return () => watcher.close()
  } catch (error) {
    // ENOSPC, EMFILE: too many watches; ENOENT: not there yet
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    return () => {}
  }
}
