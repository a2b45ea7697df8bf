import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chart } from './chart.builder.ts'
import type { ControlPlane } from './control-plane.builder.ts'
import { startServer } from './server-process.builder.ts'

const program = join(import.meta.dirname, '../../bin/roster.js')
const folder = mkdtempSync(join(tmpdir(), 'roster-controllers-'))
process.on('exit', () => rmSync(folder, { recursive: true }))
let started = 0

/** Namespace of the release. */
const home = 'roster-system'

/** Installs the chart, so that controllers have its account and no more rights than it gives. */
export async function installChart(plane: ControlPlane, organizationNamespaces: readonly string[]): Promise<void> {
  for (const name of organizationNamespaces) await plane.call('POST', '/api/v1/namespaces', { metadata: { name } })
  const set = `organizationNamespaces=${JSON.stringify([home, ...organizationNamespaces])}`
  const argv = ['upgrade', '--install', 'roster', chart, '-n', home, '--create-namespace', '--set-json', set]
  await must(plane.helm(argv))
  await must(plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']))
}

async function must(ran: ReturnType<ControlPlane['kubectl']>): Promise<void> {
  const { code, stderr } = await ran
  if (code !== 0) throw new Error(stderr)
}

/** One line of its log. */
export interface LogLine {
  /** ISO 8601. */
  readonly time: string
  readonly level: string
  readonly msg: string
  /** `namespace/name` */
  readonly organization?: string
  readonly [fact: string]: unknown
}

/** A process of `roster controller`, as the pod of the chart would run it. */
export interface ControllerProcess {
  /** Its pod; its Leases are held by `<name>_<uuid>`. */
  readonly name: string
  readonly pid: number
  log(): readonly LogLine[]
  /** Base URL of `/healthz` and `/readyz`. */
  readonly healthUrl: string
  /** Of `/metrics`. */
  readonly metricsUrl: string
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  /** Waits for the end; SIGKILL after 20 seconds. Left out: SIGTERM. */
  end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

export interface ControllerProcessOptions {
  /** Path. */
  readonly kubeconfig: string
  /** Where its calls to Atlassian go. */
  readonly sandboxUrl: string
  readonly name?: string
  /** Empty or absent: all. */
  readonly namespaces?: readonly string[]
  /** Of Node. */
  readonly flags?: readonly string[]
}

/** Path of a kubeconfig with a token of the chart's account. @param url of a proxy in front of the API server */
export async function accountKubeconfig(plane: ControlPlane, url = plane.url): Promise<string> {
  return plane.tokenKubeconfig(await plane.serviceAccountToken(home, 'roster'), url)
}

/** Resolves once everything is listed. Fails, with the end of its log, where it ends before. */
export async function startController(options: ControllerProcessOptions): Promise<ControllerProcess> {
  const { name = 'pod', kubeconfig, sandboxUrl, namespaces = [], flags = [] } = options
  const logFile = join(folder, `log-${(started += 1)}`)
  const where = namespaces.flatMap((namespace) => ['--namespace', namespace])
  const ports = ['--bind-address', '127.0.0.1', '--health-port', '0', '--metrics-port', '0']
  const argv = [
    ...flags,
    program,
    'controller',
    '--kubeconfig',
    kubeconfig,
    '--sandbox',
    sandboxUrl,
    ...ports,
    ...where,
  ]
  const child = startServer(process.execPath, argv, logFile, { POD_NAME: name, POD_NAMESPACE: home })
  const log = (): readonly LogLine[] => linesOf(readFileSync(logFile, 'utf8'))
  await child.ready(async () => log().some(({ msg }) => msg === 'everything is listed'))
  const first = log().find(({ msg }) => msg === 'the controller has started')!
  return {
    name,
    pid: child.pid,
    log,
    healthUrl: `http://127.0.0.1:${Number(first['healthPort'])}`,
    metricsUrl: `http://127.0.0.1:${Number(first['metricsPort'])}`,
    signal: child.signal,
    end: (signal = 'SIGTERM') => child.end(signal),
  }
}

/** What it says to people is there too, and the last line may be half written. */
const linesOf = (text: string): readonly LogLine[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as LogLine)
