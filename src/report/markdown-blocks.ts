import { subject, type Change } from '../core/change.ts'
import type { Origin } from '../core/diagnostic.ts'
import type { HeldChange, PlanScope } from '../core/plan.ts'
import { detail, order, words } from './change-line.ts'
import { fold, type Fold } from './fold.ts'
import { code, details, fence, short } from './html-text.ts'
import { risks as allRisks, risksOf, type Risk } from './risk.ts'
import type { PlanView } from './summary.ts'
import { columns, count } from './terminal-text.ts'

export interface BlockOptions {
  readonly redact: (text: string) => string
  /** The command that lets the scope of this digest pass. */
  readonly approve: (digest: string) => string
}

/** Places whose changes read the same, as one row of the table. */
export interface Place extends Fold {
  readonly add: number
  readonly change: number
  readonly remove: number
  readonly held: number
  readonly risks: readonly Risk[]
}

/** One folded part of the document. */
export interface Block {
  readonly text: string
  /** Changes that it stands for, held or not. */
  readonly changes: number
  /** Of these, how many had no room in it. */
  readonly left: number
}

/** What is held goes first, then what somebody should look at twice, then the rest. */
export function placesOf(view: PlanView): readonly Place[] {
  const busy = view.plan.scopes.filter(({ changes, held }) => changes.length + held.length > 0)
  return fold(busy, false)
    .map((each) => place(each, view))
    .toSorted((a, b) => urgency(b) - urgency(a))
}

const urgency = ({ held, risks }: Place): number => (held > 0 ? 2 : risks.length > 0 ? 1 : 0)

function place({ scopes, title }: Fold, { isExternal }: PlanView): Place {
  const { changes, held } = scopes[0]!
  const by = (action: Change['action']): number =>
    changes.filter((each) => each.action === action).length * scopes.length
  const found = new Set([...changes, ...held.map(({ change }) => change)].flatMap((each) => risksOf(each, isExternal)))
  return {
    scopes,
    title,
    add: by('create'),
    change: by('update'),
    remove: by('delete'),
    held: held.length * scopes.length,
    risks: allRisks.filter((risk) => found.has(risk)),
  }
}

/** One block per place, and one for what was not read. `most`: characters of each. */
export function markdownBlocks(
  view: PlanView,
  places: readonly Place[],
  options: BlockOptions,
  most: number,
): readonly Block[] {
  const unread = view.plan.scopes.filter((scope) => scope.unread)
  return [
    ...(unread.length > 0 ? [unreadBlock(unread, options, most)] : []),
    ...places.map((each) => placeBlock(each, view, options, most)),
  ]
}

function unreadBlock(scopes: readonly PlanScope[], { redact }: BlockOptions, most: number): Block {
  const lines = scopes.map(({ scope, unread }) =>
    redact(short(`! ${scope.title}: ${unread!.message} [${unread!.code}]`, 500)),
  )
  const fitted = fit(lines, most)
  const title = `<b>${count(scopes.length, 'place')} not read</b>, nothing is changed there`
  return { text: details(title, fence('diff', fitted.lines), true), changes: 0, left: 0 }
}

function placeBlock(each: Place, { isExternal }: PlanView, options: BlockOptions, most: number): Block {
  const { redact, approve } = options
  const shown: Shown = { isExternal, redact }
  const scope = each.scopes[0]!
  const { changes, held, authority, origins, digest } = scope
  const where = `# ${[...new Set(origins.map(at))].join(', ')}${scope.scope.single ? '' : `  ${authority.toLowerCase()}`}`
  const lines = [...changeLines(changes, shown), ...heldLines(held, shown)]
  const fitted = fit(
    [where, ...lines].map((line) => redact(short(line, 500))),
    most,
  )
  const isReleasable = held.some(({ hold }) => hold.releasable && hold.code !== 'FIRST_RUN')
  const release = `Held under ${code(digest)}. To let exactly this pass: ${code(redact(short(approve(digest), 500)))}`
  const body = [fence('diff', fitted.lines), ...(isReleasable ? [`<p>${release}</p>`] : [])].join('\n\n')
  return {
    text: details(`${code(redact(short(each.title, 300)))} ${counts(each)}`, body, each.held > 0),
    changes: (changes.length + held.length) * each.scopes.length,
    left: fitted.left * each.scopes.length,
  }
}

function counts({ add, change, remove, held, risks }: Place): string {
  const numbers = [
    ...(add > 0 ? [`${add} to add`] : []),
    ...(change > 0 ? [`${change} to change`] : []),
    ...(remove > 0 ? [`${remove} to remove`] : []),
    ...(held > 0 ? [`<b>${held} held</b>`] : []),
  ]
  return [numbers.join(', '), ...risks.map((risk) => `<b>${risk}</b>`)].join(' · ')
}

interface Shown {
  readonly isExternal: PlanView['isExternal']
  /** Before the columns are made as wide as their cells. */
  readonly redact: (text: string) => string
}

/** In a `diff` fence the first character gives the colour: a change of what is there gets that of `!`. */
const colors = { create: '+', update: '!', delete: '-' } as const

function changeLines(changes: readonly Change[], { isExternal, redact }: Shown): readonly string[] {
  const sorted = order.flatMap((action) => changes.filter((change) => change.action === action))
  const rows = columns(sorted.map((change) => row(change, isExternal).map(redact)))
  return sorted.map(({ action }, index) => `${colors[action]} ${rows[index]!.join('  ').trimEnd()}`)
}

function row(change: Change, isExternal: Shown['isExternal']): readonly string[] {
  const risks = risksOf(change, isExternal)
  const marks = risks.length === 0 ? '' : `[${risks.join(', ')}]`
  const origin = change.action === 'delete' ? '' : (change.origins.map(at)[0] ?? '')
  return [words[change.action], subject(change).title, [detail(change), marks].filter(Boolean).join(' '), origin]
}

function heldLines(held: readonly HeldChange[], shown: Shown): readonly string[] {
  const groups = Map.groupBy(held, ({ hold }) => `${hold.code} ${hold.reason}`)
  return [...groups.values()].flatMap((group) => {
    const { hold } = group[0]!
    const rows = changeLines(
      group.map(({ change }) => change),
      shown,
    )
    return [`@@ held: ${hold.reason} [${hold.code}] @@`, ...rows]
  })
}

/** A plan leads to a line. */
const at = ({ file, line }: Origin): string => (line === undefined ? file : `${file}:${line}`)

interface Fitted {
  readonly lines: readonly string[]
  readonly left: number
}

/** The first lines, as many as fit, and one that counts the others. */
function fit(lines: readonly string[], most: number): Fitted {
  let length = 0
  const end = lines.findIndex((line) => (length += line.length + 1) > most)
  if (end === -1) return { lines, left: 0 }
  const left = lines.slice(end).filter((line) => !line.startsWith('@@')).length
  return { lines: [...lines.slice(0, end), `# and ${count(left, 'more', 'more')}`], left }
}
