import { version } from '../../config.ts'
import type { Diagnostic } from '../../core/diagnostic.ts'
import { annotations } from '../../report/annotations.ts'
import type { ExitCode } from '../../report/exit-code.ts'
import { renderDiagnostics } from '../../report/code-frame.ts'
import { codeQuality } from '../../report/code-quality.ts'
import type { Findings } from '../../report/findings.ts'
import { junit } from '../../report/junit.ts'
import { diagnosticJson, formatVersion } from '../../report/plan-json.ts'
import { sarif } from '../../report/sarif.ts'
import { count } from '../../report/terminal-text.ts'
import type { Context } from '../context.ts'
import { locate } from '../declaration.ts'
import { checkOffline, tally } from '../offline.ts'
import { repositoryWords, type RepositoryFlags } from '../repository-flags.ts'

/** `github`: annotations of a workflow; `code-quality`: GitLab's report. */
export const validateOutputs = ['text', 'json', 'junit', 'sarif', 'github', 'code-quality'] as const
type Output = (typeof validateOutputs)[number]

export interface ValidateOptions extends RepositoryFlags {
  /** Default: text. */
  readonly output?: Output
  /** Same as `output: 'json'`. */
  readonly json?: boolean
}

/** Checks manifests without asking Atlassian. 1 where one has a mistake. */
export async function validate(
  paths: readonly string[],
  options: ValidateOptions,
  context: Context,
): Promise<ExitCode> {
  const { declaration, covers } = await locate(paths, context, options)
  const all = await checkOffline(declaration, context.io.clock.now(), context.io.cwd)
  const found = all.filter(({ origin }) => origin === undefined || covers(origin.file))
  const files = declaration.files.filter(covers)
  const manifests = declaration.manifests.filter(({ origin }) => covers(origin.file))
  const { errors } = tally(found)
  const exitCode = errors > 0 ? 1 : 0
  const output = options.output ?? (options.json ? 'json' : 'text')
  if (output === 'text') {
    if (found.length > 0) context.print(`${renderDiagnostics(found, declaration.texts, context.paint)}\n`)
    const next = ['roster plan', ...paths, ...repositoryWords(options)].join(' ')
    context.print(verdict(found, { manifests: manifests.length, files: files.length, next }))
  } else if (output === 'json') {
    const diagnostics = found.map(diagnosticJson)
    context.printJson({ formatVersion, type: 'validate', exitCode, files, manifests: manifests.length, diagnostics })
  } else printFindings(output, { files, diagnostics: found, version: version() }, context)
  return exitCode
}

/** Formats of other tools; to stdout, also where nothing was found. */
function printFindings(output: Exclude<Output, 'text' | 'json'>, found: Findings, { print, printJson }: Context): void {
  switch (output) {
    case 'junit':
      return print(junit(found))
    case 'sarif':
      return printJson(sarif(found))
    case 'code-quality':
      return printJson(codeQuality(found))
    case 'github':
      return found.diagnostics.length > 0 ? print(annotations(found)) : undefined
    default:
      return output satisfies never
  }
}

interface Looked {
  readonly manifests: number
  readonly files: number
  readonly next: string
}

function verdict(found: readonly Diagnostic[], { manifests, files, next }: Looked): string {
  const { errors, warnings } = tally(found)
  const of = `${count(manifests, 'manifest')} in ${count(files, 'file')}`
  if (errors + warnings === 0) return `${of}: no mistakes. Next: ${next}`
  const problems = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ]
  return `${of}: ${problems.join(', ')}.${errors === 0 ? ` Next: ${next}` : ''}`
}
