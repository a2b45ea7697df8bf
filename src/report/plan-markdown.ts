import { isError, type Diagnostic } from '../core/diagnostic.ts'
import type { Outcome } from '../core/apply.ts'
import { code, details, fence, short } from './html-text.ts'
import { markdownBlocks, placesOf, type Block, type BlockOptions, type Place } from './markdown-blocks.ts'
import { renderOutcomes } from './outcome-text.ts'
import { planSummary } from './plan-summary.ts'
import { summarize, type PlanView, type Summary } from './summary.ts'
import { renderDiagnostics } from './code-frame.ts'
import { count, createPaint } from './terminal-text.ts'

/** GitHub refuses a comment of more characters (docs.github.com, "body is too long (maximum is 65536 characters)"). */
export const mostCharacters = 65_536

export interface MarkdownOptions extends BlockOptions {
  /** As typed: names the comment of a pull request, together with the organization. */
  readonly paths: readonly string[]
  /** Of the declaration as a whole. */
  readonly diagnostics: readonly Diagnostic[]
  /** Text by file, for code frames. */
  readonly texts: ReadonlyMap<string, string>
  /** How to see what was left out: `roster plan access`. */
  readonly seeWhole: string
  /** After an apply, by organization. */
  readonly outcomes?: ReadonlyMap<string, readonly Outcome[]>
}

const plain = createPaint(false)
const mostOrganizations = 16

/**
 * Plans for a pull request: one section per organization, each beginning with its marker line, all of them together never
 * longer than a comment may be. All that comes from outside stands in `code` elements of HTML blocks or in fences, where
 * neither Markdown nor mentions are read. What does not fit is counted.
 */
export function renderMarkdown(views: readonly PlanView[], options: MarkdownOptions): string {
  if (views.length === 0) return nothingRead(options)
  const shown = views.slice(0, mostOrganizations)
  const more = views.length - shown.length
  const most = Math.floor(mostCharacters / shown.length) - 100
  const sections = shown.map((view) => section(view, options, most))
  const rest = more > 0 ? [`<p><b>Left out: ${count(more, 'more organization')}.</b></p>`] : []
  return [...sections, ...rest].join('\n\n')
}

/** One line that people do not see, by which the comment of an earlier run is found again. */
const marker = (organization: string, paths: readonly string[]): string =>
  `<!-- roster plan organization=${encodeURIComponent(organization)} path=${hidden(paths)} -->`

export const markerPattern = /^<!-- roster plan organization=(?<organization>\S*) path=(?<paths>\S*) -->$/

const hidden = (paths: readonly string[]): string =>
  short((paths.length === 0 ? ['.'] : paths).map(encodeURIComponent).join(','), 500)

function nothingRead({ paths, diagnostics, ...options }: MarkdownOptions): string {
  const found = mistakes(diagnostics, options, mostCharacters / 2)
  return [marker('', paths), '<h3>Roster: nothing could be planned</h3>', ...found].join('\n\n')
}

function section(view: PlanView, options: MarkdownOptions, most: number): string {
  const summary = summarize(view.plan)
  const places = placesOf(view)
  const quarter = Math.floor(most / 4)
  const all = [...options.diagnostics, ...view.diagnostics]
  const unique = [
    ...new Map(all.map((each) => [JSON.stringify([each.code, each.message, each.origin]), each])).values(),
  ]
  const head = [
    marker(view.organization, options.paths),
    `<h3>Roster plan for ${code(options.redact(short(view.organization, 100)))}: ${headline(summary, unique)}</h3>`,
    // of nothing there is no table
    ...(places.length > 0 ? [table(summary, places, { most: quarter, redact: options.redact })] : []),
    fence(
      'text',
      planSummary(view, { paint: plain, commands: { approve: options.approve } })
        .split('\n')
        .map(cut),
    ),
    ...applied(options.outcomes?.get(view.organization), quarter, options),
    ...mistakes(unique, options, quarter),
  ]
  const blocks = markdownBlocks(view, places, options, Math.floor(most / 5))
  return withBlocks(head, blocks, most, (left) => foot(view, left, options))
}

const cut = (line: string): string => short(line, 500)

function headline({ add, change, remove, held, unread }: Summary, diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(isError).length
  const parts = [
    ...(add + change + remove + held > 0
      ? [`${add} to add, ${change} to change, ${remove} to remove`]
      : ['no changes']),
    ...(held > 0 ? [`<b>${held} held</b>`] : []),
    ...(errors > 0 ? [`<b>${count(errors, 'mistake')}</b>`] : []),
    ...(unread > 0 ? [`<b>${count(unread, 'place')} not read</b>`] : []),
  ]
  return parts.join(', ')
}

