import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'undici'
import { main } from '../../src/cli/main.ts'
import { systemClock } from '../../src/clock.ts'
import type { Rendered } from './chart.builder.ts'
import { half } from './kube-client.builder.ts'
import { startServer } from './server-process.builder.ts'

/** One line of its log. */
export interface LogLine {
  readonly level: string
  readonly msg: string
  readonly error?: { readonly message: string }
  readonly [key: string]: unknown
}

/** `roster controller`, running. */
export interface RunningController {
  /** All lines so far. @throws SyntaxError where one is not JSON */
  log(): readonly LogLine[]
  /** Status and body of `/readyz` and the like. */
  probe(path: '/healthz' | '/readyz'): Promise<{ readonly status: number; readonly body: string }>
  metrics(): Promise<string>
  /** Asks it to end, and waits for that. Its log stays. */
  stop(): Promise<void>
}

export interface ControllerSettings {
  /** As the Deployment has them, `controller` first. Ports are replaced by free ones. */
  readonly args: readonly string[]
  readonly kubeconfig: string
  readonly sandboxUrl: string
  /** Of the pod that it stands for. */
  readonly namespace: string
}

interface Deployed {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly [{ readonly args: string[] }] } }
  }
}

/** What the Deployment of a chart starts. */
export const argsOf = (rendered: readonly Rendered[]): readonly string[] =>
  (rendered.find(({ kind }) => kind === 'Deployment') as unknown as Deployed).spec.template.spec.containers[0].args

const program = join(import.meta.dirname, '../../bin/roster.js')

function argvOf({ args, kubeconfig, sandboxUrl }: ControllerSettings): readonly string[] {
  const freePorts = args.map((arg, index) => (args[index - 1]?.endsWith('-port') ? '0' : arg))
  const here = ['--kubeconfig', kubeconfig, '--sandbox', sandboxUrl, '--bind-address', '127.0.0.1']
  return [...freePorts, ...here, '--log-level', 'debug']
}
const podOf = ({ namespace }: ControllerSettings) => ({ POD_NAME: 'roster-0', POD_NAMESPACE: namespace })

/** A process of its own. It need not be ready when this resolves, but listens. */
export async function startControllerProcess(settings: ControllerSettings): Promise<RunningController> {
  const folder = mkdtempSync(join(tmpdir(), 'roster-controller-'))
  const logFile = join(folder, 'log')
  const server = startServer(process.execPath, [program, ...argvOf(settings)], logFile, podOf(settings))
  let kept: readonly LogLine[] | undefined
  const log = () => kept ?? linesOf(readFileSync(logFile, 'utf8'))
  await server.ready(async () => log().some(isStart))
  return {
    ...listening(log),
    log,
    async stop() {
      await server.end('SIGTERM')
      kept = log()
      rmSync(folder, { recursive: true })
    },
  }
}

/** The same command within this process, where many are to run. */
export async function startControllerHere(settings: ControllerSettings): Promise<RunningController> {
  const stopped = new AbortController()
  const started = Promise.withResolvers<unknown>()
  let written = ''
  const ended = main(argvOf(settings), {
    stdout: (text) => {
      written += text
      if (log().some(isStart)) started.resolve(undefined)
    },
    stderr: () => {},
    env: podOf(settings),
    cwd: process.cwd(),
    isTty: { stdin: false, stdout: false, stderr: false },
    signal: stopped.signal,
    clock: systemClock,
    random: half,
    ask: () => Promise.reject(new Error('nobody is there to ask')),
    quit: () => {},
  })
  const log = () => linesOf(written)
  await Promise.race([ended, started.promise])
  return {
    ...listening(log),
    log,
    async stop() {
      stopped.abort()
      await ended
    },
  }
}

const isStart = ({ msg }: LogLine): boolean => msg === 'the controller has started'

const linesOf = (text: string): readonly LogLine[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as LogLine)

function listening(log: () => readonly LogLine[]): Pick<RunningController, 'probe' | 'metrics'> {
  const { healthPort, metricsPort } = log().find(isStart)!
  const get = async (port: unknown, path: string) => {
    const { statusCode: status, body } = await request(`http://127.0.0.1:${String(port)}${path}`)
    return { status, body: await body.text() }
  }
  return {
    probe: (path) => get(healthPort, path),
    metrics: async () => (await get(metricsPort, '/metrics')).body,
  }
}
