import { serveGit, type GitServer } from '../test/git-http.builder.ts'
import { makeHugeRepository } from '../test/git-huge.builder.ts'
import { open, removeTemporaries } from '../test/git-repository.builder.ts'
import type { Repository } from '../src/source/git/repository.ts'
import type { Measured } from './measured.ts'

const polls = 50
/** Of a history of 200 MB, beside 10,000 files elsewhere. */
const size = { files: 10_000, groups: 100, commits: 200, filmBytes: 1_000_000 }

/** `git ls-remote`, which a daemon runs every 30 s, over HTTP with credentials. */
export function measureGitPoll(): Promise<Measured> {
  return measure({ ...size, commits: 1 }, async (repository, server) => {
    await repository.poll()
    const before = { requests: server.requests.length, bytes: server.bytesSent() }
    const started = performance.now()
    for (let index = 0; index < polls; index += 1) await repository.poll()
    const wallMs = (performance.now() - started) / polls
    const bytes = (server.bytesSent() - before.bytes) / polls
    const calls = (server.requests.length - before.requests) / polls
    return { wallMs, calls, lowerBound: 2, note: `one git process, ${bytes} bytes; calls are HTTP requests` }
  })
}

/** What a new commit costs. */
export function measureGitRevision(): Promise<Measured> {
  return measure(size, async (repository, server, packedBytes) => {
    const tip = await repository.poll()
    const before = { requests: server.requests.length, bytes: server.bytesSent() }
    const started = performance.now()
    const { files } = await repository.checkOut(tip)
    const wallMs = performance.now() - started
    const calls = server.requests.length - before.requests
    const sent = Math.round((server.bytesSent() - before.bytes) / 1000)
    const all = `${size.files.toLocaleString('en')} files and ${Math.round(packedBytes / 1e6)} MB`
    // what the server has, the trees of the commit, the files that are read
    return { wallMs, calls, lowerBound: 3, note: `${files.size} files read, ${sent} kB sent, of ${all}` }
  })
}

async function measure(
  options: Parameters<typeof makeHugeRepository>[0],
  work: (repository: Repository, server: GitServer, packedBytes: number) => Promise<Measured>,
): Promise<Measured> {
  const { directory, packedBytes } = await makeHugeRepository(options)
  const user = { username: 'ana', password: 'sesame' }
  const server = await serveGit({ directory, ...user })
  const access = { credential: () => Promise.resolve(user) }
  const repository = await open(`${server.url}/access.git`, { ref: 'main', path: 'access', access })
  try {
    return await work(repository, server, packedBytes)
  } finally {
    await repository.close()
    await server.close()
    removeTemporaries()
  }
}
