import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { environment } from '../src/config.ts'
import { roster } from '../src/cli/process.builder.ts'
import { createCertificate, type ServerCertificate } from '../src/sandbox/certificate.ts'
import type { GitAccess } from '../src/source/git/git-access.ts'
import type { GitError } from '../src/source/git/git-error.ts'
import { serveGit, type GitServer, type GitServerOptions } from './git-http.builder.ts'
import {
  group,
  makeRepository,
  open,
  organization,
  removeTemporaries,
  temporary,
  type OpenOptions,
} from './git-repository.builder.ts'

// git is some processes for each look
vi.setConfig({ testTimeout: 60_000 })
afterAll(removeTemporaries)

/** Nothing that could be packed smaller. */
const filler = createHash('shake256', { outputLength: 300_000 }).update('film').digest()
const made = makeRepository({ 'access/org.yaml': organization, 'access/notes.txt': filler, 'media/film.yaml': filler })
const password = 'sesame-open'
const access: GitAccess = { credential: async () => ({ username: 'ana', password }) }
const cwd = temporary('git-https')
let certificate: ServerCertificate
const servers: GitServer[] = []

beforeAll(async () => {
  certificate = await createCertificate(['127.0.0.1'], Date.now())
  writeFileSync(join(cwd, 'authority.pem'), certificate.authority)
})
afterEach(() => void made.git(['config', 'uploadpack.allowFilter', 'true']))
afterAll(() => Promise.all(servers.map((server) => server.close())))
made.git(['config', 'uploadpack.allowFilter', 'true'])

async function serve(options: Partial<GitServerOptions> = {}): Promise<GitServer> {
  const server = await serveGit({ directory: dirname(made.directory), username: 'ana', password, ...options })
  servers.push(server)
  return server
}

/** What is read of the newest revision, and what it took. */
async function read(server: GitServer, options: OpenOptions = {}) {
  const repository = await open(`${server.url}/access.git`, { path: 'access', access, ...options })
  try {
    const tip = await repository.poll()
    const polled = server.requests.length
    const { files } = await repository.checkOut(tip)
    return { files: [...files.keys()], requests: [polled, server.requests.length - polled], bytes: server.bytesSent() }
  } finally {
    await repository.close()
  }
}

const failing = async (server: GitServer, options: OpenOptions = {}): Promise<GitError> =>
  read(server, options).then(
    () => expect.unreachable(),
    (error: unknown) => error as GitError,
  )

test('a poll takes two requests and a revision four, and only the YAML below the path is sent', async () => {
  const { files, requests, bytes } = await read(await serve())
  expect(files).toEqual(['access/org.yaml'])
  expect(requests).toEqual([2, 4])
  expect(bytes).toBeLessThan(5_000)
})

test('a server without partial clones sends all files of the commit, in fewer requests', async () => {
  made.git(['config', 'uploadpack.allowFilter', 'false'])
  const { files, requests, bytes } = await read(await serve())
  expect(files).toEqual(['access/org.yaml'])
  expect(requests).toEqual([2, 2])
  expect(bytes).toBeGreaterThan(filler.length)
})

test('a pinned commit is not polled for', async () => {
  const commit = made.git(['rev-parse', 'main'])
  const { files, requests } = await read(await serve(), { ref: commit })
  expect(files).toEqual(['access/org.yaml'])
  expect(requests).toEqual([0, 4])
})

test('a poll by a full name asks for branches alone, however many tags there are', async () => {
  const many = makeRepository({ 'access/org.yaml': organization })
  const commit = many.git(['rev-parse', 'main'])
  const lines = Array.from({ length: 10_000 }, (_, index) => `${commit} refs/tags/t${index}\n`)
  writeFileSync(join(many.directory, 'packed-refs'), lines.join(''))
  const bytesOf = async (ref: string): Promise<number> => {
    const server = await serve({ directory: dirname(many.directory) })
    const repository = await open(`${server.url}/access.git`, { ref, access })
    expect((await repository.poll()).commit).toBe(commit)
    await repository.close()
    return server.bytesSent()
  }
  expect(await bytesOf('refs/heads/main')).toBeLessThan(1_000)
  // a tag of that name would make it no answer, so tags are asked for too
  expect(await bytesOf('main')).toBeGreaterThan(500_000)
})

const wrong: Readonly<Record<string, GitAccess>> = {
  'no credential': {},
  'a wrong password': { credential: async () => ({ username: 'ana', password: 'sesame-shut' }) },
}

for (const [name, given] of Object.entries(wrong)) {
  test(`${name} is an error that names the repository and no secret, and nobody is asked`, async () => {
    const server = await serve()
    const error = await failing(server, { access: given })
    expect(error).toMatchObject({ code: 'GIT', failure: { operation: 'ls-remote', exitCode: 128 } })
    expect(error.failure.repository).toBe(`${server.url}/access`)
    expect(JSON.stringify([error.message, error.failure])).not.toMatch(/sesame|YW5h/)
  })
}

