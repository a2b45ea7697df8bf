import { createHash } from 'node:crypto'
import type { LedgerEntry } from '../core/ledger.ts'
import { manifestId } from '../core/manifest.ts'
import type { AppliedManifest, State } from '../core/state.ts'
import { StateUnreadableError } from './state-document.ts'

/** What is small or changes with every run. The rest is in the parts, by their names. */
export interface Head extends Pick<State, 'counts' | 'source'> {
  readonly formatVersion: '1'
  readonly approvals: readonly (readonly [string, number])[]
  readonly written: readonly (readonly [string, number])[]
  /** Digest of each part's text. */
  readonly parts: readonly string[]
}

type Item =
  | readonly ['applied', string, AppliedManifest]
  | readonly ['ledger', string, LedgerEntry]
  | readonly ['account' | 'group', string, string]

/** Far below the 1 MiB of a ConfigMap, so that the chance of the keys does not fill one, and a change writes little. */
const partBytes = 64 * 1024

/** The state as a head and parts. What belongs to one key is always in the same part, as long as their number is. */
export function splitState(state: State): { readonly head: Head; readonly parts: ReadonlyMap<string, string> } {
  const lines = itemsOf(state).map((item) => ({ key: item[1], text: JSON.stringify(item) }))
  const bytes = lines.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
  const count = 2 ** Math.ceil(Math.log2(Math.max(1, bytes / partBytes)))
  const buckets = Map.groupBy(lines, ({ key }) => Number.parseInt(digestOf(key).slice(0, 8), 16) % count)
  const texts = [...buckets].map(([, all]) =>
    all
      .map(({ text }) => text)
      .sort()
      .join('\n'),
  )
  const parts = new Map(texts.map((text) => [digestOf(text), text]))
  const { counts, source, approvals, written } = state
  const head: Head = {
    formatVersion: '1',
    counts,
    ...(source !== undefined && { source }),
    approvals: [...approvals],
    written: [...written],
    parts: [...parts.keys()].sort(),
  }
  return { head, parts }
}

/** @throws StateUnreadableError. `place`: for messages. */
export function joinState(head: Head, texts: readonly string[], place: string): State {
  const items = texts.flatMap((text) => text.split('\n').map((line) => itemOf(line, place)))
  const of = <Type extends Item[0]>(type: Type) =>
    items.filter((item): item is Extract<Item, readonly [Type, ...unknown[]]> => item[0] === type)
  const pinned = (type: 'account' | 'group'): Map<string, string> => new Map(of(type).map(([, name, id]) => [name, id]))
  return {
    counts: head.counts,
    ...(head.source !== undefined && { source: head.source }),
    approvals: new Map(head.approvals),
    written: new Map(head.written),
    applied: of('applied').map(([, , manifest]) => manifest),
    ledger: new Map(of('ledger').map(([, id, entry]) => [id, entry])),
    pins: { accounts: pinned('account'), groups: pinned('group') },
  }
}

export function headOf(text: string | undefined, place: string): Head {
  const head = parsed(text ?? '', place) as Head
  if (head.formatVersion !== '1') throw new StateUnreadableError(`${place} was written by another version of Roster`)
  return head
}

const itemsOf = ({ applied, ledger, pins }: State): readonly Item[] => [
  ...applied.map((manifest) => ['applied', manifestId(manifest), manifest] as const),
  ...[...ledger].map(([id, entry]) => ['ledger', id, entry] as const),
  ...[...pins.accounts].map(([name, id]) => ['account', name, id] as const),
  ...[...pins.groups].map(([name, id]) => ['group', name, id] as const),
]

const itemOf = (line: string, place: string): Item => parsed(line, place) as Item

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new StateUnreadableError(`${place} cannot be read`, { cause })
  }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)
