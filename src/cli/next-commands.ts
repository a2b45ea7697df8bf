import type { NextCommands, PlanExtent } from '../report/plan-summary.ts'
import type { LiveOptions } from './pass.ts'
import { repositoryWords } from './repository-flags.ts'

interface Typed extends LiveOptions {
  readonly out?: string
  /** Where its sandbox is stays out of what comes next. */
  readonly demo?: PlanExtent
}

/** What was typed, for the command that comes next. */
export function nextCommands(
  paths: readonly string[],
  options: Typed,
  apply: 'declaration' | 'saved plan' | 'none' = 'declaration',
): NextCommands {
  const flags = flagWords(options)
  const what = apply === 'saved plan' ? [options.out!] : paths
  return {
    ...(apply !== 'none' && { apply: ['roster apply', ...what, ...flags.all].join(' ') }),
    approve: (digest) => ['roster approve', digest, ...paths, ...flags.offline, '--until 1h'].join(' '),
  }
}

/** A plan anew, after one that does not fit any more. */
export const planAgain = (paths: readonly string[], options: Typed, out: string): string =>
  ['roster plan', ...paths, ...flagWords(options).all, '--out', out].join(' ')

function flagWords(options: Typed) {
  const { sandbox, state }: Pick<Typed, 'sandbox' | 'state'> = options.demo === undefined ? options : {}
  const offline = [...repositoryWords(options), ...(state === undefined ? [] : ['--state', state])]
  return { offline, all: [...offline, ...(sandbox === undefined ? [] : ['--sandbox', sandbox])] }
}