test('a token that is renewed while the repository is open is taken', async () => {
  let now = 'first'
  const server = await serve({ password: () => now })
  const credential = async () => ({ username: 'ana', password: now })
  const repository = await open(`${server.url}/access.git`, { path: 'access', access: { credential } })
  const before = await repository.poll()
  now = 'second'
  expect(await repository.poll()).toEqual(before)
  await repository.close()
})

test('a redirect is not followed, so a token never reaches another server', async () => {
  const other = await serve()
  const server = await serve({
    intercept: ({ url }, response) => {
      response.writeHead(301, { location: `${other.url}${url}` }).end()
      return true
    },
  })
  expect(await failing(server)).toMatchObject({ failure: { operation: 'ls-remote', exitCode: 128 } })
  expect(other.requests).toEqual([])
})

const answers: Readonly<Record<string, NonNullable<GitServerOptions['intercept']>>> = {
  'a page for people': (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>\n<body>Sign in</body>\n</html>\n')
    return true
  },
  'a failure of the server': (_, response) => {
    response.writeHead(503).end()
    return true
  },
  'a connection that is cut': ({ socket }) => {
    socket.destroy()
    return true
  },
}

for (const [name, intercept] of Object.entries(answers)) {
  test(`${name} is an error of git, and the next look is a good one`, async () => {
    let isBroken = true
    const server = await serve({ intercept: (...given) => isBroken && intercept(...given) })
    expect(await failing(server)).toMatchObject({ code: 'GIT' })
    isBroken = false
    expect((await read(server)).files).toEqual(['access/org.yaml'])
  })
}

test('a pack that ends in the middle is an error of git, and the next look is a good one', async () => {
  made.git(['config', 'uploadpack.allowFilter', 'false'])
  let mostBytes = 10_000
  const server = await serve({ mostBytes: () => mostBytes })
  expect(await failing(server)).toMatchObject({ code: 'GIT', failure: { operation: 'fetch' } })
  mostBytes = Infinity
  expect((await read(server)).files).toEqual(['access/org.yaml'])
})

test('who gives up ends the command, and the connection with it', async () => {
  const giveUp = new AbortController()
  let closed: Promise<unknown> | undefined
  const server = await serve({
    intercept: ({ socket }) => {
      closed = new Promise((resolve) => socket.once('close', resolve))
      giveUp.abort()
      return true
    },
  })
  expect(await failing(server, { signal: giveUp.signal })).toMatchObject({ failure: { ended: 'stopped' } })
  await closed
})

test('a certificate of nobody known is refused, and taken with its authority', async () => {
  const server = await serve({ tls: certificate })
  expect(await failing(server)).toMatchObject({ failure: { operation: 'ls-remote', exitCode: 128 } })
  expect(server.requests).toEqual([])
  const trusted = { ...access, authorityFile: join(cwd, 'authority.pem') }
  expect((await read(server, { access: trusted })).files).toEqual(['access/org.yaml'])
})

test('a proxy of the environment is taken, and not for hosts that need none', async () => {
  const asked: string[] = []
  const proxy = createServer().on('connect', ({ url = '' }: IncomingMessage, socket: Socket) => {
    asked.push(url)
    const there = connect(Number(url.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      there.pipe(socket).pipe(there)
    })
    // git may leave without a word
    for (const end of [there, socket]) end.on('error', () => {})
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const server = await serve({ tls: certificate })
  const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const trusted = { ...access, authorityFile: join(cwd, 'authority.pem') }
  const through = (more: Readonly<Record<string, string>>) =>
    read(server, { access: trusted, env: { PATH: environment()['PATH'], HTTPS_PROXY, ...more } })
  expect((await through({ NO_PROXY: '127.0.0.1' })).files).toEqual(['access/org.yaml'])
  expect(asked).toEqual([])
  expect((await through({})).files).toEqual(['access/org.yaml'])
  expect(new Set(asked)).toEqual(new Set([new URL(server.url).host]))
  proxy.close()
})

test('the command line takes user, token and authority from its environment, and prints none of them', async () => {
  const server = await serve({ tls: certificate })
  writeFileSync(join(cwd, 'token'), `${password}\n`)
  made.commit({ 'access/a.yaml': group('a'), 'access/b.yaml': 'kind: [' })
  const env = { PATH: environment()['PATH'], ROSTER_CA_FILE: 'authority.pem', ROSTER_GIT_USERNAME: 'ana' }
  const run = (more: Readonly<Record<string, string>>) =>
    roster(['validate', '--repo', `${server.url}/access.git`, '--path', 'access'], { cwd, env: { ...env, ...more } })
  for (const token of [{ ROSTER_GIT_TOKEN_FILE: 'token' }, { ROSTER_GIT_TOKEN: password }]) {
    const { code, stdout, stderr } = await run(token)
    expect(code).toBe(1)
    expect(stdout + stderr).toMatch(/access\/b\.yaml:1:\d+/)
    expect(stdout + stderr).not.toMatch(/sesame/)
  }
  const refused = await run({ ROSTER_GIT_TOKEN: 'sesame-shut' })
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).not.toMatch(/sesame|bug in Roster/)
})
