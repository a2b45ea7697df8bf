import type { Outcome, Result } from '../core/apply.ts'
import { subject } from '../core/change.ts'
import { RemoteError } from '../core/remote-error.ts'
import { inColor, order, signs, words } from './change-line.ts'
import { count, printable, type Paint } from './terminal-text.ts'

const resultWords: Readonly<Record<Result, string>> = {
  done: '',
  confirmed: 'confirmed by reading back: ',
  failed: 'FAILED: ',
  pending: 'waits: ',
  skipped: 'skipped: ',
}

/** One line per change as it is made: `+ add ana@acme.com  in Group pay-devs`. */
export function renderOutcome(outcome: Outcome, paint: Paint): string {
  const { change, result } = outcome
  const { title, scope } = subject(change)
  const color = result === 'done' || result === 'confirmed' ? inColor(paint)[change.action] : paint.loud
  const after = cause(outcome)
  const tail = after === '' && resultWords[result] === '' ? '' : `  ${printable(`${resultWords[result]}${after}`)}`
  return color(
    `${signs[change.action]} ${words[change.action]} ${printable(title)}  in ${printable(scope.title)}${tail}`,
  )
}

function cause({ error, reason, result }: Outcome): string {
  if (result === 'confirmed' && error instanceof RemoteError)
    return `${error.failure.request} answered ${error.status ?? 'nothing'}`
  return reason ?? error?.message ?? ''
}

/** What was done, with what was not done before it. */
export function renderOutcomes(outcomes: readonly Outcome[], paint: Paint): string {
  const good = outcomes.filter(({ result }) => result === 'done' || result === 'confirmed')
  const bad = outcomes.filter((each) => !good.includes(each))
  const by = (result: Result): number => bad.filter((each) => each.result === result).length
  const counts = order.map((action) => good.filter(({ change }) => change.action === action).length)
  const rest = (['failed', 'pending', 'skipped'] as const).filter((result) => by(result) > 0)
  const total = `Applied: ${counts[0]} added, ${counts[1]} changed, ${counts[2]} removed`
  const line = `${[total, ...rest.map((result) => `${by(result)} ${result}`)].join(', ')}.`
  if (bad.length === 0) return paint.heading(line)
  const head = paint.loud(`Not done: ${count(bad.length, 'change')}`)
  return [head, ...bad.map((each) => `  ${renderOutcome(each, paint)}`), paint.heading(line)].join('\n')
}
