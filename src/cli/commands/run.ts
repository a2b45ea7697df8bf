import { InvalidArgumentError, Option, type Command } from 'commander'
import { version } from '../../config.ts'
import { runDaemon } from '../../daemon/run-daemon.ts'
import type { Address } from '../../daemon/servers.ts'
import type { ExitCode } from '../../report/exit-code.ts'
import { createLog, logLevels } from '../../report/log.ts'
import { createMetrics } from '../../report/metrics.ts'
import { command, type Finish } from '../command.ts'
import type { Context } from '../context.ts'
import { FlagError, hooksOf, parseAddress, type DaemonFlags } from '../daemon-flags.ts'
import { openFiles, openGit, type DaemonSource } from '../daemon-source.ts'
import type { LiveOptions } from '../pass.ts'
import { addRepositoryFlags, repositoryOptions } from '../repository-flags.ts'
import { parseDuration } from '../until.ts'

export type RunOptions = DaemonFlags & LiveOptions

export function addRun(program: Command, context: Context, finish: Finish): void {
  const summary = 'keep access as it is declared: a daemon'
  addRepositoryFlags(command(program, { name: 'run', summary, example: 'roster run access/' }))
    .argument('[directory]', 'the directory of the declaration, watched for changes (default: .)')
    .addOption(
      new Option('--poll <time>', 'look for changes so often, e.g. 30s').argParser(durationMs).default(30_000, '30s'),
    )
    .addOption(
      new Option('--listen <address>', 'for probes and metrics: host:port, or off')
        .argParser((text) => (text === 'off' ? text : address(text)))
        .default({ host: '127.0.0.1', port: 8081 }, '127.0.0.1:8081'),
    )
    .addOption(new Option('--webhook-listen <address>', 'for webhooks of the forge: host:port').argParser(address))
    .option('--webhook-secret-file <file>', 'their secret; a second line is taken as well, while one is changed')
    .addOption(new Option('--log-level <level>', 'what is logged').choices(logLevels).default('info'))
    .addOption(
      new Option('--log-format <format>', 'default: text on a terminal, else json').choices(['json', 'text'] as const),
    )
    .option('--state <place>', 'where the ledger is kept: a directory, or refs/roster/state (default: .roster)')
    .option('--sandbox <url>', 'send every request to this sandbox instead of Atlassian')
    .action(async (path: string | undefined, options: RunOptions) => finish(await run(path, options, context)))
}

function address(text: string): Address {
  const found = parseAddress(text)
  if (!found) throw new InvalidArgumentError('Write 127.0.0.1:8081, or a port alone.')
  return found
}

function durationMs(text: string): number {
  const found = parseDuration(text)
  if (!found) throw new InvalidArgumentError('Write 30s, 5m or 1h.')
  return found
}

async function openSource(path: string | undefined, options: RunOptions, context: Context): Promise<DaemonSource> {
  const repository = repositoryOptions(options, context.io)
  if (!repository) return openFiles(path ?? '.', context, options)
  if (path !== undefined) throw new FlagError('a directory and --repo are two sources: name one')
  return openGit(repository, context, options)
}

/** Runs until Ctrl-C or SIGTERM. @throws FlagError, LockedError, and what opening the source or a port meets with */
async function run(path: string | undefined, options: RunOptions, context: Context): Promise<ExitCode> {
  const { io } = context
  const { env, clock, random, signal } = io
  const format = options.logFormat ?? (io.isTty.stderr ? 'text' : 'json')
  const log = createLog({ write: io.stderr, level: options.logLevel, format, clock })
  const hooks = await hooksOf(options, io)
  const { source, stateDirectory, close } = await openSource(path, options, context)
  const metrics = createMetrics({ clock, version: version(), process: true })
  const sandboxUrl = options.sandbox?.replace(/\/+$/, '')
  try {
    await runDaemon({
      source,
      stateDirectory,
      pollMs: options.poll,
      version: version(),
      ports: { env, clock, random, signal, log, metrics, ...(sandboxUrl !== undefined && { sandboxUrl }) },
      ...(options.listen !== 'off' && { listen: options.listen }),
      ...hooks,
    })
  } finally {
    await close()
  }
  // a read that was given up may still wait for its answer
  io.quit(0)
  return 0
}
