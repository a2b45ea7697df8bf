import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { environment } from '../src/config.ts'
import { parseWorldSeed } from '../src/sandbox/world-seed.ts'
import { startSandbox } from '../src/sandbox/start-sandbox.ts'
import { makeRepository, removeTemporaries } from '../test/git-repository.builder.ts'
import type { Measured } from './measured.ts'

const revisions = 1_000
/** Before the first figure is taken: what a process loads once, it has loaded by then. */
const warmUp = 50
const people = 200
const secret = 'sesame'

const manifest = (kind: string, name: string, spec: object): string =>
  `---\n${JSON.stringify({ apiVersion: 'roster.dev/v1alpha1', kind, metadata: { name }, spec })}\n`

const organization = manifest('AtlassianOrganization', 'acme', {
  organizationId: 'o',
  directoryId: 'd',
  sites: [],
  provisioning: { method: 'Invite' },
  interval: '24h',
  credentials: { organization: { valueFrom: { env: 'KEY' } }, sites: [] },
})

const email = (index: number): string => `person-${index}@acme.com`

/** Each revision gives a reason anew, and each fifth one gives one more person access. */
const crew = (revision: number): string =>
  manifest('AtlassianGroupMembership', 'devs', {
    group: 'devs',
    authority: 'Additive',
    members: Array.from({ length: Math.ceil((revision + 1) / 5) }, (_, index) => ({
      email: email(index),
      reason: `revision ${revision}`,
    })),
  })

const world = parseWorldSeed(
  JSON.stringify({
    organization: { id: 'o', name: 'Acme', directory: { id: 'd', name: 'Primary' }, verifiedDomains: ['acme.com'] },
    credentials: { organizationApiKeys: [{ name: 'roster', key: 'key' }] },
    sites: [{ name: 'acme', cloudId: 'c', products: [] }],
    accounts: Array.from({ length: people }, (_, index) => ({
      id: `account-${index}`,
      email: email(index),
      name: `Person ${index}`,
    })),
    groups: [{ id: 'devs', name: 'devs', members: [] }],
  }),
)

interface Line {
  readonly msg: string
  readonly url?: string
  readonly revision?: string
  readonly error?: unknown
}

/**
 * A daemon on a Git repository over 1,000 revisions, each told by a webhook. Memory is that of its process, the
 * least of the first and of the last hundred. The lower bound: what
 * a part of the organization needs is one look at its people, its group and the group's members, and a call for each new member.
 */
export async function measureRevisions(): Promise<Measured> {
  const sandbox = await startSandbox({ world })
  const repository = makeRepository({ 'access/organization.yaml': organization, 'access/devs.yaml': crew(0) })
  const cwd = mkdtempSync(join(tmpdir(), 'roster-bench-'))
  writeFileSync(join(cwd, 'secret'), secret)
  const daemon = startDaemon(cwd, ['--repo', repository.address, '--path', 'access', '--sandbox', sandbox.url])
  const [{ url: probes }, { url: hooks }] = [await daemon.said('probes and metrics'), await daemon.said('webhooks')]
  await daemon.said('pass')
  const memory: Memory[] = []
  let calls = 0
  let started = performance.now()
  for (let index = 1; index <= revisions + warmUp; index += 1) {
    const revision = repository.commit({ 'access/devs.yaml': crew(index) })
    await call(`${hooks}/hooks/github`)
    await daemon.said('pass', revision)
    if (index === warmUp) started = performance.now()
    if (index >= warmUp && index % 10 === 0) memory.push(await memoryOf(probes!))
    calls += index > warmUp ? sandbox.journal.entries.length : 0
    sandbox.journal.clear()
  }
  const wallMs = (performance.now() - started) / revisions
  const [first, last] = [memory.slice(0, 10), memory.slice(-10)].map(lowest) as [Memory, Memory]
  await daemon.end()
  await sandbox.close()
  removeTemporaries()
  rmSync(cwd, { recursive: true })
  const note = `ms of one; RSS ${first.rssMb} to ${last.rssMb} MB, heap ${first.heapMb} to ${last.heapMb} MB, of the daemon`
  return { wallMs, calls, lowerBound: revisions * 3 + revisions / 5, note }
}

function startDaemon(cwd: string, words: readonly string[]) {
  const hooks = ['--webhook-listen', '127.0.0.1:0', '--webhook-secret-file', 'secret']
  const program = join(import.meta.dirname, '../bin/roster.js')
  const argv = [program, 'run', ...words, ...hooks, '--listen', '127.0.0.1:0', '--poll', '24h']
  const env = { PATH: environment()['PATH'], KEY: 'key' }
  const child = spawn(process.execPath, argv, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] })
  const seen: Line[] = []
  const news = new EventEmitter()
  createInterface({ input: child.stderr }).on('line', (text) => {
    seen.push(JSON.parse(text) as Line)
    news.emit('line')
  })
  return {
    /** The first line that says so and was not waited for yet. */
    said: async (message: string, revision?: string): Promise<Line> => {
      for (;;) {
        const bad = seen.find(({ error }) => error !== undefined)
        if (bad) throw new Error(JSON.stringify(bad))
        const at = seen.findIndex(
          (line) => line.msg === message && (revision === undefined || line.revision === revision),
        )
        if (at >= 0) return seen.splice(0, at + 1).at(-1)!
        await once(news, 'line')
      }
    },
    end: async (): Promise<void> => {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

async function call(url: string): Promise<void> {
  const signature = `sha256=${createHmac('sha256', secret).update('{}').digest('hex')}`
  const answer = await fetch(url, { method: 'POST', body: '{}', headers: { 'x-hub-signature-256': signature } })
  if (answer.status !== 202) throw new Error(`the webhook answered ${answer.status}`)
}

interface Memory {
  readonly rssMb: number
  readonly heapMb: number
}

/** Between two collections the heap is what it is and what may be thrown away. */
const lowest = (all: readonly Memory[]): Memory => ({
  rssMb: Math.min(...all.map(({ rssMb }) => rssMb)),
  heapMb: Math.min(...all.map(({ heapMb }) => heapMb)),
})

async function memoryOf(url: string): Promise<Memory> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const megabytes = (name: string): number =>
    Math.round(Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)![1]) / 1e6)
  return { rssMb: megabytes('process_resident_memory_bytes'), heapMb: megabytes('nodejs_heap_size_used_bytes') }
}
