import { stringify } from 'yaml'
import { readEstate, type EstatePart } from '../../atlassian/catalogue-all.ts'
import type { Manifest } from '../../core/manifest.ts'
import { membershipKind } from '../../core/membership.ts'
import { emptyState } from '../../core/state.ts'
import { kinds } from '../../kinds/index.ts'
import type { AtlassianOrganizationSpec } from '../../kinds/atlassian-organization/schema.ts'
import type { ExitCode } from '../../report/exit-code.ts'
import { formatVersion } from '../../report/plan-json.ts'
import type { Session } from '../../run/session.ts'
import type { Context } from '../context.ts'
import { estateItems, type EstateItems } from '../estate-items.ts'
import { estateParts, estateTable, type EstatePartName } from '../estate-table.ts'
import { interruptible } from '../interruption.ts'
import { noteDiagnostics, openDeclaration, runSession, type LiveOptions, type Opened } from '../pass.ts'

export const subjects = [...estateParts, 'all'] as const
export type GetSubject = (typeof subjects)[number]
export const outputs = ['table', 'json', 'yaml'] as const

export interface GetOptions extends LiveOptions {
  readonly output: (typeof outputs)[number]
  readonly json?: boolean
  /** Only what nobody declared. */
  readonly unmatched?: boolean
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
  const opened = await openDeclaration(paths, options, context)
  noteDiagnostics(opened.diagnostics, opened, context)
  if (opened.sessions.length === 0) return 1
  const parts = what === 'all' ? estateParts : [what]
  const found: Found[] = []
  for (const session of opened.sessions) {
    const whole = await readItems(session, parts, { opened, context })
    const items = options.unmatched ? await undeclared(whole, session, { opened, context }) : whole
    found.push({ organization: session.organization, items })
  }
  opened.endProgress()
  const gaps = found.flatMap(({ items }) => items.gaps)
  for (const { what: part, reason } of gaps) context.note(context.errorPaint.loud(`NOT READ: ${part}: ${reason}`))
  const exitCode = gaps.length > 0 ? 4 : 0
  show(found, { parts, output: options.json ? 'json' : options.output, exitCode }, context)
  return exitCode
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

interface Reading {
  readonly opened: Opened
  readonly context: Context
}

/** Names stand for ids only with the identities, which are cheap: they are always read. */
async function readItems(
  session: Session,
  parts: readonly EstatePartName[],
  { opened, context }: Reading,
): Promise<EstateItems> {
  const wants = (part: EstatePartName): boolean => parts.includes(part) || parts.includes('roles')
  const reading = readEstate(session.transport.reader, {
    known: emptyState.counts,
    sites: session.siteNames,
    ...provisioningOf(session, opened),
    parts: new Set<EstatePart>([
      'identities',
      ...(wants('projects') ? (['projects'] as const) : []),
      ...(wants('spaces') ? (['spaces'] as const) : []),
    ]),
  })
  return estateItems(await interruptible(reading, context.io.signal, () => true))
}

function provisioningOf({ organization }: Session, { located }: Opened) {
  const isMeant = ({ kind, name }: Manifest): boolean => kind === 'AtlassianOrganization' && name === organization
  const manifest = located.declaration.manifests.find(isMeant)
  const parsed = kinds.get('AtlassianOrganization')!.parse(manifest!)
  // a session exists only for an organization whose manifest could be parsed
  if ('problems' in parsed) throw new Error(`${organization} has no manifest that can be parsed`)
  const { defaultGroups, provisioning } = parsed.spec as AtlassianOrganizationSpec
  return { declaredDefaultGroups: defaultGroups, provisioningMethod: provisioning.method }
}

/** Leaves what no manifest speaks of. A pass tells what is declared, in the ids of what was read. */
async function undeclared(items: EstateItems, session: Session, { opened, context }: Reading): Promise<EstateItems> {
  const { pass } = await runSession(session, opened, { context, decide: async () => undefined })
  const { scopes, entries } = pass.survey.desired
  const lacks = (id: string): boolean => !entries.has(id)
  return {
    ...items,
    accounts: items.accounts.filter(({ accountId }) => !scopes.has(`AtlassianUser/${accountId}`)),
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
  return Object.fromEntries(Object.entries(items).filter(([key]) => key === 'gaps' || keys.has(key)))
}
