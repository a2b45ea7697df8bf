import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { environment } from '../src/config.ts'
import type { Sandbox } from '../src/sandbox/start-sandbox.ts'
import { parseWorldSeed } from '../src/sandbox/world-seed.ts'
import { startHeldSandbox } from './contract-run.builder.ts'
import { makeRepository, type TestRepository } from './git-repository.builder.ts'
import { manifest, person, site } from './live-site.builder.ts'

/** How a command of a process ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly over: Promise<Ended>
  /** SIGKILL, to all of it: it can do nothing about it. */
  kill(): void
}

/** A machine that has nothing of its own but a clone, for as long as it lives. */
export interface Runner {
  /** The directory of the declaration in its clone. */
  readonly access: string
  roster(...words: readonly string[]): Promise<Ended>
  /** Without waiting for its end. */
  start(...words: readonly string[]): Running
  /** Takes its disk away. */
  discard(): void
}

export interface RunnerSettings {
  /** Where it clones from. */
  readonly url?: string
  readonly cloneFlags?: readonly string[]
  /** Where it finds Atlassian. */
  readonly sandboxUrl?: string
}

export interface Team {
  readonly sandbox: Sandbox
  readonly repository: TestRepository
  /** A new machine with a fresh clone. Each number has a key of its own at Atlassian, which the journal shows. */
  runner(number: 1 | 2, settings?: RunnerSettings): Promise<Runner>
  members(group: string): readonly string[]
  /** Which runner made each write, in order of arrival. */
  writers(): readonly string[]
  close(): Promise<void>
}

const roster = join(import.meta.dirname, '../bin/roster.js')

const names = Array.from({ length: 24 }, (_, index) => `p${String(index + 1).padStart(2, '0')}`)
const found = ['ana', 'bob', 'cara', 'dan']

export const crew = (group: string, members: readonly string[]): string =>
  manifest(
    'AtlassianGroupMembership',
    group,
    `{ group: ${group}, authority: Additive, members: [${members.map((each) => `{ email: ${each}@acme.com }`).join(', ')}] }`,
  )

/** Of `devs` there are four members, of `ops` as well; the others are in no group. */
export async function openTeam(): Promise<Team> {
  const group = (name: string) => ({ id: `group-${name}`, name, members: found.map((each) => `${each}@acme.com`) })
  const seed = {
    organization: {
      id: 'organization-1',
      name: 'Acme',
      directory: { id: 'directory-1', name: 'Primary' },
      verifiedDomains: ['acme.com'],
    },
    credentials: { organizationApiKeys: [1, 2].map((number) => ({ name: `runner-${number}`, key: `key-${number}` })) },
    sites: [site({})],
    accounts: [...found, ...names].map(person),
    groups: ['devs', 'ops'].map(group),
  }
  const sandbox = await startHeldSandbox({ world: parseWorldSeed(JSON.stringify(seed)) })
  const repository = makeRepository()
  const disks: string[] = []
  return {
    sandbox,
    repository,
    runner: async (number, { url = repository.address, cloneFlags = [], sandboxUrl = sandbox.url } = {}) => {
      const disk = realpathSync(mkdtempSync(join(tmpdir(), 'roster-runner-')))
      disks.push(disk)
      const env = environmentOf(number, disk)
      // not synchronously: this process may be the server
      await promisify(execFile)('git', ['clone', '--quiet', '--depth=1', ...cloneFlags, url, 'work'], {
        cwd: disk,
        env,
      })
      return runnerOn(disk, env, sandboxUrl)
    },
    members: (name) => sandbox.world.members(name).map((id) => emailOf(sandbox, id)),
    writers: () => sandbox.journal.writes().map(({ credential }) => credential),
    close: async () => {
      for (const disk of [...disks, dirname(repository.directory)]) rmSync(disk, { recursive: true, force: true })
      await sandbox.close()
    },
  }
}

const emailOf = ({ world }: Sandbox, id: string): string =>
  [...world.state.accounts.values()].find(({ accountId }) => accountId === id)!.email!.replace('@acme.com', '')

const environmentOf = (number: number, home: string) => ({
  PATH: environment()['PATH'],
  HOME: home,
  NO_COLOR: '1',
  ROSTER_KEY: `key-${number}`,
})

function runnerOn(disk: string, env: Readonly<Record<string, string | undefined>>, sandboxUrl: string): Runner {
  const cwd = join(disk, 'work')
  const start: Runner['start'] = (...words) => {
    const [command = '', ...rest] = words
    const live = ['plan', 'apply'].includes(command) ? ['--sandbox', sandboxUrl] : []
    // a group of its own: the program may start another Node and be that one
    const child = spawn(process.execPath, [roster, command, ...rest, ...live], { cwd, env, detached: true })
    const [stdout, stderr] = [text(child.stdout), text(child.stderr)]
    const over = once(child, 'close').then(async ([code]) => ({ code, stdout: await stdout, stderr: await stderr }))
    return { over, kill: () => void process.kill(-child.pid!, 'SIGKILL') }
  }
  return {
    access: join(cwd, 'access'),
    start,
    roster: (...words) => start(...words).over,
    discard: () => rmSync(disk, { recursive: true, force: true }),
  }
}

export const organization = `apiVersion: roster.dev/v1alpha1
kind: AtlassianOrganization
metadata: { name: acme }
spec:
  organizationId: organization-1
  directoryId: directory-1
  sites: []
  provisioning: { method: Invite }
  credentials:
    organization: { valueFrom: { env: ROSTER_KEY } }
    sites: []
`
