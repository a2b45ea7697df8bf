import type { Check, CheckResult, Section } from '../doctor/check.ts'
import { count, printable, type Paint } from './terminal-text.ts'

const signs: Readonly<Record<CheckResult, string>> = { ok: '✓', warning: '!', failed: '✗', skipped: '-' }

/** A section with a line per check, and under it the remedy. */
export function renderSection({ title, checks }: Section, paint: Paint): string {
  const width = Math.max(...checks.map(({ name }) => name.length))
  return [paint.heading(printable(title)), ...checks.flatMap((each) => linesOf(each, width, paint))].join('\n')
}

function linesOf({ name, result, message, remedy }: Check, width: number, paint: Paint): readonly string[] {
  const line = `  ${signs[result]} ${name.padEnd(width)}  ${printable(message)}`
  const colors = { ok: (text: string) => text, warning: paint.changed, failed: paint.removed, skipped: paint.quiet }
  return [colors[result](line), ...(remedy === undefined ? [] : [`    ${' '.repeat(width)}  → ${printable(remedy)}`])]
}

/** `21 checks: 19 ok, 1 warning, 1 skipped.` */
export function renderVerdict(sections: readonly Section[]): string {
  const checks = sections.flatMap((each) => each.checks)
  const number = (result: CheckResult): number => checks.filter((each) => each.result === result).length
  const parts = [
    `${number('ok')} ok`,
    ...(number('warning') > 0 ? [count(number('warning'), 'warning')] : []),
    ...(number('failed') > 0 ? [`${number('failed')} failed`] : []),
    ...(number('skipped') > 0 ? [`${number('skipped')} skipped`] : []),
  ]
  return `${count(checks.length, 'check')}: ${parts.join(', ')}.`
}

export const hasFailures = (sections: readonly Section[]): boolean =>
  sections.some(({ checks }) => checks.some(({ result }) => result === 'failed'))
