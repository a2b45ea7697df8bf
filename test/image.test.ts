import { execFile, spawn, type ExecFileException } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { buildImage, type Image } from './image.builder.ts'

// each starts a program
vi.setConfig({ testTimeout: 60_000 })

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'roster-image-'))
const access = join(folder, 'access')
let image: Image

beforeAll(async () => {
  // the user of the image is another one than the one who runs the tests
  chmodSync(folder, 0o755)
  const env = { ...process.env, PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) }
  image = await buildImage({ context: root, folder, env })
  cpSync(join(root, 'examples/acme/access'), access, { recursive: true })
  // what the base image brings
  mkdirSync(join(image.root, 'nodejs/bin'), { recursive: true })
  cpSync(process.execPath, join(image.root, 'nodejs/bin/node'), { dereference: true })
}, 300_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }), 120_000)

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Only root can become somebody else; without, the program runs as whoever runs the tests. */
const isRoot = process.getuid?.() === 0

/** As a container engine starts it: as its user, with its environment, on a root that is not its own. */
function asContainer() {
  const [uid, gid] = image.user.split(':').map(Number)
  return { cwd: join(image.root, image.workdir), env: image.env, ...(isRoot && { uid: uid!, gid: gid! }) }
}

function start(...args: readonly string[]): Promise<Ran> {
  const [program = ''] = image.entrypoint
  const { promise, resolve } = Promise.withResolvers<Ran>()
  const ended = (error: ExecFileException | null, stdout: string, stderr: string) =>
    resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr })
  execFile(join(image.root, program), args, asContainer(), ended)
  return promise
}

const run = (...args: readonly string[]): Promise<Ran> => start(join(image.root, image.entrypoint[1] ?? ''), ...args)

const within = (pattern: string): readonly string[] =>
  globSync(pattern, { cwd: join(image.root, 'roster'), exclude: ['node_modules/**'] })

test('the image runs as a user by number, on a base without a shell', () => {
  expect({ user: image.user, base: image.base }).toEqual({
    user: '65532:65532',
    base: 'gcr.io/distroless/nodejs24-debian12:nonroot',
  })
})

test('the image holds the program and nothing else of this repository', () => {
  expect(within('*').toSorted()).toEqual(['LICENSE', 'bin', 'dist', 'node_modules', 'package.json'])
  expect(
    within('dist/**/*').filter((file) => /sandbox\/|generate\/main|\.(test|builder)\.|\.d\.ts$|\.ts$/.test(file)),
  ).toEqual([])
})

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly hasInstallScript?: boolean }>>
}

test('the image holds what production needs of the lock file, and no package that only developers need', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock
  const there = Object.keys(packages).filter((place) => place !== '' && existsSync(join(image.root, 'roster', place)))
  expect(there.filter((place) => packages[place]!.dev)).toEqual([])
  const needed = Object.keys(manifest.dependencies).map((name) => `node_modules/${name}`)
  expect(needed.filter((place) => !there.includes(place))).toEqual([])
  // they are installed without
  expect(there.filter((place) => packages[place]!.hasInstallScript)).toEqual([])
})

test('the image tells its size', () => {
  const files = globSync('roster/**/*', { cwd: image.root, withFileTypes: true }).filter((each) => each.isFile())
  const bytes = files.reduce((sum, each) => sum + statSync(join(each.parentPath, each.name)).size, 0)
  process.stderr.write(`\nimage: ${(bytes / 1e6).toFixed(1)} MB in ${files.length} files on top of its base\n`)
  expect(bytes).toBeLessThan(100e6)
})

test('the program starts as that user and tells its version', async () => {
  expect(await run('--version')).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' })
})

test('the program validates a declaration', async () => {
  expect(await run('validate', access)).toMatchObject({ code: 0 })
})

test.skipIf(!isRoot)('the user of the image can change nothing in it', async () => {
  const places = ['.', 'bin/roster.js', 'dist', 'dist/cli/main.js', 'node_modules', 'package.json']
  const script = `for (const place of process.argv.slice(1)) fs.accessSync(place, fs.constants.R_OK)
    process.argv.slice(1).filter((place) => { try { fs.accessSync(place, fs.constants.W_OK); return true } catch { return false } })`
  expect(await start('-p', script, ...places)).toEqual({ code: 0, stdout: '[]\n', stderr: '' })
})

test.each(['sandbox', 'demo'])('roster %s says that the image has no sandbox', async (command) => {
  const { code, stdout, stderr } = await run(command)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr.split('\n')[0]).toBe(
    'There is no sandbox in this installation: the container image leaves it out. A clone or the npm package has it.',
  )
})

test('the controller answers the probes of the chart, and ends in an orderly way when it is asked to', async () => {
  const kubeconfig = join(folder, 'kubeconfig.json')
  // nobody listens there: alive, and not ready
  const cluster = { name: 'none', cluster: { server: 'https://127.0.0.1:1' } }
  const context = { name: 'none', context: { cluster: 'none', user: 'none' } }
  const config = { clusters: [cluster], users: [{ name: 'none', user: {} }], contexts: [context] }
  writeFileSync(kubeconfig, JSON.stringify({ ...config, 'current-context': 'none' }))
  const [program = '', script = ''] = image.entrypoint.map((part) => join(image.root, part))
  const flags = ['--health-port', '0', '--metrics-port', '0', '--bind-address', '127.0.0.1']
  const controller = spawn(program, [script, 'controller', '--kubeconfig', kubeconfig, ...flags], asContainer())
  const ended = once(controller, 'exit')
  const [line] = (await once(createInterface(controller.stdout), 'line')) as [string]
  const { msg, healthPort, metricsPort } = JSON.parse(line) as Readonly<Record<string, string | number>>
  expect(msg).toBe('the controller has started')
  const answer = async (port: string | number | undefined, path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return { status: response.status, body: await response.text() }
  }
  expect(await answer(healthPort, '/healthz')).toEqual({ status: 200, body: 'ok' })
  const ready = await answer(healthPort, '/readyz')
  expect({ status: ready.status, body: ready.body.split('\n')[0] }).toEqual({
    status: 500,
    body: expect.stringContaining('not listed yet: AtlassianOrganization') as unknown,
  })
  expect((await answer(metricsPort, '/metrics')).body).toContain('roster_build_info')
  controller.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})
