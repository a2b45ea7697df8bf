import type { Git } from './git-program.ts'

/** A bare repository on this machine with one commit in it. */
export interface Fetched {
  readonly git: Git
  /** Its directory. */
  readonly repository: string
}

const fetchTimeoutMs = 5 * 60_000

/** Makes the repository and gets one commit: no history, and no files where the server can leave them out. */
export async function fetchCommit(fetched: Fetched, commit: string): Promise<void> {
  const { git, repository } = fetched
  const format = commit.length === 64 ? ['--object-format=sha256'] : []
  await git.run(['init', '--quiet', '--bare', '--template=', ...format, '--', repository])
  await fetchObjects(fetched, [commit], ['--depth=1', '--filter=blob:none'])
}

/** Gets those that are not here yet, in one go: a server without partial clones has sent them with the commit. */
export async function fetchBlobs(fetched: Fetched, tree: string, wanted: readonly string[]): Promise<void> {
  const { git, repository } = fetched
  if (wanted.length === 0) return
  // walks without asking the server for what it misses
  const walked = await git.run(['rev-list', '--objects', '--no-object-names', '--missing=print', tree], { repository })
  const missing = new Set(walked.toString('latin1').match(/(?<=^\?)[0-9a-f]+$/gm))
  const needed = [...new Set(wanted)].filter((id) => missing.has(id))
  if (needed.length > 0) await fetchObjects(fetched, needed, ['--filter=blob:none'])
}

async function fetchObjects({ git, repository }: Fetched, ids: readonly string[], flags: readonly string[]) {
  const quiet = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-auto-maintenance']
  await git.run(['fetch', ...quiet, ...flags, '--stdin', '--', git.address.url], {
    repository,
    input: ids.map((id) => `${id}\n`).join(''),
    timeoutMs: fetchTimeoutMs,
    config: { 'fetch.negotiationAlgorithm': 'noop' },
  })
}

export interface Blob {
  /** Bytes. */
  readonly size: number
  /** Absent where it is larger than was asked for. */
  readonly bytes?: Buffer
}

/** Contents by id. */
export async function readBlobs(
  { git, repository }: Fetched,
  ids: readonly string[],
  { mostBytes, mostBytesTogether }: { readonly mostBytes: number; readonly mostBytesTogether: number },
): Promise<ReadonlyMap<string, Blob>> {
  const distinct = [...new Set(ids)]
  if (distinct.length === 0) return new Map()
  const list = (wanted: readonly string[]) => ({ repository, input: wanted.map((id) => `${id}\n`).join('') })
  const checked = await git.run(['cat-file', '--batch-check=%(objectname) %(objectsize)'], list(distinct))
  const sizes = new Map(
    checked
      .toString('latin1')
      .trimEnd()
      .split('\n')
      .map((line) => [line.split(' ')[0]!, Number(line.split(' ')[1])] as const),
  )
  const small = distinct.filter((id) => (sizes.get(id) ?? Infinity) <= mostBytes)
  const mostPrinted = mostBytesTogether + small.length * 128
  const printed = await git.run(['cat-file', '--batch'], { ...list(small), mostBytes: mostPrinted })
  const contents = parseBatch(printed)
  return new Map(
    distinct.map((id) => {
      const bytes = contents.get(id)
      return [id, { size: sizes.get(id) ?? 0, ...(bytes && { bytes }) }]
    }),
  )
}

/** Of `git cat-file --batch`: `<id> blob <size>`, a line break, the content, a line break. */
function parseBatch(printed: Buffer): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>()
  for (let at = 0; at < printed.length;) {
    const end = printed.indexOf('\n', at)
    const [id = '', , size] = printed.toString('latin1', at, end).split(' ')
    const from = end + 1
    found.set(id, printed.subarray(from, from + Number(size)))
    at = from + Number(size) + 1
  }
  return found
}
