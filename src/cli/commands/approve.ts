import type { ExitCode } from '../../report/exit-code.ts'
import { printable } from '../../report/terminal-text.ts'
import type { Context } from '../context.ts'
import { locate } from '../declaration.ts'
import { parseUntil } from '../until.ts'

export interface ApproveOptions {
  readonly until: string
  readonly state?: string
}

interface Approval {
  readonly digest: string
  readonly paths: readonly string[]
}

/**
 * Lets what a plan held pass in later runs, for a while. Needs no credentials: it names a digest, and a digest names what
 * was shown.
 */
export async function approve(
  { digest, paths }: Approval,
  options: ApproveOptions,
  context: Context,
): Promise<ExitCode> {
  const { note, print, io } = context
  const until = parseUntil(options.until, io.clock.now())
  if (!/^[0-9a-f]{12}$/.test(digest)) {
    note(`"${printable(digest)}" is not a digest: a plan shows one, of twelve digits, under what it holds`)
    return 1
  }
  if ('problem' in until) {
    note(`--until: ${until.problem}`)
    return 1
  }
  const { declaration, store } = await locate(paths, context, options.state)
  const names = declaration.manifests.flatMap(({ kind, name }) => (kind === 'AtlassianOrganization' ? [name] : []))
  for (const name of new Set(names)) {
    const state = await store(name).load()
    await store(name).save({ ...state, approvals: new Map([...state.approvals, [digest, until.untilMs]]) })
  }
  if (names.length === 0) {
    note('no AtlassianOrganization is declared here: name the directory of the declaration')
    return 1
  }
  print(
    `Approved ${digest} until ${new Date(until.untilMs).toISOString()}. It is void as soon as its changes or what they rest on move.`,
  )
  return 0
}
