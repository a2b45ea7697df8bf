import type { Plan, PlanScope } from '../core/plan.ts'
import { compare, scopeId } from '../core/resource.ts'
import { passes, type DeclarationMark, type SavedOrganization, type SavedPlan, type SavedScope } from './saved-plan.ts'
import { count, printable } from './terminal-text.ts'

/** One thing that is not any more as it was when a plan was saved. */
export interface Move {
  readonly what: 'the program' | 'the declaration' | 'the state' | 'the world'
  /** For people. */
  readonly how: string
}

/** What can be told before anything is read: another program, other files. */
export function movesBefore(
  saved: Pick<SavedPlan, 'tool' | 'declaration'>,
  now: { readonly tool: string; readonly declaration: DeclarationMark },
): readonly Move[] {
  const { source, files } = saved.declaration
  const tool = { what: 'the program', how: `the plan is of Roster ${saved.tool}, this is ${now.tool}` } as const
  const place = `it comes from ${now.declaration.source}, that of the plan came from ${source}`
  return [
    ...(saved.tool === now.tool ? [] : [tool]),
    ...(source === now.declaration.source ? [] : [{ what: 'the declaration', how: place } as const]),
    ...fileMoves(files, now.declaration.files),
  ]
}

type Files = DeclarationMark['files']

function fileMoves(then: Files, now: Files): readonly Move[] {
  const names = [...new Set([...Object.keys(then), ...Object.keys(now)])].toSorted(compare)
  return names.flatMap((name): readonly Move[] => {
    const [before, after] = [own(then, name), own(now, name)]
    if (before === after) return []
    const verb = before === undefined ? 'is new' : after === undefined ? 'is gone' : 'has changed'
    return [{ what: 'the declaration', how: `${name} ${verb}` }]
  })
}

/** A file may have any name. */
const own = (files: Files, name: string): string | undefined => (Object.hasOwn(files, name) ? files[name] : undefined)

/** What a new look at one organization shows. Empty: what would be made is exactly what was saved. */
export function movesOf(saved: SavedOrganization, plan: Plan, state: string): readonly Move[] {
  const applied = { what: 'the state', how: 'somebody has applied since, or the state is another one' } as const
  return [
    ...(saved.state === state ? [] : [applied]),
    ...worldMoves(saved, plan).map((how): Move => ({ what: 'the world', how })),
  ]
}

/**
 * Only what would be written counts, and what it rests on: an estate is in motion, and a plan of two changes must not go
 * stale because somebody else was added elsewhere.
 */
function worldMoves({ scopes }: SavedOrganization, plan: Plan): readonly string[] {
  const then = new Map(scopes.map((scope) => [`${scope.kind}/${scope.key}`, scope]))
  const now = new Map(plan.scopes.map((scope) => [scopeId(scope.scope), scope]))
  const ids = [...new Set([...then.keys(), ...now.keys()])]
  return ids.flatMap((id) => {
    const [before, after] = [then.get(id), now.get(id)]
    const how = scopeMove(before, after)
    return how === undefined ? [] : [`${(after?.scope ?? before!).title}: ${how}`]
  })
}

function scopeMove(before: SavedScope | undefined, after: PlanScope | undefined): string | undefined {
  const [planned, wanted] = [changesOf(before), changesOf(after)]
  if (planned.length + wanted.length === 0) return undefined
  if (!after) return 'it is gone, or nobody declares it any more'
  if (after.unread) return `it could not be read: ${after.unread.message}`
  if (before?.digest === after.digest && before.passes === passes(after)) return undefined
  return contrast(totals(planned), totals(wanted), after.held.length)
}

const changesOf = (scope: SavedScope | PlanScope | undefined): readonly { readonly action: string }[] =>
  scope?.changes ?? []

function contrast(then: string, now: string, held: number): string {
  if (then === now) return `it would still ${now}, but not the same, or what that rests on has changed`
  return `the plan would ${then}, now it would ${now}${held > 0 ? ` and hold ${held}` : ''}`
}

const verbs = { create: 'add', update: 'change', delete: 'remove' } as const

/** `add 2, remove 1` */
function totals(changes: readonly { readonly action: string }[]): string {
  const parts = Object.entries(verbs).flatMap(([action, verb]) => {
    const number = changes.filter((change) => change.action === action).length
    return number > 0 ? [`${verb} ${number}`] : []
  })
  return parts.length === 0 ? 'change nothing' : parts.join(', ')
}

const most = 20

/** Aligned lines, the first ones of many. */
export function renderMoves(moves: readonly Move[]): string {
  const width = Math.max(...moves.map(({ what }) => what.length))
  const lines = moves.slice(0, most).map(({ what, how }) => `  ${what.padEnd(width)}  ${printable(how)}`)
  const left = moves.length - lines.length
  return [...lines, ...(left > 0 ? [`  and ${count(left, 'more', 'more')}`] : [])].join('\n')
}
