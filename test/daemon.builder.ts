import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { environment } from '../src/config.ts'
import { startSandbox, type Sandbox } from '../src/sandbox/start-sandbox.ts'
import { parseWorldSeed } from '../src/sandbox/world-seed.ts'
import { daemonOf, type Daemon } from './daemon-log.builder.ts'
import { manifest, person, site } from './live-site.builder.ts'

/** Organizations in a sandbox, and a directory for declarations and state. */
export interface Stage {
  readonly sandbox: Sandbox
  /** Working directory of the daemons. */
  readonly cwd: string
  readonly stateDirectory: string
  /** Writes files below `cwd`; null takes one away. */
  write(files: Readonly<Record<string, string | null>>): void
  start(...words: readonly string[]): Daemon
  /** A command that ends by itself. */
  roster(
    ...words: readonly string[]
  ): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
  members(group: string): readonly string[]
  close(): Promise<void>
}

const program = join(import.meta.dirname, '../bin/roster.js')
const members = ['ana', 'bob', 'cara', 'dan']
const others = Array.from({ length: 12 }, (_, index) => `p${String(index + 1).padStart(2, '0')}`)

/** Of `devs` there are four members, of `ops` as well; p01 to p12 are in no group. */
const seed = {
  organization: {
    id: 'organization-1',
    name: 'Acme',
    directory: { id: 'directory-1', name: 'Primary' },
    verifiedDomains: ['acme.com'],
  },
  credentials: { organizationApiKeys: [{ name: 'roster', key: 'key-1' }] },
  sites: [site({})],
  accounts: [...members, ...others].map(person),
  groups: ['devs', 'ops'].map((name) => ({
    id: `group-${name}`,
    name,
    members: members.map((each) => `${each}@acme.com`),
  })),
}

export interface OrganizationOptions {
  readonly name?: string
  readonly interval?: string
  /** Where its key is. */
  readonly key?: string
}

export const organization = ({ name = 'acme', interval = '1h', key = 'key' }: OrganizationOptions = {}): string =>
  manifest(
    'AtlassianOrganization',
    name,
    `{ organizationId: organization-1, directoryId: directory-1, sites: [], provisioning: { method: Invite }, interval: ${interval}, credentials: { organization: { valueFrom: { file: ${key} } }, sites: [] } }`,
  )

export interface CrewOptions {
  readonly group?: string
  /** By name: when it ends. */
  readonly ends?: Readonly<Record<string, string>>
  readonly organization?: string
}

/** A manifest that adds people to a group. */
export function crew(name: string, members: readonly string[], options: CrewOptions = {}): string {
  const { group = 'devs', ends = {} } = options
  const entries = members.map((each) => {
    const end = ends[each] === undefined ? '' : `, expiresAt: "${ends[each]}"`
    return `{ email: ${each}@acme.com${end} }`
  })
  const owner = options.organization === undefined ? '' : `organizationRef: { name: ${options.organization} }, `
  const spec = `{ ${owner}group: ${group}, authority: Additive, members: [${entries.join(', ')}] }`
  return manifest('AtlassianGroupMembership', name, spec)
}

/** `world`: another one than that of this file, as YAML. */
export async function openStage(world = JSON.stringify(seed)): Promise<Stage> {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'roster-daemon-')))
  const sandbox = await startSandbox({ world: parseWorldSeed(world) })
  const running: ChildProcess[] = []
  const write: Stage['write'] = (files) => writeBelow(cwd, files)
  write({ 'access/key': 'key-1' })
  const stateDirectory = join(cwd, 'state')
  const launch = (words: readonly string[]): ChildProcess => {
    const there = words[0] === 'approve' ? [] : ['--sandbox', sandbox.url]
    const argv = [program, ...words, ...there, ...(words.includes('--state') ? [] : ['--state', stateDirectory])]
    const env = { PATH: environment()['PATH'], HOME: cwd, NO_COLOR: '1' }
    const child = spawn(process.execPath, argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    running.push(child)
    return child
  }
  return {
    sandbox,
    cwd,
    stateDirectory,
    write,
    start: (...words) =>
      daemonOf(launch(['run', ...words, '--listen', '127.0.0.1:0']), join(stateDirectory, 'daemon.lock')),
    roster: (...words) => ended(launch(words)),
    members: (group) => sandbox.world.members(group).map((id) => nameOf(sandbox, id)),
    close: async () => {
      for (const child of running.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
        child.kill('SIGKILL')
        await once(child, 'close')
      }
      await sandbox.close()
      rmSync(cwd, { recursive: true, force: true })
    },
  }
}

async function ended(child: ChildProcess): ReturnType<Stage['roster']> {
  const printed = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]!.on('data', (chunk: Buffer) => void (printed[name] += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...printed }
}

function writeBelow(directory: string, files: Readonly<Record<string, string | null>>): void {
  for (const [file, text] of Object.entries(files)) {
    const path = join(directory, file)
    mkdirSync(dirname(path), { recursive: true })
    if (text === null) rmSync(path)
    else writeFileSync(path, text)
  }
}

const nameOf = ({ world }: Sandbox, id: string): string =>
  [...world.state.accounts.values()].find(({ accountId }) => accountId === id)!.email!.replace('@acme.com', '')
