import { fieldsOf } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { enterpriseSchema, userAttributes, userSchema, type Attribute } from './attributes.ts'
import type { PatchOperation } from './patch.ts'
import { patchList } from './patch-list.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * The user after the operations (RFC 7644 section 3.5.2).
 * @throws Refusal where a path leads to nothing, or to something that cannot be written
 */
export function patchUser(user: Fields, operations: readonly PatchOperation[]): Fields {
  return operations.reduce(applied, user)
}

function applied(user: Fields, operation: PatchOperation): Fields {
  const path = operation.path === undefined ? '' : local(operation.path)
  if (path === '') return appliedToAll(user, operation)
  const target = targetOf(path)
  if (!target) throw new Refusal('invalid', 'path', `nothing can be written at ${path}`)
  const { attribute, filter, sub } = target
  const { name } = attribute
  if (attribute.mutability === 'readOnly') throw new Refusal('invalid', 'mutability', `${name} is read-only`)
  if (attribute.multiValued) return { ...user, [name]: patchList(user[name], operation, { filter, sub }) }
  return { ...user, [name]: afterSingle(user[name], operation, target) }
}

function afterSingle(current: unknown, { op, value }: PatchOperation, { attribute, sub }: Target): unknown {
  const next = op === 'remove' ? undefined : value
  if (sub !== undefined) return { ...fieldsOf(current), [sub]: next }
  // an add to a complex attribute leaves the parts that it does not name (RFC 7644 section 3.5.2.1)
  return op === 'add' && attribute.type === 'complex' ? { ...fieldsOf(current), ...fieldsOf(value) } : next
}

/** Without a path the value is a set of attributes, some of them dotted (Microsoft Entra sends "name.givenName"). */
function appliedToAll(user: Fields, { op, value }: PatchOperation): Fields {
  return Object.entries(fieldsOf(value)).reduce(
    (current, [path, one]) => applied(current, { op, path, value: one }),
    user,
  )
}

/** Without the URN: `urn:…:User:department` and `department` are the same attribute, the core one being kept. */
function local(path: string): string {
  const urn = [userSchema, enterpriseSchema].find((schema) => path.toLowerCase().startsWith(schema.toLowerCase()))
  return urn === undefined ? path : path.slice(urn.length).replace(/^:/, '')
}

interface Target {
  readonly attribute: Attribute
  /** `[type, work]` of `emails[type eq "work"]`. */
  readonly filter: readonly [name: string, value: string] | undefined
  readonly sub: string | undefined
}

const externalId: Attribute = { name: 'externalId' }

function targetOf(path: string): Target | undefined {
  const match = /^(\w+)(?:\[(\w+) eq "?([^"\]]*)"?\])?(?:\.([\w$]+))?$/.exec(path)
  const [, first, filterName, filterValue = '', part] = match ?? []
  const attribute = named([...userAttributes, externalId], first)
  if (!attribute) return undefined
  const { subAttributes = [] } = attribute
  const sub = named(subAttributes, part)?.name
  const filtered = named(subAttributes, filterName)?.name
  const target: Target = { attribute, sub, filter: filtered === undefined ? undefined : [filtered, filterValue] }
  return part !== undefined && sub === undefined ? undefined : target
}

function named(attributes: readonly Attribute[], name = ''): Attribute | undefined {
  return attributes.find((attribute) => attribute.name.toLowerCase() === name.toLowerCase())
}
