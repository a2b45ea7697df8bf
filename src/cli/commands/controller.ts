import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { steadyClock } from '../../clock.ts'
import { version } from '../../config.ts'
import { startController, type Controller, type ControllerOptions } from '../../controller/run-controller.ts'
import { loadKubeConfig, openCluster, type ClusterAccess } from '../../kubernetes/cluster-access.ts'
import { createKubeClient } from '../../kubernetes/create-kube-client.ts'
import { createLog, logLevels, type Log, type LogLevel } from '../../report/log.ts'
import { createMetrics, type Metrics } from '../../report/metrics.ts'
import type { ExitCode } from '../../report/exit-code.ts'
import { healthRoutes } from '../../server/health-routes.ts'
import { metricsRoutes } from '../../server/metrics-routes.ts'
import { serve, type Server } from '../../server/serve.ts'
import { collect, command, type Finish } from '../command.ts'
import type { Context } from '../context.ts'
import type { Io } from '../io.ts'

export interface ControllerCommandOptions {
  readonly kubeconfig?: string
  readonly namespace?: readonly string[]
  readonly metricsPort: number
  readonly healthPort: number
  readonly bindAddress: string
  readonly logLevel: LogLevel
  readonly sandbox?: string
}

/** Without a pass that ends for so long the process is taken for stuck, and restarted by its kubelet. */
const stuckMs = 3_600_000

/** Works on the objects of a cluster until it is told to end. */
async function controller(options: ControllerCommandOptions, { io, note }: Context): Promise<ExitCode> {
  const { clock } = io
  const log = createLog({ write: io.stdout, level: options.logLevel, format: 'json', clock })
  const metrics = createMetrics({ clock, version: version(), process: true })
  const access = openCluster(loadKubeConfig(options.kubeconfig))
  const running = startController(controllerOptions(options, { access, log, metrics, io }))
  const servers = await openServers(options, { running, log, metrics, signal: io.signal })
  const [healthPort, metricsPort] = servers.map(({ port }) => port)
  const namespaces = options.namespace ?? 'all'
  const facts = { version: version(), server: access.server, namespaces, healthPort, metricsPort }
  log.info('the controller has started', facts)
  // in a pod both streams are one log, of JSON alone
  if (io.isTty.stderr) note(`Working on the objects of ${access.server}. Ctrl-C ends it.`)
  try {
    await running.done
  } finally {
    await Promise.all(servers.map((server) => server.close()))
    await access.close()
  }
  log.info('the controller has ended')
  return 0
}

interface Means {
  readonly access: ClusterAccess
  readonly log: Log
  readonly metrics: Metrics
  readonly io: Io
}

function controllerOptions(options: ControllerCommandOptions, { access, log, metrics, io }: Means): ControllerOptions {
  const { clock, random, env, cwd, signal } = io
  const host = new URL(access.server).host
  const client = createKubeClient({
    access,
    clock,
    random,
    userAgent: `roster/${version()}`,
    onTry: ({ method, code, tookMs }) => metrics.kubeCalled({ method, code, host, durationMs: tookMs }),
  })
  const instance = env['POD_NAME'] ?? hostname()
  return {
    client,
    namespaces: options.namespace ?? [],
    ownNamespace: env['POD_NAMESPACE'] ?? access.namespace ?? 'default',
    identity: `${instance}_${randomUUID()}`,
    instance,
    clock,
    steady: steadyClock,
    random,
    log,
    metrics,
    env,
    cwd,
    signal,
    ...(options.sandbox !== undefined && { sandboxUrl: options.sandbox.replace(/\/+$/, '') }),
  }
}

interface Served {
  readonly running: Controller
  readonly log: Log
  readonly metrics: Metrics
  readonly signal: AbortSignal
}

/** Health first, then metrics. */
function openServers(
  { healthPort, metricsPort, bindAddress }: ControllerCommandOptions,
  { running, log, metrics, signal }: Served,
): Promise<readonly Server[]> {
  const onError = (error: unknown): void => log.error('a request could not be answered', { error })
  const listen = { host: bindAddress, onError }
  const isEnding = () => (signal.aborted ? 'ending' : undefined)
  const unlisted = () => {
    const kinds = running.unsynced()
    return kinds.length > 0 ? `not listed yet: ${kinds.join(', ')}` : undefined
  }
  const stuck = () => (running.longestPassMs() > stuckMs ? 'a pass has not ended for an hour' : undefined)
  const health = healthRoutes({
    live: [{ name: 'passes', problem: stuck }],
    ready: [
      { name: 'caches', problem: unlisted },
      { name: 'shutdown', problem: isEnding },
    ],
  })
  return Promise.all([
    serve({ ...listen, port: healthPort, routes: health }),
    serve({ ...listen, port: metricsPort, routes: metricsRoutes(metrics) }),
  ])
}

function portNumber(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('A port is a number up to 65535.')
  return port
}

export function addController(program: Command, context: Context, finish: Finish): void {
  const summary = 'work on the objects of a Kubernetes cluster until stopped'
  command(program, { name: 'controller', summary, example: 'roster controller --kubeconfig ~/.kube/config' })
    .option('--kubeconfig <file>', 'default: KUBECONFIG, ~/.kube/config, or the service account of the pod')
    .option('--namespace <name>', 'only the objects of this namespace (repeatable; default: all)', collect)
    .option('--metrics-port <port>', '/metrics for Prometheus; 0 takes a free one', portNumber, 8080)
    .option('--health-port <port>', '/healthz and /readyz; 0 takes a free one', portNumber, 8081)
    .option('--bind-address <address>', 'where both listen', '0.0.0.0')
    .addOption(new Option('--log-level <level>', 'how much is logged').choices(logLevels).default('info'))
    .option('--sandbox <url>', 'send every request to this sandbox instead of Atlassian')
    .action(async (options: ControllerCommandOptions) => finish(await controller(options, context)))
}
