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
