import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { generatedFiles } from '../../generate/files.ts'
import { accessRepository, type PinnedAction } from '../../init/access-repository.ts'
import { secrets, secretsOf, type Answers } from '../../init/answers.ts'
import { slug } from '../../import/slug.ts'
import { kinds } from '../../kinds/index.ts'
import type { ExitCode } from '../../report/exit-code.ts'
import { count } from '../../report/terminal-text.ts'
import { command, type Finish } from '../command.ts'
import type { Context } from '../context.ts'
import { examplesDirectory } from '../declaration.ts'
import { answersProblems } from '../init-answers.ts'

type Site = Answers['sites'][number]

interface InitOptions {
  readonly organizationId: string
  readonly site?: readonly Site[]
  readonly email?: string
  readonly provisioning: 'Invite' | 'SCIM'
  readonly scimDirectoryId?: string
  readonly owner?: string
  readonly name?: string
  /** `acme/roster@<commit>` */
  readonly action?: string
}

export function addInit(program: Command, context: Context, finish: Finish): void {
  const example =
    'roster init access-repo --organization-id 3f5c… --site acme=https://acme.atlassian.net --email svc@acme.com'
  command(program, { name: 'init', summary: 'write an access repository, ready to push; asks nobody', example })
    .argument('<directory>', 'a new or empty directory; one that holds .git alone is empty')
    .requiredOption('--organization-id <id>', 'the id in the address https://admin.atlassian.com/o/<id>')
    .addOption(
      new Option('--site <name=url>', 'a site with Jira or Confluence (repeatable)').argParser(
        (text: string, previous: readonly Site[] | undefined) => [...(previous ?? []), siteOf(text)],
      ),
    )
    .option('--email <address>', 'of the account whose API token opens the sites; needed with --site')
    .addOption(
      new Option('--provisioning <method>', 'how accounts are made').choices(['Invite', 'SCIM']).default('Invite'),
    )
    .option('--scim-directory-id <id>', 'from the base URL of the SCIM directory; needed with --provisioning SCIM')
    .option('--owner <owner>', 'who owns what no team owns, for CODEOWNERS (default: @<name>/security)')
    .option('--name <name>', 'name of the organization in manifests (default: that of the first site)')
    .addOption(
      new Option('--action <owner/roster@commit>', 'GitHub: run the action of Roster from there').argParser(pinned),
    )
    .action(async (directory: string, options: InitOptions) => finish(await init(directory, options, context)))
}

function siteOf(text: string): Site {
  const [, name, url] = /^([^=]+)=(.+)$/.exec(text) ?? []
  if (name === undefined || url === undefined) throw new InvalidArgumentError('Write acme=https://acme.atlassian.net.')
  return { name, url }
}

function pinned(text: string): string {
  const isPinned = /^[\w.-]+\/[\w.-]+@[0-9a-f]{40}$/.test(text)
  if (!isPinned) throw new InvalidArgumentError('Write acme/roster@ and the 40 digits of a commit: a tag may be moved.')
  return text
}

/** 1 where the directory is not empty, or an answer is none. Then nothing is written. */
async function init(directory: string, options: InitOptions, context: Context): Promise<ExitCode> {
  const { io, note, errorPaint } = context
  const answers = answersIn(options)
  const target = resolve(io.cwd, directory)
  const present = await namesIn(target)
  const problems = [
    ...(await answersProblems(answers, options.provisioning === 'SCIM', context)),
    ...(present.length > 0 ? [`${directory} is not empty: ${present.slice(0, 3).join(', ')}`] : []),
  ]
  for (const problem of problems) note(`${errorPaint.removed('error')}: ${problem}`)
  if (problems.length > 0) return 1
  const schemas = [...generatedFiles(kinds)].filter(([path]) => path.startsWith('schemas/'))
  const files = [...accessRepository(answers, await actionIn(options)), ...schemas]
  for (const [path, text] of files) {
    await mkdir(dirname(join(target, path)), { recursive: true })
    await writeFile(join(target, path), text, { flag: 'wx' })
  }
  context.print(nextSteps(directory, files.length, answers))
  return 0
}

function answersIn({ organizationId, site: sites = [], email, scimDirectoryId, ...options }: InitOptions): Answers {
  const name = options.name ?? slug(sites[0]?.name ?? '', 'organization')
  return {
    name,
    organizationId,
    sites,
    owner: options.owner ?? `@${slug(name, 'organization')}/security`,
    ...(email !== undefined && { email }),
    ...(scimDirectoryId !== undefined && { scimDirectoryId }),
  }
}

async function actionIn({ action: place }: InitOptions): Promise<PinnedAction | undefined> {
  if (place === undefined) return undefined
  return { place, example: await readFile(join(examplesDirectory, 'github/roster.yml'), 'utf8') }
}

/** What stands in the way. */
async function namesIn(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names.filter((name) => name !== '.git').toSorted()
}

function nextSteps(directory: string, files: number, answers: Answers): string {
  const names = secretsOf(answers)
  return [
    `Wrote ${count(files, 'file')} below ${directory}. CODEOWNERS names ${answers.owner}.`,
    '',
    'Next, with the secrets in the environment:',
    ...names.map((name) => `  ${name.padEnd(26)} ${secrets[name]}`),
    '',
    `  cd ${directory}`,
    '  roster doctor access   would a run find all that it needs?',
    '  roster import access   what there is, as manifests; changes nothing at Atlassian',
    '  roster plan access     empty',
    '',
    'README.md says what to set at GitHub or GitLab before the first push.',
  ].join('\n')
}
