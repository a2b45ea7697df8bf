import type { IdentityNeeds } from '../core/directory.ts'
import type { Forecast, KnownCounts } from '../core/kind.ts'
import { normalName } from '../core/principal.ts'

/** Largest page of users/search, groups/search and SCIM users (specs; reference 3, 4.4, 4.5). */
export const pageSize = 100
/** Largest lists of the filters of users/search and groups/search (specs, MultiDirectory…SearchRequest). */
export const filterSizes = { emails: 100, accountIds: 10, groupIds: 10, groupNames: 100 } as const

export interface DirectoryPlanOptions {
  readonly known: KnownCounts
  /** Group name by product key, as declared. */
  readonly declaredDefaultGroups: Readonly<Record<string, string>>
  /** Sites with a credential for Jira. */
  readonly sites: readonly string[]
  readonly provisioningMethod: 'SCIM' | 'Invite'
  /** Whether the members of the SCIM directory's groups are ours to write. */
  readonly provisionsGroups?: boolean
  /** Reads that must come first: an id that was not given has to be looked up. */
  readonly lookUps?: () => number
}

/** `none`: nobody asks. `undecided`: the sizes of the groups decide, once they are known. */
export type Way = 'none' | 'whole' | 'filtered' | 'undecided'

export interface DirectoryPlan {
  readonly accounts: Way
  readonly groups: Exclude<Way, 'undecided'>
  readonly provisioning: Exclude<Way, 'undecided'>
  /** Whether the groups of the SCIM directory are listed. */
  readonly provisionedGroups: boolean
  /** Normal form. */
  readonly groupNames: readonly string[]
  /** Normal form: groups whose members must be known as a whole. */
  readonly membersOf: readonly string[]
  /** Products whose default group is not declared. */
  readonly undeclaredProducts: readonly string[]
}

/** Which of the two ways is cheaper: everything page by page, or only what is needed by the filters. */
export function planDirectory(needs: IdentityNeeds, options: DirectoryPlanOptions): DirectoryPlan {
  const { declaredDefaultGroups: declared, known } = options
  const undeclaredProducts = [...needs.products].filter((product) => declared[product] === undefined)
  const defaultNames = [...needs.products].flatMap((product) => declared[product] ?? [])
  const membersOf = unique([...needs.membersOf, ...defaultNames].map(normalName))
  const groupNames = unique([...[...needs.groupNames].map(normalName), ...membersOf])
  const everything = needs.everyone || undeclaredProducts.length > 0
  return {
    accounts: everything ? 'whole' : accountsWay(needs, known.accounts, membersOf.length),
    groups: everything ? 'whole' : groupsWay(groupNames.length, known.groups),
    // anybody may have to leave a group of the directory, and is named there by the id of the record
    provisioning: options.provisionsGroups && membersOf.length > 0 ? 'whole' : provisioningWay(needs, options),
    provisionedGroups: options.provisionsGroups === true && groupNames.length > 0,
    groupNames,
    membersOf,
    undeclaredProducts,
  }
}

/** Calls before they are made. Not exact where a size is not known before reading; then it is the least. */
export function forecastPlan(plan: DirectoryPlan, needs: IdentityNeeds, options: DirectoryPlanOptions): Forecast {
  const { known, lookUps } = options
  const parts = [
    { calls: lookUps?.() ?? 0, exact: true },
    part(plan.groups, known.groups, Math.ceil(plan.groupNames.length / filterSizes.groupNames)),
    peoplePart(plan, needs, options),
    part(plan.provisioning, known.provisioned, needs.emails.size),
    { calls: plan.provisionedGroups ? 1 : 0, exact: !plan.provisionedGroups },
    forecastDefaults(plan.undeclaredProducts, options.sites.length),
  ]
  return {
    calls: parts.reduce((sum, { calls }) => sum + calls, 0),
    exact: parts.every(({ exact }) => exact),
  }
}

/**
 * Once the groups are known: whether to read the members of the needed ones, or everybody. A group's members come in
 * pages, and up to ten groups share one search.
 */
export function membersAreCheaper(needs: IdentityNeeds, sizes: readonly number[], knownAccounts: number): boolean {
  const chunks = Math.ceil(sizes.length / filterSizes.groupIds)
  const pages = Array.from({ length: chunks }, (_, index) => {
    const chunk = sizes.slice(index * filterSizes.groupIds, (index + 1) * filterSizes.groupIds)
    return pagesOf(chunk.reduce((sum, size) => sum + size, 0))
  })
  return personCalls(needs) + pages.reduce((sum, count) => sum + count, 0) < pagesOf(knownAccounts)
}

/** An empty list takes a call, too. */
const pagesOf = (count: number): number => Math.max(1, Math.ceil(count / pageSize))

const personCalls = ({ emails, accountIds }: IdentityNeeds): number =>
  Math.ceil(emails.size / filterSizes.emails) + Math.ceil(accountIds.size / filterSizes.accountIds)

function accountsWay(needs: IdentityNeeds, known: number | undefined, memberGroups: number): Way {
  const least = personCalls(needs) + Math.ceil(memberGroups / filterSizes.groupIds)
  if (least === 0) return 'none'
  // Without a known size, one call cannot be beaten, and anything more might be.
  if (known === undefined) return memberGroups === 0 && least === 1 ? 'filtered' : 'whole'
  if (least >= pagesOf(known)) return 'whole'
  return memberGroups === 0 ? 'filtered' : 'undecided'
}

/** Without a known size all groups are read: they are few, and their names serve "did you mean". */
function groupsWay(names: number, known: number | undefined): DirectoryPlan['groups'] {
  if (names === 0) return 'none'
  if (known === undefined) return 'whole'
  return Math.ceil(names / filterSizes.groupNames) < pagesOf(known) ? 'filtered' : 'whole'
}

/** The SCIM filter takes one e-mail a call (reference 3.2). */
function provisioningWay(
  { provisioning, emails }: IdentityNeeds,
  { known, provisioningMethod }: DirectoryPlanOptions,
): DirectoryPlan['provisioning'] {
  if (provisioningMethod !== 'SCIM' || !provisioning || emails.size === 0) return 'none'
  const cheaper = emails.size < (known.provisioned === undefined ? 2 : pagesOf(known.provisioned))
  return cheaper ? 'filtered' : 'whole'
}

/** Where everybody is read, somebody may still have to be looked for. */
function peoplePart(
  { accounts, membersOf }: DirectoryPlan,
  needs: IdentityNeeds,
  { known }: DirectoryPlanOptions,
): Forecast {
  const read = part(accounts, known.accounts, personCalls(needs) + Math.ceil(membersOf.length / filterSizes.groupIds))
  return accounts === 'whole' && needs.emails.size > 0 ? { ...read, exact: false } : read
}

function part(way: Way, known: number | undefined, filtered: number): Forecast {
  if (way === 'none') return { calls: 0, exact: true }
  if (way === 'whole') return { calls: pagesOf(known ?? 0), exact: known !== undefined }
  return { calls: filtered, exact: way === 'filtered' }
}

export const isJira = (product: string): boolean => product.startsWith('jira-')

/** Jira says it in one call a site; the others take a search each, and a call for every group that it finds. */
function forecastDefaults(products: readonly string[], sites: number): Forecast {
  const others = products.filter((product) => !isJira(product)).length
  return { calls: (products.some(isJira) ? sites : 0) + others, exact: others === 0 }
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)]
