import { unreadOf } from '../atlassian/paginate.ts'
import type { Unread } from '../core/directory.ts'

export type CheckResult = 'ok' | 'warning' | 'failed' | 'skipped'

/** One thing that was looked at. */
export interface Check {
  /** Stable, for scripts: `organization-key`. */
  readonly name: string
  readonly result: CheckResult
  /** What was found, or why it was not looked at. */
  readonly message: string
  /** What to do about it. */
  readonly remedy?: string
}

export interface Section {
  readonly title: string
  readonly checks: readonly Check[]
}

export const ok = (name: string, message: string): Check => ({ name, result: 'ok', message })
export const warning = (name: string, message: string, remedy: string): Check => ({
  name,
  result: 'warning',
  message,
  remedy,
})
export const failed = (name: string, message: string, remedy: string): Check => ({
  name,
  result: 'failed',
  message,
  remedy,
})
export const skipped = (name: string, because: string): Check => ({
  name,
  result: 'skipped',
  message: `skipped because ${because}`,
})

/** What a read gave, or why it gave nothing. */
export async function attempt<Value>(read: () => Promise<Value>): Promise<{ readonly value: Value } | Unread> {
  try {
    return { value: await read() }
  } catch (error) {
    return unreadOf(error)
  }
}

/** The way out where a read failed for a reason that has nothing to do with what was asked. */
export function remedyOf({ status, code }: Unread, whereForbidden: string): string {
  if (code === 'FORBIDDEN' || code === 'NOT_FOUND') return whereForbidden
  if (code === 'INCOMPLETE') return 'run roster doctor again: the list moved while it was read'
  return status === undefined
    ? 'check the address, the network, the proxy and the certificates of this machine'
    : 'try again later; status.atlassian.com tells of outages'
}

/** `2026-12-01` */
export const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
export const dayMs = 24 * 3_600_000

/** `1 group`, `2 groups` */
export const several = (number: number, one: string): string => `${number} ${one}${number === 1 ? '' : 's'}`
