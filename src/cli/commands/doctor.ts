import { examine } from '../../doctor/examine.ts'
import type { Section } from '../../doctor/check.ts'
import { hasFailures, renderSection, renderVerdict } from '../../report/doctor-text.ts'
import type { ExitCode } from '../../report/exit-code.ts'
import { formatVersion } from '../../report/plan-json.ts'
import { byOrganization, type Estate } from '../../run/organizations.ts'
import { StateUnreadableError } from '../../state/state-document.ts'
import type { Context } from '../context.ts'
import { locate, type Located } from '../declaration.ts'
import { interruptible } from '../interruption.ts'
import { checkOffline } from '../offline.ts'
import { noteDiagnostics, type LiveOptions } from '../pass.ts'
import { createProgress } from '../progress.ts'

export interface DoctorCommandOptions extends LiveOptions {
  readonly json?: boolean
}

/** Looks whether a run would find all it needs, and says what to do where not. Writes nothing. 1 where a check fails. */
export async function doctor(
  paths: readonly string[],
  options: DoctorCommandOptions,
  context: Context,
): Promise<ExitCode> {
  const located = await locate(paths, context, options)
  const { estates, diagnostics } = byOrganization(located.declaration)
  if (estates.length === 0) {
    noteDiagnostics(diagnostics, { located }, context)
    context.note('there is no AtlassianOrganization to look at')
    return 1
  }
  const found: Section[] = []
  const organizations: { readonly name: string; readonly sections: readonly Section[] }[] = []
  for (const estate of estates) {
    const sections = await interruptible(
      examineOne(estate, { located, options, context }),
      context.io.signal,
      () => true,
    )
    organizations.push({ name: estate.organization.name, sections })
    found.push(...sections)
  }
  const exitCode = hasFailures(found) ? 1 : 0
  if (options.json) context.printJson({ formatVersion, type: 'doctor', exitCode, organizations })
  else context.print(renderVerdict(found))
  return exitCode
}

interface Surroundings {
  readonly located: Located
  readonly options: DoctorCommandOptions
  readonly context: Context
}

async function examineOne(estate: Estate, { located, options, context }: Surroundings): Promise<readonly Section[]> {
  const { io } = context
  const sections: Section[] = []
  const progress = createProgress(context, 'Checking')
  const examination = examine(estate, {
    env: io.env,
    cwd: io.cwd,
    clock: io.clock,
    random: io.random,
    tokens: located.tokens,
    stateDirectory: located.stateDirectory,
    diagnostics: await checkOffline(estate.declaration, io.clock.now(), io.cwd),
    nodeVersion: process.versions.node,
    loadState: () => loadState(located, estate.organization.name),
    onCall: progress.onCall,
    ...(options.sandbox !== undefined && { sandboxUrl: options.sandbox.replace(/\/+$/, '') }),
  })
  for await (const section of examination) {
    sections.push(section)
    if (io.isTty.stderr) io.stderr('\r\u001b[2K')
    if (!options.json) context.print(`${renderSection(section, context.paint)}\n`)
  }
  progress.end()
  return sections
}

async function loadState({ store }: Located, organization: string) {
  try {
    return await store(organization).load()
  } catch (error) {
    if (error instanceof StateUnreadableError) return { problem: error.message }
    throw error
  }
}
