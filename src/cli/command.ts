import { Argument, Option, type Command } from 'commander'
import type { ExitCode } from '../report/exit-code.ts'
import { addRepositoryFlags } from './repository-flags.ts'

/** Takes the code that a command ends with. */
export type Finish = (code: ExitCode) => void

export interface Described {
  readonly name: string
  readonly summary: string
  readonly example: string
}

/** Every command has an example before everything else: it is what people look for. */
export function command(program: Command, { name, summary, example }: Described): Command {
  return program
    .command(name)
    .description(summary)
    .option('--no-color', 'no colours, also NO_COLOR=1')
    .addHelpText('before', `Example:\n  ${example}\n`)
}

export const manifests = (): Argument => new Argument('[paths...]', 'files or directories with manifests (default: .)')

/** How the commands that plan print what they found. */
const planOutputs = ['text', 'json', 'markdown'] as const
export type PlanOutput = (typeof planOutputs)[number]

export function live(target: Command): Command {
  return addRepositoryFlags(target)
    .addArgument(manifests())
    .addOption(new Option('-o, --output <format>', 'text, json, or markdown for a pull request').choices(planOutputs))
    .option('--json', 'same as -o json: one JSON document on stdout, docs/json/plan.schema.json')
    .option('--redact-emails', 'show a***@acme.com for every address, for public places')
    .option('-v, --verbose', 'name every unmanaged entry')
    .option('--expand', 'list equal changes over many places one by one')
    .option('--state <place>', 'where the ledger is kept: a directory, or refs/roster/state (default: .roster)')
    .option('--sandbox <url>', 'send every request to this sandbox instead of Atlassian')
}

/** For an option that may be given several times. */
export const collect = (value: string, previous: readonly string[] = []): readonly string[] => [...previous, value]
