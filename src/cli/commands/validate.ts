import type { Diagnostic } from '../../core/diagnostic.ts'
import type { ExitCode } from '../../report/exit-code.ts'
import { renderDiagnostics } from '../../report/code-frame.ts'
import { diagnosticJson, formatVersion } from '../../report/plan-json.ts'
import { count } from '../../report/terminal-text.ts'
import type { Context } from '../context.ts'
import { locate } from '../declaration.ts'
import { checkOffline, tally } from '../offline.ts'
import { repositoryWords, type RepositoryFlags } from '../repository-flags.ts'

export interface ValidateOptions extends RepositoryFlags {
  readonly json?: boolean
}

/** Checks manifests without asking Atlassian. 1 where one has a mistake. */
export async function validate(
  paths: readonly string[],
  options: ValidateOptions,
  context: Context,
): Promise<ExitCode> {
  const { declaration, covers, cwd } = await locate(paths, context, options)
  const all = await checkOffline(declaration, context.io.clock.now(), cwd)
  const found = all.filter(({ origin }) => origin === undefined || covers(origin.file))
  const files = declaration.files.filter(covers)
  const manifests = declaration.manifests.filter(({ origin }) => covers(origin.file))
  const { errors } = tally(found)
  const exitCode = errors > 0 ? 1 : 0
  if (options.json) {
    const diagnostics = found.map(diagnosticJson)
    context.printJson({ formatVersion, type: 'validate', exitCode, files, manifests: manifests.length, diagnostics })
  } else if (found.length > 0) {
    context.print(`${renderDiagnostics(found, declaration.texts, context.paint)}\n`)
  }
  if (!options.json)
    context.print(
      verdict(found, {
        manifests: manifests.length,
        files: files.length,
        next: ['roster plan', ...paths, ...repositoryWords(options)].join(' '),
      }),
    )
  return exitCode
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
