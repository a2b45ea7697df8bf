import { normalName } from '../../core/principal.ts'
import type { State, StateStore } from '../../core/state.ts'
import type { ExitCode } from '../../report/exit-code.ts'
import { printable } from '../../report/terminal-text.ts'
import type { Context } from '../context.ts'
import { locate } from '../declaration.ts'
import type { RepositoryFlags } from '../repository-flags.ts'
import type { StateOptions } from '../state-home.ts'
import { parseUntil } from '../until.ts'

export interface ApproveOptions extends StateOptions, RepositoryFlags {
  /** For digests. */
  readonly until?: string
}

interface Approval {
  /** A digest, or an e-mail or a group's name that means another account or group than it did. */
  readonly what: string
  readonly paths: readonly string[]
}

const digest = /^[0-9a-f]{12}$/

/**
 * Lets what a plan held pass in later runs, for a while; or takes what a name means today for what it is to mean. Needs no
 * credentials: it names a digest, and a digest names what was shown.
 */
export async function approve({ what, paths }: Approval, options: ApproveOptions, context: Context): Promise<ExitCode> {
  const { note, io } = context
  const until = options.until === undefined ? undefined : parseUntil(options.until, io.clock.now())
  if (until && 'problem' in until) {
    note(`--until: ${until.problem}`)
    return 1
  }
  const { declaration, store } = await locate(paths, context, options)
  const names = declaration.manifests.flatMap(({ kind, name }) => (kind === 'AtlassianOrganization' ? [name] : []))
  const stores = [...new Set(names)].map(store)
  if (stores.length === 0) {
    note('no AtlassianOrganization is declared here: name the directory of the declaration')
    return 1
  }
  if (!digest.test(what)) return approveIdentity(what, stores, context)
  if (until) return approveDigest(what, until.untilMs, { stores, context })
  note('--until is missing: 30m, 1h, 2d, or a time such as 2027-03-31T18:00:00Z; a week at most')
  return 1
}

interface Place {
  readonly stores: readonly StateStore[]
  readonly context: Context
}

async function approveDigest(shown: string, untilMs: number, { stores, context }: Place): Promise<ExitCode> {
  for (const store of stores) {
    await change(store, (state) => ({ ...state, approvals: new Map([...state.approvals, [shown, untilMs]]) }))
  }
  const until = new Date(untilMs).toISOString()
  context.print(`Approved ${shown} until ${until}. It is void as soon as its changes or what they rest on move.`)
  return 0
}

/** The name is forgotten, and the next apply remembers what it means then. */
async function approveIdentity(
  name: string,
  stores: readonly StateStore[],
  { note, print }: Context,
): Promise<ExitCode> {
  const key = normalName(name)
  let isKnown = false
  for (const store of stores) {
    const { accounts, groups } = (await store.load()).pins
    if (!accounts.has(key) && !groups.has(key)) continue
    isKnown = true
    const without = (map: ReadonlyMap<string, string>) => new Map([...map].filter(([each]) => each !== key))
    await change(store, (state) => ({
      ...state,
      pins: { accounts: without(state.pins.accounts), groups: without(state.pins.groups) },
    }))
  }
  if (isKnown) {
    print(`Approved ${printable(name)} as what it means today. Plan again to see what follows.`)
    return 0
  }
  note(
    `"${printable(name)}" is neither a digest (a plan shows one, of twelve digits, under what it holds) nor an e-mail or a group that was applied before`,
  )
  return 1
}

async function change(store: StateStore, next: (state: State) => State): Promise<void> {
  const held = await store.hold()
  try {
    await held.save(next(held.state))
  } finally {
    await held.release()
  }
}
