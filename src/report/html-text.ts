import { printable } from './terminal-text.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!)

/**
 * Text from outside within a block of HTML, on one line. Forges read no Markdown there, and neither mentions, references
 * to issues nor links within `code`.
 */
export const code = (text: string): string => `<code>${escapeHtml(printable(text))}</code>`

/** Lines from outside, shown as they are: the fence is longer than every run of backticks in them. */
export function fence(language: string, lines: readonly string[]): string {
  const shown = lines.map(printable)
  const longest = Math.max(2, ...shown.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)))
  const mark = '`'.repeat(longest + 1)
  return [`${mark}${language}`, ...shown, mark].join('\n')
}

/** Unfolds on a click. `summary` is HTML; `body` is Markdown that stands between blank lines. */
export const details = (summary: string, body: string, isOpen = false): string =>
  `<details${isOpen ? ' open' : ''}><summary>${summary}</summary>\n\n${body}\n\n</details>`

/** Cut to a length in characters, with a sign of it. */
export const short = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
