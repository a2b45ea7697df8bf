import type { Diagnostic, Origin } from '../core/diagnostic.ts'
import { count, printable, type Paint } from './terminal-text.ts'

const linesBefore = 2
/** A line longer than this is cut around the place: a whole world in one line of flow style must not fill the screen. */
const maxWidth = 160

/** `access/pay.yaml:6:9`, as editors and terminals understand it. */
export function place({ file, line, column }: Origin): string {
  const within = [line, column].filter((each) => each !== undefined)
  return [printable(file), ...within].join(':')
}

/**
 * One mistake, with the lines around it where the text of its file is known:
 *
 *     access/pay.yaml:6:9 error[UNKNOWN_ROLE]: there is no role "Developerz"
 *       5 |   site: acme
 *     > 6 |   role: Developerz
 *         |         ^^^^^^^^^^ did you mean "Developers"?
 */
export function renderDiagnostic(diagnostic: Diagnostic, text: string | undefined, paint: Paint): string {
  const { code, severity, message, origin, hint } = diagnostic
  const color = severity === 'error' ? paint.removed : paint.changed
  const where = origin ? `${paint.heading(place(origin))} ` : ''
  const head = `${where}${color(`${severity}[${code}]`)}: ${printable(message)}`
  const frame = origin && text !== undefined ? codeFrame(origin, text, { hint, paint }) : undefined
  if (frame) return [head, ...frame].join('\n')
  return hint === undefined ? head : `${head}\n    ${printable(hint)}`
}

/** All of them, errors last so that they stand right above the prompt. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  texts: ReadonlyMap<string, string>,
  paint: Paint,
): string {
  const ordered = diagnostics
    .filter(({ code }) => !consequences.includes(code))
    .toSorted((a, b) => weight(a) - weight(b))
  const blocks = ordered.map((each) => renderDiagnostic(each, texts.get(each.origin?.file ?? ''), paint))
  const followed = diagnostics.filter(isConsequence)
  const groups = Map.groupBy(followed, ({ code, message }) => (code === 'IDENTITIES_UNREAD' ? code : message))
  return [...blocks, ...[...groups.values()].map((group) => renderConsequence(group, paint))].join('\n\n')
}

/** One failed read makes a mistake of every line that rests on it, and none of them is where it is mended. */
const consequences: readonly Diagnostic['code'][] = ['IDENTITIES_UNREAD', 'CATALOGUE_UNREAD']

export const isConsequence = ({ code }: Diagnostic): boolean => consequences.includes(code)

function renderConsequence(group: readonly Diagnostic[], paint: Paint): string {
  const { code, message, origin } = group[0]!
  const head = `${paint.removed(`error[${code}]`)}: ${printable(message)}`
  const others = group.length === 1 ? '' : ` and ${count(group.length - 1, 'other place')}`
  return origin ? `${head}\n    so ${place(origin)}${others} could not be understood` : head
}

const weight = ({ severity }: Diagnostic): number => (severity === 'error' ? 1 : 0)

interface Drawing {
  readonly hint: string | undefined
  readonly paint: Paint
}

function codeFrame(origin: Origin, text: string, { hint, paint }: Drawing): readonly string[] | undefined {
  const { line, column = 1 } = origin
  const lines = text.split(/\r?\n/)
  const target = line === undefined ? undefined : lines[line - 1]
  if (line === undefined || target === undefined) return undefined
  const from = Math.max(1, line - linesBefore)
  const digits = String(line).length
  const cut = column > maxWidth / 2 ? column - maxWidth / 2 : 0
  const show = (source: string): string =>
    `| ${printable(source.slice(cut, cut + maxWidth).replaceAll('\t', '→'))}`.trimEnd()
  const frame = lines.slice(from - 1, line).map((source, index) => {
    const isTarget = from + index === line
    const number = String(from + index).padStart(digits)
    return isTarget ? `${paint.removed('>')} ${number} ${show(source)}` : paint.quiet(`  ${number} ${show(source)}`)
  })
  const length = Math.max(1, Math.min((origin.endColumn ?? column + 1) - column, maxWidth - (column - cut)))
  const pointer = `${' '.repeat(column - 1 - cut)}${paint.removed('^'.repeat(length))}`
  const advice = hint === undefined ? '' : ` ${printable(hint)}`
  return [...frame, `  ${' '.repeat(digits)} | ${pointer}${advice}`]
}
