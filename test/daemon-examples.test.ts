import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Copy, DockerfileParser, Entrypoint } from 'dockerfile-ast'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { crew, openStage, organization, type Stage } from './daemon.builder.ts'
import { makeRepository, type TestRepository } from './git-repository.builder.ts'

vi.setConfig({ testTimeout: 120_000 })

const directory = join(import.meta.dirname, '../examples/daemon')
const fileNamed = (name: string): string => readFileSync(join(directory, name), 'utf8')

let stage: Stage
let repository: TestRepository

beforeEach(async () => {
  stage = await openStage()
  repository = makeRepository({
    'access/organization.yaml': organization(),
    'access/devs.yaml': crew('devs', ['p01']),
  })
})
afterEach(() => stage.close())

/** The words of the example, with a repository and a directory that are there; the port is a free one. */
async function startAs(words: readonly string[]) {
  const places = new Map([
    ['https://github.com/acme/access.git', repository.address],
    ['%S/roster', stage.stateDirectory],
    ['/state', stage.stateDirectory],
  ])
  const daemon = stage.start(...words.map((word) => places.get(word) ?? word))
  await daemon.says('pass', { changes: 1 })
  return daemon
}

const unit = fileNamed('roster.service')
const settingOf = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)![1]!

describe('the unit of systemd', () => {
  test('starts a daemon that works', async () => {
    const [program, command, ...words] = settingOf('ExecStart').split(' ')
    expect([program, command]).toEqual(['/usr/local/bin/roster', 'run'])
    const daemon = await startAs(words)
    expect(stage.members('devs')).toContain('p01')
    expect((await daemon.get('/readyz')).status).toBe(200)
    expect(await daemon.end()).toBe(0)
  })

  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
  if (!hasSystemd)
    process.stderr.write('NOT RUN: the check of examples/daemon/roster.service, for want of systemd-analyze\n')

  test.skipIf(!hasSystemd)('is one that systemd understands, and gives away little', () => {
    const file = join(stage.cwd, 'roster.service')
    // the program need not be installed here
    writeFileSync(file, unit.replace('/usr/local/bin/roster', process.execPath))
    const verified = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' })
    expect({ status: verified.status, stderr: verified.stderr }).toEqual({ status: 0, stderr: '' })
    const judged = execFileSync('systemd-analyze', ['security', '--offline=true', file], { encoding: 'utf8' })
    const [, level] = /Overall exposure level for roster\.service: ([\d.]+)/.exec(judged)!
    // of 10, which a service without any of these settings has
    expect(Number(level)).toBeLessThan(2)
  })
})

describe('the container', () => {
  const { services } = parse(fileNamed('compose.yaml')) as { services: { roster: Service } }
  const service = services.roster

  test('starts a daemon that works, and its health check tells whether it does', async () => {
    const [command, ...words] = service.command
    expect(command).toBe('run')
    const daemon = await startAs(words)
    const { url } = await daemon.says('probes and metrics')
    const [kind, node, ...argv] = service.healthcheck.test.map((word) =>
      word.replace('http://127.0.0.1:8081', String(url)),
    )
    expect([kind, node]).toEqual(['CMD', 'node'])
    const isHealthy = () => spawnSync(process.execPath, argv).status === 0
    expect(isHealthy()).toBe(true)
    await daemon.end()
    expect(isHealthy()).toBe(false)
  })

  test('publishes its port to this machine alone, and keeps its state in a volume', () => {
    expect(service.ports).toEqual(['127.0.0.1:8081:8081'])
    expect(service.volumes).toEqual(['state:/state'])
    expect(service.read_only).toBe(true)
  })

  test('starts the program from where the image of Roster has it', () => {
    const words = (file: string) => {
      const instructions = DockerfileParser.parse(readFileSync(file, 'utf8')).getInstructions()
      const entry = instructions.find((each) => each instanceof Entrypoint)!
      return { instructions, entry: entry.getJSONStrings().map((each) => each.getJSONValue()) }
    }
    const own = words(join(directory, 'Dockerfile'))
    const image = words(join(directory, '../../Dockerfile'))
    expect(own.entry.at(-1)).toBe(image.entry.at(-1))
    const copy = own.instructions.find((each) => each instanceof Copy)!
    expect(copy.getArguments().map((each) => each.getValue())).toEqual(['/roster', '/roster'])
    expect(own.entry.at(-1)).toMatch(/^\/roster\//)
  })
})

interface Service {
  readonly command: readonly string[]
  readonly healthcheck: { readonly test: readonly string[] }
  readonly ports: readonly string[]
  readonly volumes: readonly string[]
  readonly read_only: boolean
}
