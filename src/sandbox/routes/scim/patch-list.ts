import { fieldsOf } from '../../exchange.ts'
import type { PatchOperation } from './patch.ts'

type Fields = Readonly<Record<string, unknown>>

export interface ListTarget {
  /** The values of a list that are meant, by one of their parts; undefined: all of them. */
  readonly filter: readonly [name: string, value: string] | undefined
  /** The part that is meant; undefined: the whole value. */
  readonly sub: string | undefined
}

/** The e-mails or phone numbers after the operation; undefined where nothing is left. */
export function patchList(current: unknown, operation: PatchOperation, target: ListTarget): unknown {
  const list = (Array.isArray(current) ? current : []).map(fieldsOf)
  if (target.filter === undefined && target.sub === undefined) return wholeList(list, operation)
  const isMeant = meant(list, target)
  if (operation.op === 'remove') {
    const { sub } = target
    return sub === undefined
      ? list.filter((one) => !isMeant(one))
      : list.map((one) => (isMeant(one) ? { ...one, [sub]: undefined } : one))
  }
  const change = target.sub === undefined ? fieldsOf(operation.value) : { [target.sub]: operation.value }
  // Microsoft Entra replaces emails[type eq "work"].value of a user that has none: it is added
  if (!list.some(isMeant))
    return [...list, { ...(target.filter ? Object.fromEntries([target.filter]) : {}), ...change }]
  return list.map((one) => (isMeant(one) ? { ...one, ...change } : one))
}

function wholeList(list: readonly Fields[], { op, value }: PatchOperation): unknown {
  if (op === 'remove') return undefined
  const values = (Array.isArray(value) ? value : [value]).map(valueOf)
  if (op === 'replace') return values
  const kept = list.filter((one) => !values.some((added) => added['value'] === one['value']))
  // a new primary one takes the place of the old (RFC 7643 section 2.4: no more than one)
  const isTaken = values.some(({ primary }) => primary === true)
  return [...(isTaken ? kept.map((one) => ({ ...one, primary: false })) : kept), ...values]
}

/** Some identity providers send the bare address. */
function valueOf(value: unknown): Fields {
  return typeof value === 'string' ? { value, type: 'work', primary: true } : fieldsOf(value)
}

function meant(list: readonly Fields[], { filter }: ListTarget): (one: Fields) => boolean {
  if (filter === undefined) return (one) => list.length === 1 || one['primary'] === true
  const [name, value] = filter
  return (one) => String(one[name]).toLowerCase() === value.toLowerCase()
}
