import { stringify } from 'yaml'
import { membershipKind } from '../../core/membership.ts'
import type { ExitCode } from '../../report/exit-code.ts'
import { formatVersion } from '../../report/plan-json.ts'
import type { Session } from '../../run/session.ts'
import type { Context } from '../context.ts'
import { isInactiveSince, lacksTwoStep } from '../estate-accounts.ts'
import type { EstateItems } from '../estate-items.ts'
import { readItems, readPeoplesTokens, readUnmatched, type Reading } from '../estate-reading.ts'
import { estateParts, estateTable, type EstatePartName } from '../estate-table.ts'
import { noteDiagnostics, openDeclaration, runSession, type LiveOptions } from '../pass.ts'

export const subjects = [...estateParts, 'tokens', 'all'] as const
export type GetSubject = (typeof subjects)[number]
export const outputs = ['table', 'json', 'yaml'] as const

export interface GetOptions extends LiveOptions {
  readonly output: (typeof outputs)[number]
  readonly json?: boolean
  /** Only what nobody declared. */
  readonly unmatched?: boolean
  /** Only managed accounts that a password alone opens. */
  readonly withoutMfa?: boolean
  /** Only accounts that were not seen for so many milliseconds. */
  readonly inactiveFor?: number
  /** Tokens of everybody who is declared, not only of leavers. */
  readonly all?: boolean
}

interface Wanted {
  readonly what: GetSubject
  readonly paths: readonly string[]
}

interface Found {
  readonly organization: string
  readonly items: EstateItems
}

/** The catalogue of what can be granted and who holds it. 4 where a part could not be read. */
export async function get({ what, paths }: Wanted, options: GetOptions, context: Context): Promise<ExitCode> {
  const misuse = misuseOf(what, options)
  if (misuse !== undefined) {
    context.note(misuse)
    return 1
  }
  const opened = await openDeclaration(paths, options, context)
  noteDiagnostics(opened.diagnostics, opened, context)
  if (opened.sessions.length === 0) return 1
  const parts = what === 'all' ? estateParts : [what]
  const found: Found[] = []
  for (const session of opened.sessions) {
    const items = await itemsOf(session, { parts, options }, { opened, context })
    found.push({ organization: session.organization, items })
  }
  opened.endProgress()
  const gaps = found.flatMap(({ items }) => items.gaps)
  for (const { what: part, reason } of gaps) context.note(context.errorPaint.loud(`NOT READ: ${part}: ${reason}`))
  const exitCode = gaps.length > 0 ? 4 : 0
  show(found, { parts, output: options.json ? 'json' : options.output, exitCode }, context)
  return exitCode
}

function misuseOf(what: GetSubject, { withoutMfa, inactiveFor, all, unmatched }: GetOptions): string | undefined {
  const isOfAccounts = withoutMfa !== undefined || inactiveFor !== undefined
  if (isOfAccounts && what !== 'accounts') return '--without-mfa and --inactive-for are for roster get accounts'
  if (all && what !== 'tokens') return '--all is for roster get tokens'
  return unmatched && what === 'tokens' ? '--unmatched is not for roster get tokens' : undefined
}

interface Asked {
  readonly parts: readonly EstatePartName[]
  readonly options: GetOptions
}

async function itemsOf(session: Session, { parts, options }: Asked, reading: Reading): Promise<EstateItems> {
  if (parts.includes('tokens')) return readPeoplesTokens(session, options.all === true, reading)
  if (!options.unmatched) return filtered(await readItems(session, parts, reading), options, reading.context)
  const unmatched = await readUnmatched(session, parts, reading)
  // accounts are matched with manifests alone; the rest, with the scopes that a pass reads
  const isMore = parts.some((part) => part !== 'accounts')
  return filtered(isMore ? await undeclared(unmatched, session, reading) : unmatched, options, reading.context)
}

function filtered(items: EstateItems, { withoutMfa, inactiveFor }: GetOptions, { io }: Context): EstateItems {
  const accounts = items.accounts
    .filter((account) => !withoutMfa || lacksTwoStep(account))
    .filter((account) => inactiveFor === undefined || isInactiveSince(account, io.clock.now() - inactiveFor))
  const { reconciliation } = items
  if (!reconciliation || accounts.length === items.accounts.length) return { ...items, accounts }
  const reasons = reconciliation.reasons
    .map((each) => ({ ...each, count: accounts.filter(({ unmatched }) => unmatched?.reason === each.reason).length }))
    .filter(({ count }) => count > 0)
  return { ...items, accounts, reconciliation: { ...reconciliation, reasons } }
}

interface Shown {
  readonly parts: readonly EstatePartName[]
  readonly output: GetOptions['output']
  readonly exitCode: ExitCode
}

function show(found: readonly Found[], { parts, output, exitCode }: Shown, { io, print, printJson }: Context): void {
  if (output === 'table') {
    // sixty names in a row fill a screen; a pipe gets them all, so that grep finds every one
    const mostNames = io.isTty.stdout ? 3 : Infinity
    print(found.map(({ items }) => estateTable(items, parts, mostNames)).join('\n\n'))
    return
  }
  const organizations = found.map(({ organization, items }) => ({ name: organization, ...selected(items, parts) }))
  const document = { formatVersion, type: 'get', exitCode, organizations }
  if (output === 'json') printJson(document)
  else print(stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 }).trimEnd())
}

/** Leaves what no manifest speaks of. A pass tells what is declared, in the ids of what was read. */
async function undeclared(items: EstateItems, session: Session, { opened, context }: Reading): Promise<EstateItems> {
  const { pass } = await runSession(session, opened, { context, decide: async () => undefined })
  const { scopes, entries } = pass.survey.desired
  const lacks = (id: string): boolean => !entries.has(id)
  return {
    ...items,
    groups: items.groups.filter(
      ({ groupId }) => !scopes.has(`AtlassianGroup/${groupId}`) && !scopes.has(`${membershipKind}/${groupId}`),
    ),
    projects: items.projects.flatMap((project) => {
      const roles = project.roles.map((role) => {
        const scope = `JiraRoleBinding/${project.site}/${project.id}/${role.id}`
        return { ...role, holders: role.holders.filter(({ key }) => lacks(`${scope}/${key}`)) }
      })
      const left = roles.filter(({ holders }) => holders.length > 0)
      return left.length > 0 ? [{ ...project, roles: left }] : []
    }),
    spaces: items.spaces.flatMap((space) => {
      const scope = `ConfluenceSpaceGrant/${space.site}/${space.id}`
      const access = space.access.filter(({ key }) => lacks(`${scope}/${key}`))
      return access.length > 0 ? [{ ...space, access }] : []
    }),
  }
}

/** Roles are told by the projects and spaces that have them. */
function selected(items: EstateItems, parts: readonly EstatePartName[]): Partial<EstateItems> {
  const keys = new Set<string>(parts.includes('roles') ? [...parts, 'projects', 'spaces'] : parts)
  if (keys.has('accounts')) keys.add('reconciliation')
  return Object.fromEntries(Object.entries(items).filter(([key]) => key === 'gaps' || keys.has(key)))
}
