/** A value as it may stand in a log: plain, without credentials, errors as their facts. */

const hidden = '[secret]'
/** Keys whose values are never shown, in whatever way they are written: `clientSecret`, `client_secret`, `x-api-key`. */
const secretKey = /authorization|cookie|passw(or)?d|passphrase|secret|token|apikey|privatekey|signature|credentials?$/
/** Parts of a text that are credentials by their form, in an address or after the word of a scheme. */
const secretTexts: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${hidden}`],
  [/(\b[a-z][a-z+.-]*:\/\/)[^/\s@]+@/gi, `$1${hidden}@`],
]
const maxDepth = 6
const maxItems = 100

/** The same facts, fit for a log. */
export function factsOf(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, shown(key, value, 0)]))
}

function shown(key: string, value: unknown, depth: number): unknown {
  if (value === undefined || value === null || typeof value === 'boolean' || typeof value === 'number') return value
  if (secretKey.test(key.toLowerCase().replaceAll(/[^a-z]/g, ''))) return hidden
  if (value instanceof Error) return errorFacts(value, depth)
  if (typeof value === 'object') return shownObject(key, value, depth)
  return typeof value === 'string' ? cleaned(value) : `[${typeof value}]`
}

function shownObject(key: string, value: object, depth: number): unknown {
  if (depth >= maxDepth) return '[deep]'
  // a Secret says so by itself, a time is its own text
  if ('toJSON' in value && typeof value.toJSON === 'function') return shown(key, value.toJSON(), depth + 1)
  if (Array.isArray(value)) return value.slice(0, maxItems).map((each) => shown(key, each, depth + 1))
  if (value instanceof Map) return shownObject(key, Object.fromEntries(value), depth)
  if (value instanceof Set) return shownObject(key, [...value], depth)
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shown(name, each, depth + 1)]))
}

const cleaned = (text: string): string => secretTexts.reduce((left, [form, kept]) => left.replaceAll(form, kept), text)

/**
 * What a failed call tells of itself, and what the system calls a failure; where neither is there it is a bug, and its stack
 * is shown.
 */
function errorFacts(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause } = error
  const facts: Record<string, unknown> = { type: name, message: cleaned(message) }
  if ('failure' in error && typeof error.failure === 'object' && error.failure !== null) {
    for (const key of ['request', 'status', 'code', 'reason', 'effect', 'traceId'] as const)
      if (key in error.failure) facts[key] = shown(key, (error.failure as Record<string, unknown>)[key], depth + 1)
  } else if ('code' in error) facts['code'] = String(error.code)
  else facts['stack'] = cleaned(stack ?? '')
  if (cause instanceof Error && depth < maxDepth) facts['cause'] = errorFacts(cause, depth + 1)
  return facts
}
