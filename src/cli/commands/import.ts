import { join } from 'node:path'
import { Argument, InvalidArgumentError, Option, type Command } from 'commander'
import { isError } from '../../core/diagnostic.ts'
import type { Manifest } from '../../core/manifest.ts'
import type { Survey } from '../../core/reconcile.ts'
import { importParts, type ImportPart } from '../../import/holding.ts'
import { importEstate, type Imported } from '../../import/import-estate.ts'
import { layouts, type Layout } from '../../import/layout.ts'
import type { ReachOfPath } from '../../import/relocate.ts'
import type { ExitCode } from '../../report/exit-code.ts'
import { count } from '../../report/terminal-text.ts'
import { reachOf } from '../../run/delegations.ts'
import type { Session } from '../../run/session.ts'
import { command, type Finish } from '../command.ts'
import type { Context } from '../context.ts'
import { specOf } from '../estate-reading.ts'
import { asked, checkWritten } from '../import-check.ts'
import { importTarget, pathBelow, schemaPath, writeImport, type ImportTarget } from '../import-files.ts'
import { readBasis } from '../import-reading.ts'
import { filesText, gapLine, importSummary } from '../import-summary.ts'
import { noteDiagnostics, openDeclaration, type LiveOptions, type Opened } from '../pass.ts'

interface ImportOptions extends LiveOptions {
  readonly by: Layout
  readonly only: ReadonlySet<ImportPart>
  /** `-`: to stdout, and nothing is written. */
  readonly output?: string
  readonly force?: boolean
  readonly check: boolean
  readonly verbose?: boolean
}

/** An account that is declared is Roster's to suspend and to close: that is asked for by name. */
const defaultParts: readonly ImportPart[] = ['groups', 'memberships', 'roles', 'spaces']

export function addImport(program: Command, context: Context, finish: Finish): void {
  const summary = 'write what there is as manifests; changes nothing at Atlassian'
  command(program, { name: 'import', summary, example: 'roster import access/' })
    .addArgument(new Argument('[directory]', 'where the organization is declared, and where files go').default('.'))
    .addOption(
      new Option('--by <layout>', 'one file for each team, project or space, or one of a kind')
        .choices(layouts)
        .default('team'),
    )
    .addOption(
      new Option('--only <parts>', `of ${importParts.join(', ')}`)
        .argParser(partsOf)
        .default(new Set(defaultParts), defaultParts.join(',')),
    )
    .option('-o, --output <where>', '- prints the manifests to stdout and writes no file')
    .option('--force', 'write files anew that an import wrote and nobody changed')
    .option('--no-check', 'do not plan what was written')
    .option('-v, --verbose', 'name everything that is left out')
    .option('--state <place>', 'where the ledger is kept: a directory, or refs/roster/state (default: .roster)')
    .option('--sandbox <url>', 'send every request to this sandbox instead of Atlassian')
    .action(async (directory: string, options: ImportOptions) => finish(await importAll(directory, options, context)))
}

function partsOf(text: string): ReadonlySet<ImportPart> {
  const words = text.split(',').map((each) => each.trim())
  const parts = importParts.filter((part) => words.includes(part))
  if (parts.length !== new Set(words).size) throw new InvalidArgumentError(`Write some of ${importParts.join(',')}.`)
  return new Set(parts)
}

/** Reads, writes files of what no manifest says yet, and plans them. 4 where something was not read. */
async function importAll(directory: string, options: ImportOptions, context: Context): Promise<ExitCode> {
  const isPrinted = options.output === '-'
  const target = await importTarget(isPrinted ? directory : (options.output ?? directory), context.io.cwd)
  const opened = await openDeclaration([target.root], options, context)
  noteDiagnostics(opened.diagnostics, opened, context)
  // what a file that cannot be read declares would be written a second time
  if (opened.sessions.length === 0 || opened.located.declaration.diagnostics.some(isError)) return 1
  const all: ImportedWithSurvey[] = []
  for (const session of opened.sessions) all.push(await importOne(session, { target, opened }, options, context))
  opened.endProgress()
  const files = all.flatMap((each) => each.files)
  if (isPrinted) context.print(filesText(files).trimEnd())
  else await writeImport(target.directory, files)
  const gaps = tell(all, options, context)
  const isProven = isPrinted || (await prove(all, target, options, context))
  return gaps > 0 || !isProven ? 4 : 0
}

