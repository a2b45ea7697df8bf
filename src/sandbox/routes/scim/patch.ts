import { fieldsOf, textOf } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'

export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path?: string
  readonly value: unknown
}

/** The operations of a PatchOp; the names `Operations`, `op` and the verbs are taken in any case. @throws Refusal */
export function operationsOf(body: unknown): PatchOperation[] {
  const list = Object.entries(fieldsOf(body)).find(([name]) => name.toLowerCase() === 'operations')?.[1]
  if (!Array.isArray(list)) throw new Refusal('invalid', 'Operations', 'Operations is required')
  return list.map((item) => {
    const fields = fieldsOf(item)
    const op = (textOf(fields['op']) ?? '').toLowerCase()
    const path = textOf(fields['path'])
    if (op !== 'add' && op !== 'replace' && op !== 'remove') throw new Refusal('invalid', 'op', `no operation ${op}`)
    return { op, ...(path === undefined ? {} : { path }), value: fields['value'] }
  })
}

/** The user after the operations. @throws Refusal where a path leads to nothing that can be written */
export function patchUser(
  user: Readonly<Record<string, unknown>>,
  operations: readonly PatchOperation[],
): Record<string, unknown> {
  return operations.reduce<Record<string, unknown>>((current, operation) => applied(current, operation), { ...user })
}

function applied(user: Record<string, unknown>, { op, path, value }: PatchOperation): Record<string, unknown> {
  if (path === undefined) {
    // without a path the value is a set of attributes, some of them dotted (Microsoft Entra sends "name.givenName")
    return Object.entries(fieldsOf(value)).reduce(
      (current, [name, one]) => applied(current, { op, path: name, value: one }),
      user,
    )
  }
  const next = op === 'remove' ? undefined : value
  if (/^emails\b/i.test(path)) return { ...user, emails: emailsAfter(next) }
  const [first = '', second] = splitPath(path)
  const name = attributes.find((known) => known.toLowerCase() === first.toLowerCase())
  if (name === undefined) throw new Refusal('invalid', 'path', `nothing can be written at ${path}`)
  if (second === undefined) return { ...user, [name]: next }
  return { ...user, [name]: { ...fieldsOf(user[name]), [second]: next } }
}

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const attributes = [
  'userName',
  'externalId',
  'name',
  'displayName',
  'nickName',
  'title',
  'preferredLanguage',
  'department',
  'organization',
  'timezone',
  'phoneNumbers',
  'active',
]

/** `urn:…:User:department` and `department` are the same attribute: the core one is the one that is kept. */
function splitPath(path: string): string[] {
  const local = path.startsWith(`${enterprise}:`) ? path.slice(enterprise.length + 1) : path
  return local.split('.')
}

function emailsAfter(value: unknown): unknown {
  // a path such as emails[type eq "work"].value comes with the bare address
  return typeof value === 'string' ? [{ value, type: 'work', primary: true }] : value
}
