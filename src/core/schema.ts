import { Ajv, type ErrorObject } from 'ajv'
import { distance } from 'fastest-levenshtein'
import Type, { type Static, type TObjectOptions, type TProperties, type TSchema, type TSchemaOptions } from 'typebox'
import type { Diagnostic } from './diagnostic.ts'

/** An object that refuses unknown fields: `user:` for `users:` must be an error, not an empty list. */
export const Strict = <Properties extends TProperties>(properties: Properties, options: TObjectOptions = {}) =>
  Type.Object(properties, { ...options, additionalProperties: false })

/** One of a closed set of strings. `Type.Enum` leaves out `type`, which a CRD must have. */
export const OneOf = <const Values extends readonly string[]>(values: Values, options: TSchemaOptions = {}) =>
  Type.Unsafe<Values[number]>({ ...options, type: 'string', enum: [...values] })

/** Values by free string key. `Type.Record` emits `patternProperties`, which a CRD must not have. */
export const MapOf = <Value extends TSchema>(value: Value, options: TSchemaOptions = {}) =>
  Type.Unsafe<Readonly<Record<string, Static<Value>>>>({ ...options, type: 'object', additionalProperties: value })

export type Parsed<Spec> = { readonly spec: Spec } | { readonly problems: readonly Diagnostic[] }

const ajv = new Ajv({ allErrors: true, useDefaults: true, strict: true, allowUnionTypes: false })
ajv.addVocabulary([
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-validations',
  'x-kubernetes-preserve-unknown-fields',
])

/** What to say of fields that do not exist and are looked for all the same, by their names in lower case. */
export type FieldHints = Readonly<Record<string, string>>

/** A function that checks one spec, fills in defaults, reports every problem at once, and leaves its argument alone. */
export function compile<Schema extends TSchema>(
  schema: Schema,
  hints: FieldHints = {},
): (spec: unknown) => Parsed<Static<Schema>> {
  const validate = ajv.compile<Static<Schema>>(schema)
  return (given) => {
    const spec: unknown = structuredClone(given)
    return validate(spec)
      ? { spec }
      : { problems: validate.errors!.map((error) => hinted(problem(error, spec, schema), hints)) }
  }
}

/** The nearest of `candidates` where one is near enough to be a slip of the keyboard. */
function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const found = distance(word.toLowerCase(), candidate.toLowerCase())
    if (found < bestDistance) [best, bestDistance] = [candidate, found]
  }
  return best
}

export const didYouMean = (word: string, candidates: Iterable<string>): { hint?: string } => {
  const found = nearest(word, candidates)
  return found === undefined ? {} : { hint: `did you mean "${found}"?` }
}

function problem(error: ErrorObject, spec: unknown, schema: TSchema): Diagnostic {
  const { keyword, params, message, instancePath } = error
  const at = toPath(instancePath, spec)
  const base = { code: 'INVALID_SPEC', severity: 'error', path: ['spec', ...at] } as const
  if (keyword === 'additionalProperties') {
    const field = String(params['additionalProperty'])
    const known = Object.keys(subschema(schema, at)?.properties ?? {})
    return {
      ...base,
      path: [...base.path, field],
      atKey: true,
      message: `unknown field "${field}"`,
      ...didYouMean(field, known),
    }
  }
  if (keyword === 'required') return { ...base, message: `missing field "${String(params['missingProperty'])}"` }
  if (keyword === 'enum') return { ...base, ...enumProblem(params['allowedValues'], at, spec) }
  return { ...base, message: message ?? keyword }
}

/** A known wish is answered before a slip of the keyboard is supposed. */
function hinted(found: Diagnostic, hints: FieldHints): Diagnostic {
  const field = found.atKey ? String(found.path?.at(-1)).toLowerCase() : ''
  return Object.hasOwn(hints, field) ? { ...found, hint: hints[field]! } : found
}

function enumProblem(allowed: readonly string[], at: readonly (string | number)[], spec: unknown) {
  const value = at.reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], spec)
  return {
    message: `must be one of ${allowed.join(', ')}`,
    ...(typeof value === 'string' && didYouMean(value, allowed)),
  }
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly additionalProperties?: boolean | SchemaNode
}

function subschema(schema: TSchema, path: readonly (string | number)[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = schema as SchemaNode
  for (const key of path) {
    const extra: boolean | SchemaNode | undefined = node?.additionalProperties
    node =
      typeof key === 'number'
        ? node?.items
        : (node?.properties?.[key] ?? (typeof extra === 'object' ? extra : undefined))
  }
  return node
}

/** "/users/0" as ['users', 0]. A pointer alone cannot tell an index from a key, so the value is walked along. */
function toPath(pointer: string, value: unknown): (string | number)[] {
  const path: (string | number)[] = []
  let at = value
  for (const segment of pointer.split('/').slice(1)) {
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~')
    path.push(Array.isArray(at) ? Number(key) : key)
    at = (at as Readonly<Record<string, unknown>>)[key]
  }
  return path
}
