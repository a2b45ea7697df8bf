import { isDeepStrictEqual } from 'node:util'
import type { Change, Why } from '../core/change.ts'
import { subject } from '../core/change.ts'
import type { Json, Resource } from '../core/resource.ts'
import { printable, type Paint } from './terminal-text.ts'

/** Signs and words: the words are for those who see no colours and for those who search. */
export const signs = { create: '+', update: '~', delete: '-' } as const
export const words = { create: 'add', update: 'change', delete: 'remove' } as const

export const inColor = (paint: Paint): Readonly<Record<Change['action'], (text: string) => string>> => ({
  create: paint.added,
  update: paint.changed,
  delete: paint.removed,
})

/** Adds before updates before removes, as they would be made. */
export const order: readonly Change['action'][] = ['create', 'update', 'delete']

const reasons: Readonly<Record<Why, string | undefined>> = {
  declared: undefined,
  withdrawn: 'no longer declared, Roster had added it',
  undeclared: 'not declared',
  expired: 'its time has ended',
}

/** What an owner should know of a change beside its subject. */
export function detail(change: Change): string {
  const parts =
    change.action === 'update' ? differences(change.before, change.after) : [...(subject(change).notes ?? [])]
  const why = reasons[change.why]
  return printable([...(why === undefined ? [] : [why]), ...parts].join(', '))
}

/** `title: Engineer -> Lead`; in words where the kind has words on both sides, because fields may hold ids. */
function differences(before: Resource, after: Resource): readonly string[] {
  const [from, to] = [wording(before), wording(after)]
  if (from !== undefined && to !== undefined && from !== to) return [`${from} -> ${to}`]
  const changed = Object.entries(after.fields).filter(([name, value]) => !isDeepStrictEqual(value, before.fields[name]))
  return [...changed.map(([name, value]) => difference(name, before.fields[name], value)), ...(after.notes ?? [])]
}

const wording = ({ notes }: Resource): string | undefined => (notes?.length ? notes.join(', ') : undefined)

function difference(name: string, before: Json | undefined, after: Json): string {
  if (!isList(after) || (before !== undefined && !isList(before))) return `${name}: ${shown(before)} -> ${shown(after)}`
  const had = new Set((before ?? []).map(shown))
  const has = new Set(after.map(shown))
  const gained = [...has.difference(had)].map((each) => `+${each}`)
  return `${name}: ${[...gained, ...[...had.difference(has)].map((each) => `-${each}`)].join(' ')}`
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)

function shown(value: Json | undefined): string {
  if (value === undefined || value === null || value === '') return '(none)'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