interface Bounds {
  readonly most: number
  readonly redact: (text: string) => string
}

/** The first thing that is read. Rows that do not fit are counted. */
function table(summary: Summary, places: readonly Place[], { most, redact }: Bounds): string {
  const cells = (name: string, values: readonly (number | string)[]): string =>
    `<tr><td>${name}</td>${values.map((value) => `<td>${value === 0 ? '' : value}</td>`).join('')}</tr>`
  const rows = places.map(({ title, add, change, remove, held, risks }) =>
    cells(code(redact(short(title, 200))), [
      add,
      change,
      remove,
      held,
      risks.map((risk) => `<b>${risk}</b>`).join(' '),
    ]),
  )
  const fitting = whatFits(rows, most)
  const { add, change, remove, held } = summary
  const left = rows.length - fitting.length
  return [
    '<table>',
    '<tr><th>place</th><th>add</th><th>change</th><th>remove</th><th>held</th><th>look twice</th></tr>',
    cells(`<b>${count(places.length, 'place')}</b>`, [add, change, remove, held, '']),
    ...fitting,
    ...(left > 0 ? [cells(`and ${count(left, 'more place')}`, ['', '', '', '', ''])] : []),
    '</table>',
  ].join('\n')
}

/** The first ones, as many as fit. */
function whatFits(texts: readonly string[], most: number): readonly string[] {
  let length = 0
  const end = texts.findIndex((text) => (length += text.length + 1) > most)
  return end === -1 ? texts : texts.slice(0, end)
}

function mistakes(
  diagnostics: readonly Diagnostic[],
  { texts, redact }: Pick<MarkdownOptions, 'texts' | 'redact'>,
  most: number,
): readonly string[] {
  if (diagnostics.length === 0) return []
  const errors = diagnostics.filter(isError).length
  const warnings = diagnostics.length - errors
  // mistakes first: what is cut off is the end
  const parts = [diagnostics.filter(isError), diagnostics.filter((each) => !isError(each))]
  const text = parts.flatMap((each) => (each.length > 0 ? renderDiagnostics(each, texts, plain) : [])).join('\n\n')
  const lines = redact(text).split('\n').map(cut)
  const fitting = whatFits(lines, most)
  const left = lines.length - fitting.length
  const rest = left > 0 ? [`and ${count(left, 'more line')}: roster validate shows them`] : []
  const title = [
    ...(errors > 0 ? [count(errors, 'mistake')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ]
  return [details(`<b>${title.join(', ')}</b>`, fence('text', [...fitting, ...rest]), errors > 0)]
}

function applied(outcomes: readonly Outcome[] | undefined, most: number, { redact }: BlockOptions): readonly string[] {
  if (!outcomes) return []
  if (outcomes.length === 0) return ['<p>Nothing was applied.</p>']
  const lines = redact(renderOutcomes(outcomes, plain)).split('\n').map(cut)
  // the total is the last line, and goes first here
  const fitting = whatFits([lines.at(-1)!, ...lines.slice(0, -1)], most)
  const left = lines.length - fitting.length
  return [fence('text', [...fitting, ...(left > 0 ? [`and ${count(left, 'more line')}`] : [])])]
}

interface LeftOut {
  readonly places: number
  readonly changes: number
}

const isNothing = ({ places, changes }: LeftOut): boolean => places + changes === 0

function foot({ plan }: PlanView, left: LeftOut, { seeWhole, redact }: MarkdownOptions): string {
  const digest = `<p>Digest of this plan: ${code(plan.digest)}</p>`
  if (isNothing(left)) return digest
  const what = `${count(left.changes, 'change')} of ${count(left.places, 'place')}`
  return `<p><b>Left out for length: ${what}.</b> All of it: ${code(redact(short(seeWhole, 500)))}</p>\n\n${digest}`
}

/** Whole blocks, in their order, as many as fit beside the head and the foot. */
function withBlocks(
  head: readonly string[],
  blocks: readonly Block[],
  most: number,
  footOf: (left: LeftOut) => string,
): string {
  const isCut = (block: Block): boolean => block.left > 0
  const reserve = footOf({ places: 1e9, changes: 1e9 }).length + 4
  let room = most - head.join('\n\n').length - reserve
  const shown: Block[] = []
  const missing: Block[] = []
  for (const block of blocks) {
    const fits = block.text.length + 2 <= room
    if (fits) room -= block.text.length + 2
    ;(fits ? shown : missing).push(block)
  }
  const left = {
    places: missing.length + shown.filter(isCut).length,
    changes: missing.reduce((sum, { changes }) => sum + changes, 0) + shown.reduce((sum, each) => sum + each.left, 0),
  }
  return [...head, ...shown.map(({ text }) => text), footOf(left)].join('\n\n')
}
