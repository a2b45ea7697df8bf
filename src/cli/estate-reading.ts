import { readingUse, type UseReader } from '../atlassian/account-details.ts'
import { readEstate, type Estate, type EstateOptions, type EstatePart } from '../atlassian/catalogue-all.ts'
import { chunks } from '../atlassian/directory-accounts.ts'
import { unreadOf } from '../atlassian/paginate.ts'
import type { Directory } from '../core/directory.ts'
import type { Manifest } from '../core/manifest.ts'
import type { Reader } from '../core/ports.ts'
import { emptyState } from '../core/state.ts'
import type { AtlassianOrganizationSpec } from '../kinds/atlassian-organization/schema.ts'
import { policiesPerCall, readPolicies } from '../kinds/atlassian-user/policy-api.ts'
import { kinds } from '../kinds/index.ts'
import type { Session } from '../run/session.ts'
import type { Context } from './context.ts'
import type { AccountDetails } from './estate-accounts.ts'
import type { GapItem } from './estate-gap.ts'
import { estateItems, type EstateItems } from './estate-items.ts'
import { matchAccounts, unmatchedReasons, type Matching, type UnmatchedReason } from './estate-matching.ts'
import { peopleOf } from './estate-people.ts'
import type { EstatePartName } from './estate-table.ts'
import { isLeaver, readTokensOf } from './estate-tokens.ts'
import { interruptible } from './interruption.ts'
import type { Opened } from './pass.ts'

export interface Reading {
  readonly opened: Opened
  readonly context: Context
}

interface Wanted extends Pick<EstateOptions, 'people'> {
  readonly parts: ReadonlySet<EstatePart>
  readonly withPolicies: boolean
}

interface Read {
  readonly directory: Directory
  readonly items: EstateItems
}

/** Names stand for ids only with the identities, which are cheap: they are always read. */
export async function readItems(
  session: Session,
  parts: readonly EstatePartName[],
  reading: Reading,
): Promise<EstateItems> {
  const { items } = await read(session, { parts: partsOf(parts), withPolicies: parts.includes('accounts') }, reading)
  return items
}

/** The accounts that no manifest matches, each with the reason, and the declared people who have none. */
export async function readUnmatched(
  session: Session,
  parts: readonly EstatePartName[],
  reading: Reading,
): Promise<EstateItems> {
  const people = await peopleOf(session.organization, reading.opened.located)
  const emails = new Set(people.people.flatMap((each) => each.emails))
  const wanted = {
    parts: partsOf(parts),
    withPolicies: parts.includes('accounts'),
    people: { emails, provisioning: true },
  }
  const { directory, items } = await read(session, wanted, reading)
  const gaps = [...items.gaps, ...people.gaps]
  // a list that is not known cannot lack anybody
  if (directory.unread.accounts) return { ...items, gaps }
  return { ...withReasons(items, matchAccounts(directory, people)), gaps }
}

function withReasons(items: EstateItems, { matched, unmatched, accountless }: Matching): EstateItems {
  const reasons = new Map(unmatched.map(({ accountId, ...rest }) => [accountId, rest]))
  const accounts = items.accounts.flatMap((account) => {
    const found = reasons.get(account.accountId)
    return found ? [{ ...account, unmatched: found }] : []
  })
  const counts = Map.groupBy(unmatched, ({ reason }) => reason)
  const names = (Object.keys(unmatchedReasons) as readonly UnmatchedReason[]).filter((name) => counts.has(name))
  return {
    ...items,
    accounts,
    reconciliation: {
      matched,
      accountless,
      reasons: names.map((reason) => ({ reason, count: counts.get(reason)!.length, ...unmatchedReasons[reason] })),
    },
  }
}

