import { printable } from './terminal-text.ts'

interface Line {
  readonly level: string
  readonly time: string
  readonly msg: string
  readonly error?: { readonly message?: string; readonly stack?: string }
  readonly [key: string]: unknown
}

/** A line of the JSON log for people: `16:50:03 warn  message  organization=acme changes=3`. Times are UTC. */
export function textLine(json: string): string {
  const { level, time, msg, error, ...facts } = JSON.parse(json) as Line
  const rest = Object.entries(facts).map(([key, value]) => `${key}=${plain(value)}`)
  const why = error?.stack ?? error?.message
  const line = [`${time.slice(11, 19)} ${level.padEnd(5)} ${printable(msg)}`, ...rest].join('  ')
  return why === undefined ? `${line}\n` : `${line}\n  ${why.split('\n').map(printable).join('\n  ')}\n`
}

function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /[\s"=]/.test(text) || text === '' ? JSON.stringify(text) : printable(text)
}
