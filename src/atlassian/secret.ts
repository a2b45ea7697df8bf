import { inspect } from 'node:util'

/** A credential that does not print itself: whoever logs, formats or serialises it gets `[secret]`. */
export interface Secret {
  /** The value, for a request header only. */
  reveal(): string
}

const hidden = '[secret]'

export function createSecret(value: string): Secret {
  const secret: Secret = { reveal: () => value }
  const hide = () => hidden
  // Not enumerable, so that a deep copy or a comparison does not stumble over them.
  for (const key of ['toString', 'toJSON', inspect.custom, Symbol.toPrimitive]) {
    Object.defineProperty(secret, key, { value: hide })
  }
  return Object.freeze(secret)
}
