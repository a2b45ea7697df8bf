import { importParts, placeTitle, type Gap } from '../import/holding.ts'
import type { ImportFile, Imported } from '../import/import-estate.ts'
import { obstacleCodes, type ObstacleCode } from '../import/obstacle.ts'
import type { LeftOut } from '../import/selection.ts'
import { count, printable } from '../report/terminal-text.ts'

const share = (part: number, of: number): string => (of === 0 ? '100%' : `${Math.floor((100 * part) / of)}%`)

/** What was found and written, for people. */
export function importSummary(all: readonly Imported[], isVerbose: boolean): string {
  const selections = all.map(({ selection }) => selection)
  const sum = (of: (selection: Imported['selection']) => number): number =>
    selections.reduce((total, each) => total + of(each), 0)
  const [declared, imported, total] = (['declared', 'imported', 'total'] as const).map((name) =>
    sum(({ coverage }) => coverage[name]),
  ) as [number, number, number]
  const leftOut = selections.flatMap((each) => each.leftOut)
  return [
    `Coverage before: ${share(declared, total)} of ${count(total, 'grant')} declared (${declared}).`,
    ...contentLines(all),
    ...leftOutLines(leftOut, isVerbose),
    ...leftAloneLines(all),
    ...directLines(all),
    `Coverage after: ${share(declared + imported, total)} of ${count(total, 'grant')} declared (${declared + imported}).`,
  ]
    .map(printable)
    .join('\n')
}

function contentLines(all: readonly Imported[]): readonly string[] {
  const holdings = all.flatMap(({ selection }) => selection.holdings)
  const numbers = {
    accounts: all.flatMap(({ selection }) => selection.accounts).length,
    groups: all.flatMap(({ selection }) => selection.groups).length,
    memberships: holdings.filter(({ place }) => place.what === 'group').length,
    roles: holdings.filter(({ place }) => place.what === 'project').length,
    spaces: holdings.filter(({ place }) => place.what === 'space').length,
  }
  const words = {
    accounts: 'account',
    groups: 'group',
    memberships: 'member',
    roles: 'role holder',
    spaces: 'grant to a space',
  } as const
  const shown = importParts
    .filter((part) => numbers[part] > 0)
    .map((part) =>
      part === 'spaces' ? count(numbers[part], words[part], 'grants to spaces') : count(numbers[part], words[part]),
    )
  return [`New: ${shown.length === 0 ? 'nothing' : shown.join(', ')}.`]
}

function leftOutLines(leftOut: readonly LeftOut[], isVerbose: boolean): readonly string[] {
  const groups = Map.groupBy(leftOut, ({ obstacle }) => obstacle.code)
  const codes = (Object.keys(obstacleCodes) as readonly ObstacleCode[]).filter((code) => groups.has(code))
  return codes.flatMap((code) => {
    const group = groups.get(code)!
    const lines = group.map(
      ({ holding, obstacle }) => `  ${holding.holder.title} in ${placeTitle(holding.place)}: ${obstacle.why}`,
    )
    return [
      `Left out: ${group.length.toLocaleString('en-US')}, ${obstacleCodes[code]}.`,
      ...(isVerbose ? lines.toSorted() : []),
    ]
  })
}

function leftAloneLines(all: readonly Imported[]): readonly string[] {
  const personal = all.reduce((sum, { inventory }) => sum + inventory.leftAlone.personalSpaces, 0)
  const archived = all.reduce((sum, { inventory }) => sum + inventory.leftAlone.archivedSpaces, 0)
  if (personal + archived === 0) return []
  return [`Not counted: ${count(personal, 'personal space')}, ${count(archived, 'archived space')}.`]
}

function directLines(all: readonly Imported[]): readonly string[] {
  const direct = all
    .flatMap(({ selection }) => selection.holdings)
    .filter(({ place, holder }) => place.what !== 'group' && holder.type === 'user')
  return direct.length === 0
    ? []
    : [`To clean up: ${count(direct.length, 'grant is', 'grants are')} given to people directly, without a group.`]
}

export const gapLine = ({ what, reason }: Gap): string => `NOT READ: ${what}: ${reason}`

/** All files as one text, for a pipe. */
export const filesText = (files: readonly ImportFile[]): string =>
  files.map(({ path, text }) => `---\n# file: ${path}\n${text}`).join('')
