import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { exitCodeTable } from '../report/exit-code.ts'
import { collect, command, live, manifests, type Finish } from './command.ts'
import { apply, type ApplyOptions } from './commands/apply.ts'
import { approve, type ApproveOptions } from './commands/approve.ts'
import { addComment } from './commands/comment.ts'
import { addController } from './commands/controller.ts'
import { demo } from './commands/demo.ts'
import { doctor, type DoctorCommandOptions } from './commands/doctor.ts'
import { get, outputs, subjects, type GetOptions, type GetSubject } from './commands/get.ts'
import { addImport } from './commands/import.ts'
import { addInit } from './commands/init.ts'
import { login, type LoginOptions } from './commands/login.ts'
import { plan, type PlanOptions } from './commands/plan.ts'
import { addRun } from './commands/run.ts'
import { sandbox, type SandboxOptions } from './commands/sandbox.ts'
import { validate, validateOutputs, type ValidateOptions } from './commands/validate.ts'
import { completionScript, shells, type Shell } from './completion.ts'
import type { Context } from './context.ts'
import { addRepositoryFlags } from './repository-flags.ts'
import { parseDuration } from './until.ts'

/** The command line: names, flags and help. What commands do stands in `commands/`. */
export function createProgram(context: Context, version: string, finish: Finish): Command {
  const program = new Command('roster')
  program
    .description('Keeps who can get into what in Atlassian Cloud equal to what a team has declared.')
    .version(version, '-V, --version', 'print the version')
    .option('--no-color', 'no colours, also NO_COLOR=1')
    .showHelpAfterError('(roster --help lists the commands, roster <command> --help explains one)')
    .addHelpText(
      'before',
      `Example:\n  roster demo                 see it all in two minutes, without an account\n  roster plan access/         what would change\n`,
    )
    .addHelpText('after', `\nExit codes:\n${exitCodeTable()}`)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: context.io.stdout, writeErr: context.io.stderr })
  addChecks(program, context, finish)
  addDoctor(program, context, finish)
  addChanges(program, context, finish)
  addComment(program, context, finish)
  addGet(program, context, finish)
  addInit(program, context, finish)
  addImport(program, context, finish)
  addLogin(program, context, finish)
  addRun(program, context, finish)
  addController(program, context, finish)
  addSandbox(program, context, finish)
  addCompletion(program, context, finish)
  return program
}

function addChecks(program: Command, context: Context, finish: Finish): void {
  const example = 'roster validate access/'
  addRepositoryFlags(
    command(program, { name: 'validate', summary: 'check manifests without asking Atlassian', example }),
  )
    .addArgument(manifests())
    .option('--json', 'same as -o json: one JSON document on stdout, docs/json/validate.schema.json')
    .addOption(
      new Option('-o, --output <format>', 'text, json, or what GitHub, GitLab and test reports take').choices(
        validateOutputs,
      ),
    )
    .action(async (paths: string[], options: ValidateOptions) => finish(await validate(paths, options, context)))
  live(
    command(program, {
      name: 'plan',
      summary: 'show what would change; writes nothing',
      example: 'roster plan access/',
    }),
  )
    .option('--detailed-exitcode', 'exit 2 where changes are pending')
    .option('--out <file>', 'save the plan, for roster apply <file>')
    .option('--base <directory>', 'refuse where credentials would go elsewhere than the same paths there say')
    .action(async (paths: string[], options: PlanOptions) => finish(await plan(paths, options, context)))
  live(
    command(program, {
      name: 'drift',
      summary: 'compare live access with the declaration; exit 2 where they differ',
      example: 'roster drift access/',
    }),
  ).action(async (paths: string[], options: PlanOptions) =>
    finish(await plan(paths, { ...options, detailedExitcode: true }, context)),
  )
}

function addDoctor(program: Command, context: Context, finish: Finish): void {
  const summary = 'check credentials, permissions and settings; writes nothing'
  addRepositoryFlags(command(program, { name: 'doctor', summary, example: 'roster doctor access/' }))
    .addArgument(manifests())
    .option('--json', 'one JSON document on stdout, docs/json/doctor.schema.json')
    .option('--state <place>', 'where the ledger is kept: a directory, or refs/roster/state (default: .roster)')
    .option('--sandbox <url>', 'send every request to this sandbox instead of Atlassian')
    .action(async (paths: string[], options: DoctorCommandOptions) => finish(await doctor(paths, options, context)))
}