/** API tokens of those who left, or of everybody who is declared. */
export async function readPeoplesTokens(session: Session, ofAll: boolean, reading: Reading): Promise<EstateItems> {
  const { people, gaps } = await peopleOf(session.organization, reading.opened.located)
  const asked = people.filter((each) => ofAll || isLeaver(each))
  const emails = new Set(asked.flatMap((each) => each.emails))
  const { directory } = await read(session, { parts: new Set(), withPolicies: false, people: { emails } }, reading)
  const tokens = readTokensOf(asked, directory, session.transport.reader)
  const found = await interruptible(tokens, reading.context.io.signal, () => true)
  return { ...nothing, tokens: found.tokens, gaps: [...gaps, ...found.gaps] }
}

const nothing: EstateItems = { accounts: [], groups: [], projects: [], roles: [], spaces: [], gaps: [] }

function partsOf(parts: readonly EstatePartName[]): ReadonlySet<EstatePart> {
  const wants = (part: EstatePartName): boolean => parts.includes(part) || parts.includes('roles')
  return new Set<EstatePart>([
    'identities',
    ...(wants('projects') ? (['projects'] as const) : []),
    ...(parts.includes('roles') ? (['roles'] as const) : []),
    ...(wants('spaces') ? (['spaces'] as const) : []),
  ])
}

async function read(session: Session, wanted: Wanted, { opened, context }: Reading): Promise<Read> {
  const { parts, withPolicies, people } = wanted
  const { transport, siteNames: sites } = session
  const { defaultGroups, provisioning, authenticationPolicies } = specOf(session, opened)
  const seeing = readingUse(transport.reader)
  const reading = async (): Promise<Read> => {
    const estate = await readEstate(seeing.reader, {
      known: emptyState.counts,
      sites,
      declaredDefaultGroups: defaultGroups,
      provisioningMethod: provisioning.method,
      parts,
      ...(people && { people }),
    })
    const policies = withPolicies ? await policiesOf(estate.directory, transport.reader) : noPolicies
    return itemsOf(estate, seeing, { policies, declaredPolicies: authenticationPolicies })
  }
  return interruptible(reading(), context.io.signal, () => true)
}

type Policies = { readonly known: AccountDetails['policies']; readonly gaps: readonly GapItem[] }
const noPolicies: Policies = { known: new Map(), gaps: [] }

function itemsOf(
  estate: Estate,
  { uses }: UseReader,
  { policies, declaredPolicies }: { readonly policies: Policies } & Pick<AccountDetails, 'declaredPolicies'>,
): Read {
  const items = estateItems(estate, { uses, policies: policies.known, declaredPolicies })
  return { directory: estate.directory, items: { ...items, gaps: [...items.gaps, ...policies.gaps] } }
}

/** A hundred managed accounts a call; the others are in no policy. */
async function policiesOf({ accounts }: Directory, reader: Reader): Promise<Policies> {
  const managed = accounts.filter((account) => account.managed).map(({ accountId }) => accountId)
  const answers = await Promise.all(
    chunks(managed, policiesPerCall).map(async (chunk) => {
      const found = await readPolicies(reader, chunk).catch(unreadOf)
      return 'code' in found ? found : new Map(chunk.map((accountId) => [accountId, found.get(accountId)]))
    }),
  )
  const reasons = new Set(answers.flatMap((answer) => ('code' in answer ? answer.message : [])))
  return {
    known: new Map(answers.flatMap((answer) => ('code' in answer ? [] : [...answer]))),
    gaps: [...reasons].map((reason) => ({ what: 'authentication policies of accounts', reason })),
  }
}

/** The organization's own manifest. */
export function specOf({ organization }: Session, { located }: Pick<Opened, 'located'>): AtlassianOrganizationSpec {
  const isMeant = ({ kind, name }: Manifest): boolean => kind === 'AtlassianOrganization' && name === organization
  const manifest = located.declaration.manifests.find(isMeant)
  const parsed = kinds.get('AtlassianOrganization')!.parse(manifest!)
  // a session exists only for an organization whose manifest could be parsed
  if ('problems' in parsed) throw new Error(`${organization} has no manifest that can be parsed`)
  return parsed.spec as AtlassianOrganizationSpec
}
