import type { Account } from '../core/directory.ts'
import { compare } from '../core/resource.ts'
import type { Draft } from './draft.ts'
import { accountDraft, groupDraft, holdingDrafts, type DraftOptions } from './drafts.ts'
import { importParts, placeTitle, type Gap } from './holding.ts'
import type { Places } from './layout.ts'
import type { LeftOut, Selection } from './selection.ts'

/** A file before its manifests have their final names. */
export interface DraftFile {
  readonly path: string
  /** Comment lines at its top. */
  readonly comments: readonly string[]
  readonly drafts: readonly Draft[]
}

export interface FilesOptions extends DraftOptions {
  readonly places: Places
  readonly isByTeam: boolean
  readonly gaps: readonly Gap[]
  /** `metadata.name` by account id, of the accounts that are written. */
  readonly accountNames: ReadonlyMap<string, string>
}

const mostLines = 40
const mostGaps = 3

/** Which manifests stand in which file, in the order of their paths; the same estate gives the same files. */
export function draftFiles(
  { accounts, groups, holdings, leftOut }: Selection,
  options: FilesOptions,
): readonly DraftFile[] {
  const { places, isByTeam } = options
  const drafts = [
    ...accounts.map((each) => ({
      path: places.ofAccounts(),
      draft: accountDraft(each, nameOf(each, options), options),
    })),
    ...groups.map((each) => ({ path: places.ofGroup(each), draft: groupDraft(each, options) })),
    ...[...Map.groupBy(holdings, (each) => places.ofHolding(each))].flatMap(([path, own]) =>
      holdingDrafts(own, isByTeam, options).map((draft) => ({ path, draft })),
    ),
  ]
  const byPath = Map.groupBy(drafts, ({ path }) => path)
  const leftOutByPath = Map.groupBy(leftOut, ({ holding }) => places.ofHolding(holding))
  return [...byPath]
    .toSorted(([a], [b]) => compare(a, b))
    .map(([path, all]) => ({
      path,
      comments: [...leftOutLines(leftOutByPath.get(path) ?? []), ...gapLines(path, options)],
      drafts: all.map(({ draft }) => draft).toSorted(byKindAndName),
    }))
}

const nameOf = ({ accountId }: Account, { accountNames }: FilesOptions): string =>
  accountNames.get(accountId) ?? accountId

const kinds = ['AtlassianUser', 'AtlassianGroup', 'AtlassianGroupMembership', 'JiraRoleBinding', 'ConfluenceSpaceGrant']
const rank = ({ kind }: Draft): number => Math.min(kinds.indexOf(kind), importParts.length)
const byKindAndName = (a: Draft, b: Draft): number => rank(a) - rank(b) || compare(a.name, b.name)

/** `Left out of group devs, deactivated: old@acme.com` */
function leftOutLines(leftOut: readonly LeftOut[]): readonly string[] {
  const groups = Map.groupBy(leftOut, ({ holding, obstacle }) =>
    JSON.stringify([placeTitle(holding.place), obstacle.why]),
  )
  const lines = [...groups.values()].map((group) => {
    const { holding, obstacle } = group[0]!
    const names = group.map((each) => each.holding.holder.title).toSorted(compare)
    const shown = names.length <= 5 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more`
    return `Left out of ${placeTitle(holding.place)}: ${shown} (${obstacle.why})`
  })
  const sorted = lines.toSorted(compare)
  if (sorted.length <= mostLines) return sorted
  return [
    ...sorted.slice(0, mostLines),
    `Left out: ${sorted.length - mostLines} lines more, which roster import --verbose shows`,
  ]
}

/** In a file of one place, what was not read of it; elsewhere the first few of all. */
function gapLines(path: string, { gaps, places, isByTeam }: FilesOptions): readonly string[] {
  const own = gaps.filter(
    ({ place }) => place === undefined || places.ofPlace(place) === path || (isByTeam && path.startsWith('teams/')),
  )
  const lines = own.slice(0, mostGaps).map(({ what, reason }) => `Not read, so missing here: ${what} (${reason})`)
  return own.length <= mostGaps ? lines : [...lines, `Not read: ${own.length - mostGaps} places more`]
}
