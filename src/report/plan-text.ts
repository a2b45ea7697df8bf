import { subject, type Change } from '../core/change.ts'
import type { Origin } from '../core/diagnostic.ts'
import type { HeldChange, PlanScope } from '../core/plan.ts'
import { detail, inColor, order, signs, words } from './change-line.ts'
import { fold, type Fold } from './fold.ts'
import { planSummary, type PlanTextOptions } from './plan-summary.ts'
import type { PlanView } from './summary.ts'
import { columns, count, few, pad, printable, width, type Paint } from './terminal-text.ts'

/** A plan for people. Every line that has changes says where they are declared. */
export function renderPlan(view: PlanView, options: PlanTextOptions): string {
  const { scopes } = view.plan
  const { extent = 'whole' } = options
  const busy = scopes.filter(({ changes, held }) => changes.length + held.length > 0)
  const shown = extent === 'summary' ? [] : fold(busy, options.expand)
  const left = extent === 'whole' ? scopes.filter(({ unmanaged }) => unmanaged.length > 0) : []
  const unread = scopes.filter((scope) => scope.unread)
  return [
    ...shown.map((each) => renderFold(each, view, options)),
    ...(left.length > 0 ? [renderUnmanaged(left, options)] : []),
    ...(unread.length > 0 ? [renderUnread(unread, options)] : []),
    planSummary(view, options),
  ].join('\n\n')
}

function renderFold({ scopes, title }: Fold, view: PlanView, options: PlanTextOptions): string {
  const { paint } = options
  const scope = scopes[0]!
  const times = scopes.length > 1 ? `in ${scopes.length} places alike` : ''
  const name = printable(title)
  const said = [...(scope.scope.single ? [] : [scope.authority.toLowerCase()]), ...(times === '' ? [] : [times])]
  const authority = said.length === 0 ? '' : `(${said.join(', ')})`
  const head = `${paint.heading(name)}  ${authority === '' ? '' : paint.quiet(authority)}`
  const gap = ' '.repeat(Math.max(2, whereColumn - width(`${name}  ${authority}`)))
  const where = scope.origins.map(place)
  return [
    `${head}${gap}${paint.quiet(few(where, 1))}`,
    ...changeLines(scope, paint),
    ...heldLines(scope, options),
    ...headroom(scope, view, paint),
  ].join('\n')
}

/** Without the column: a plan leads to a line, a mistake to a word. */
const place = ({ file, line }: Origin): string => (line === undefined ? printable(file) : `${printable(file)}:${line}`)

/** Where the file:line of a scope stands, if its title leaves room. */
const whereColumn = 72

function changeLines({ changes, origins }: PlanScope, paint: Paint): readonly string[] {
  const sorted = order.flatMap((action) => changes.filter((change) => change.action === action))
  const rows = columns(sorted.map((change) => [word(change), printable(subject(change).title), detail(change)]))
  const widest = Math.max(0, ...rows.map((row) => width(row.join('  '))))
  return sorted.map((change, index) => {
    const row = rows[index]!.join('  ')
    const where = own(change, origins).map(place)
    const line = where.length === 0 ? row.trimEnd() : pad(row, Math.max(widest, whereColumn - 4))
    return `  ${inColor(paint)[change.action](line)}${where.length === 0 ? '' : `  ${paint.quiet(few(where, 1))}`}`
  })
}

const word = ({ action }: Change): string => `${signs[action]} ${words[action]}`

/** The places that the heading of the scope does not show already. */
function own({ origins }: Change, shown: readonly Origin[]): readonly Origin[] {
  const known = new Set(shown.map(place))
  return origins.filter((origin) => !known.has(place(origin)))
}

function heldLines({ held, digest }: PlanScope, { paint, commands }: PlanTextOptions): readonly string[] {
  const groups = Map.groupBy(held, ({ hold }) => `${hold.code} ${hold.reason}`)
  return [...groups.values()].flatMap((group) => {
    const { hold } = group[0]!
    // a first run lets go by itself: the reason says how
    const release =
      hold.releasable && hold.code !== 'FIRST_RUN' ? [`      to let it pass: ${commands.approve(digest)}`] : []
    return [paint.loud(`  ! held  ${printable(hold.reason)}  [${hold.code}]`), ...heldRows(group, paint), ...release]
  })
}

function heldRows(group: readonly HeldChange[], paint: Paint): readonly string[] {
  const changes = group.map(({ change }) => change)
  const rows = columns(changes.map((change) => [word(change), printable(subject(change).title), detail(change)]))
  return changes.map((change, index) => `      ${inColor(paint)[change.action](rows[index]!.join('  ').trimEnd())}`)
}

/** The share that would go, beside what may go. */
function headroom(scope: PlanScope, { removalLimit }: PlanView, paint: Paint): readonly string[] {
  const { removals, observedCount, held } = scope
  if (removals === 0 || held.some(({ hold }) => hold.code === 'SCOPE_LIMIT')) return []
  const text = `      removes ${removals} of ${count(observedCount, 'entry', 'entries')}, the limit here is ${removalLimit(observedCount)}`
  return [paint.quiet(text)]
}

const mostNames = 4

function renderUnmanaged(scopes: readonly PlanScope[], { paint, verbose }: PlanTextOptions): string {
  const total = scopes.reduce((sum, { unmanaged }) => sum + unmanaged.length, 0)
  const rows = columns(
    scopes.map(({ scope, unmanaged }) => [
      `  ! ${printable(scope.title)}`,
      few(
        unmanaged.map(({ title, keep }) => printable(keep === undefined ? title : `${title} (${keep})`)),
        verbose ? Infinity : mostNames,
      ),
    ]),
  )
  const head = `Unmanaged: ${count(total, 'entry', 'entries')} that nobody declared, left alone`
  return [paint.heading(head), ...rows.map((row) => row.join('  '))].join('\n')
}

function renderUnread(scopes: readonly PlanScope[], { paint }: PlanTextOptions): string {
  const rows = columns(
    scopes.map(({ scope, unread }) => {
      const request =
        unread!.request === undefined
          ? ''
          : ` (${[unread!.request, unread!.status].filter(Boolean).join(' answered ')})`
      return [`  ! ${printable(scope.title)}`, printable(`${unread!.message}${request}`), `[${unread!.code}]`]
    }),
  )
  const head = `NOT READ: ${count(scopes.length, 'place')}. Nothing is changed there, and this plan is incomplete.`
  return [paint.loud(head), ...rows.map((row) => row.join('  '))].join('\n')
}
