import type { Change } from '../core/change.ts'
import { subject } from '../core/change.ts'
import type { PlanScope } from '../core/plan.ts'
import { detail, words } from './change-line.ts'
import { few } from './terminal-text.ts'

/** Scopes whose changes read the same: one binding over forty projects is one thing to look at. */
export interface Fold {
  /** At least one; all with the same authority, manifest and changes. */
  readonly scopes: readonly PlanScope[]
  readonly title: string
}

const worthFolding = 3

/** Folds what is alike, in the order of the first of each. Scopes with holds or unread parts stand for themselves. */
export function fold(scopes: readonly PlanScope[], expand: boolean): readonly Fold[] {
  const groups = Map.groupBy(scopes, (scope) => (expand || scope.held.length > 0 ? scope.digest : likeness(scope)))
  return [...groups.values()].flatMap((group) =>
    group.length >= worthFolding
      ? [folded(group)]
      : group.map((scope) => ({ scopes: [scope], title: scope.scope.title })),
  )
}

const likeness = ({ scope, authority, origins, changes }: PlanScope): string =>
  JSON.stringify([scope.kind, authority, origins, changes.map(essence)])

const essence = (change: Change) => [words[change.action], subject(change).title, detail(change), change.origins]

const folded = (scopes: readonly PlanScope[]): Fold => ({
  scopes,
  title: commonTitle(scopes.map(({ scope }) => scope.title)),
})

const mostNames = 6

/** `Jira space (project) PAY, LEDGER, WEB and 38 more, role Developers`: what differs stands in the middle. */
function commonTitle(titles: readonly string[]): string {
  const [first = '', ...rest] = titles.map((title) => title.split(' '))
  const others = rest as string[][]
  const same = (at: (wordsOf: readonly string[]) => string | undefined): boolean =>
    others.every((each) => at(each) !== undefined && at(each) === at(first as readonly string[]))
  let start = 0
  while (start < first.length && same((each) => each[start])) start += 1
  let end = 0
  while (end < first.length - start && same((each) => each.at(-1 - end))) end += 1
  const middle = [first as string[], ...others].map((each) => each.slice(start, each.length - end).join(' '))
  const comma = middle.every((each) => each.endsWith(',')) ? ',' : ''
  const names = few(
    middle.map((each) => (comma ? each.slice(0, -1) : each)),
    mostNames,
  )
  const [head, tail] = [first.slice(0, start) as string[], first.slice(first.length - end) as string[]]
  return [...head, `${names}${comma}`, ...(end === 0 ? [] : tail)].join(' ')
}