function addChanges(program: Command, context: Context, finish: Finish): void {
  live(command(program, { name: 'apply', summary: 'plan, ask, and make the changes', example: 'roster apply access/' }))
    .option('-y, --yes', 'do not ask; needed where there is no terminal')
    .option('--removals-first', 'for incidents: take access away before giving any')
    .option('--approve <digest>', 'let what is held under this digest pass in this run (repeatable)', collect)
    .addOption(lockTimeout())
    .action(async (paths: string[], options: ApplyOptions) => finish(await apply(paths, options, context)))
  addRepositoryFlags(
    command(program, {
      name: 'approve',
      summary: 'let what a plan held pass, for a while',
      example: 'roster approve 6f1c92ab31de access/ --until 1h',
    }),
  )
    .argument('<what>', 'twelve digits, shown by the plan under what it holds; or a name whose meaning has changed')
    .addArgument(manifests())
    .option('--until <time>', '30m, 1h, 2d, or a time such as 2027-03-31T18:00:00Z; a week at most')
    .option('--state <place>', 'where the ledger is kept: a directory, or refs/roster/state (default: .roster)')
    .addOption(lockTimeout())
    .action(async (what: string, paths: string[], options: ApproveOptions) =>
      finish(await approve({ what, paths }, options, context)),
    )
}

function durationMs(text: string): number {
  const found = parseDuration(text)
  if (found === undefined) throw new InvalidArgumentError('Write 12h or 90d.')
  return found
}

const lockTimeout = (): Option =>
  new Option('--lock-timeout <time>', 'wait for another run, e.g. 5m (default: not at all)').argParser(durationMs)

function addGet(program: Command, context: Context, finish: Finish): void {
  const summary = 'list what there is, and who holds it'
  addRepositoryFlags(command(program, { name: 'get', summary, example: 'roster get groups access/ --unmatched' }))
    .addArgument(new Argument('<what>', 'what to list').choices(subjects))
    .addArgument(manifests())
    .option('--unmatched', 'only what nobody declared; of accounts, with the reason')
    .option('--without-mfa', 'only managed accounts that no two-step verification and no policy protects')
    .addOption(
      new Option('--inactive-for <time>', 'only accounts that nobody used for so long, e.g. 90d').argParser(durationMs),
    )
    .option('--all', 'tokens of everybody who is declared, not only of those who left')
    .addOption(new Option('-o, --output <format>', 'table, json or yaml').choices(outputs).default('table'))
    .option('--json', 'same as -o json')
    .option('--sandbox <url>', 'send every request to this sandbox instead of Atlassian')
    .option('--state <place>', 'where the ledger is kept: a directory, or refs/roster/state (default: .roster)')
    .action(async (what: GetSubject, paths: string[], options: GetOptions) =>
      finish(await get({ what, paths }, options, context)),
    )
}

function addLogin(program: Command, context: Context, finish: Finish): void {
  const summary = 'let a person agree in the browser that Roster acts for them on a site'
  addRepositoryFlags(command(program, { name: 'login', summary, example: 'roster login access/ --site acme' }))
    .addArgument(manifests())
    .option('--site <name>', 'which site; needed where several sign in by consent')
    .option('--port <port>', 'where the browser comes back to; the app must have this callback URL', '8976')
    .option('--no-browser', 'print the address and open nothing')
    .option('--state <directory>', 'where the tokens are kept (default: .roster beside the organization)')
    .option('--sandbox <url>', 'log in to this sandbox instead of Atlassian')
    .action(async (paths: string[], options: LoginOptions) => finish(await login(paths, options, context)))
}

function addSandbox(program: Command, context: Context, finish: Finish): void {
  const summary = 'an Atlassian Cloud on this machine, for trying and testing'
  command(program, { name: 'sandbox', summary, example: 'roster sandbox --port 8080' })
    .option('--port <port>', 'where to listen; 0 takes a free one', '8080')
    .option('--host <host>', 'address to listen at', '127.0.0.1')
    .option('--https-port <port>', 'listen for https there too; 0 takes a free one')
    .option('--proxy-port <port>', "a proxy there that leads Atlassian's host names to the sandbox, and nowhere else")
    .option(
      '--ca <file>',
      'where to write what clients must trust (default: roster-sandbox-ca.pem, with https or a proxy)',
    )
    .option('--seed <file>', 'YAML of the world (default: the example company Acme)')
    .option('--random-seed <number>', 'for drawn ids and faults: the same number, the same run', '1')
    .option('--chaos <share>', 'how likely a request meets a fault, from 0 to 1')
    .option('--consistency-delay <ms>', 'reads see a write up to so much later')
    .option('--limits <list>', 'enforce them: requests=100/60,points=65000,burst=10,retry-after=date')
    .option('--journal <file>', 'write every request to this file, one JSON object a line')
    .action(async (options: SandboxOptions) => finish(await sandbox(options, context)))
  const shown = 'start a sandbox, plan, apply, break something and repair it'
  command(program, { name: 'demo', summary: shown, example: 'roster demo' }).action(async () =>
    finish(await demo(context)),
  )
}

function addCompletion(program: Command, { io }: Context, finish: Finish): void {
  const example = 'source <(roster completion bash)'
  command(program, { name: 'completion', summary: 'print a completion script for your shell', example })
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .action((shell: Shell) => {
      io.stdout(completionScript(program, shell))
      finish(0)
    })
}