/** The summary; on stderr where stdout has the manifests. */
function tell(all: readonly Imported[], { output, verbose }: ImportOptions, context: Context): number {
  const say = output === '-' ? context.note : context.print
  say(importSummary(all, verbose === true))
  const gaps = all.flatMap(({ inventory }) => inventory.gaps)
  for (const gap of gaps) context.note(context.errorPaint.loud(gapLine(gap)))
  return gaps.length
}

async function prove(
  all: readonly ImportedWithSurvey[],
  target: ImportTarget,
  options: ImportOptions,
  context: Context,
): Promise<boolean> {
  const files = all.flatMap((each) => each.files)
  context.print(writtenLine(files, target, context))
  if (files.length === 0 || !options.check) return true
  const before = asked(all.map(({ survey }) => survey))
  const paths = files.map(({ path }) => join(target.directory, path))
  return checkWritten(paths, { before, options, context })
}

interface ImportedWithSurvey extends Imported {
  /** Of the declaration as it was. */
  readonly survey: Survey
}

interface Setting {
  readonly target: ImportTarget
  readonly opened: Opened
}

async function importOne(
  session: Session,
  { target, opened }: Setting,
  options: ImportOptions,
  context: Context,
): Promise<ImportedWithSurvey> {
  const { cwd } = context.io
  const { estate, survey } = await readBasis(session, options.only, { opened, context })
  noteDiagnostics(survey.diagnostics.filter(isError), opened, context)
  const hasMany = opened.sessions.length > 1
  const schemaFor = schemaPath(target)
  // organizations that are imported side by side do not share files
  const folder = hasMany ? `${session.organization}/` : ''
  const pathOf = (file: string): string => (pathBelow(target.directory, file, cwd) ?? '').replace(folder, '')
  const existing = [...opened.located.declaration.texts].flatMap(([file, text]) => {
    const path = pathBelow(target.directory, file, cwd)
    return path?.startsWith(folder) ? [[path.slice(folder.length), text] as const] : []
  })
  const imported = importEstate({
    layout: options.by,
    parts: options.only,
    estate,
    desired: survey.desired,
    declared: survey.declared,
    directory: survey.directory,
    existing: new Map(existing),
    pathOf,
    replaces: options.force === true,
    ...(hasMany && { organization: session.organization }),
    ...(target.directory === target.root && !hasMany && { reachOf: reachBelow(session, opened, context) }),
    ...(schemaFor && { schemaFor: (path: string) => schemaFor(`${folder}${path}`) }),
  })
  return { ...imported, survey, files: imported.files.map((file) => ({ ...file, path: `${folder}${file.path}` })) }
}

/** Elsewhere than beside the organization, what is not delegated is told by the check. */
function reachBelow(session: Session, { located }: Opened, { io }: Context): ReachOfPath {
  const isMeant = ({ kind, name }: Manifest): boolean => kind === organizationKind && name === session.organization
  const organization = located.declaration.manifests.find(isMeant)!
  const reach = reachOf(specOf(session, { located }), organization, { cwd: io.cwd })
  return (path) => reach({ ...organization, origin: { file: join(located.root, path) } })
}

const organizationKind = 'AtlassianOrganization'

function writtenLine(files: Imported['files'], { directory }: ImportTarget, { io }: Context): string {
  if (files.length === 0) return 'Wrote nothing: everything that a manifest can say is declared.'
  const replaced = files.filter(({ isReplacement }) => isReplacement).length
  const where = pathBelow(io.cwd, directory, io.cwd) ?? (directory === io.cwd ? '.' : directory)
  return `Wrote ${count(files.length, 'file')} below ${where}${replaced > 0 ? `, ${replaced} of them anew` : ''}.`
}
