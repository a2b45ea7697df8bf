import { at, type Json } from './contract-document.builder.ts'

/** Each schema twice: closed, and open for use below `allOf`, where each part sees the fields of the others. */
export function definitions(document: Json): Json {
  const schemas = Object.entries((at(document, 'components', 'schemas') ?? {}) as Json)
  return Object.fromEntries(
    schemas.flatMap(([name, schema]) => [
      [name, converted(schema, true)],
      [`${name}.open`, converted(schema, false)],
    ]),
  )
}

/**
 * OpenAPI 3.0 to JSON Schema: `nullable`, references, and, where `closed`, objects that take no field that is not
 * described. A property may be named `$ref` (SCIM), so only strings count as references.
 */
export function converted(schema: unknown, closed: boolean): unknown {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema
  const { $ref, nullable, ...rest } = schema as Json
  if (typeof $ref === 'string') return reference($ref, closed)
  const result = Object.fromEntries(
    Object.entries(rest).flatMap(([name, value]) => convertedMember(name, value, closed)),
  )
  const isObject = (rest['properties'] ?? rest['allOf']) !== undefined && rest['additionalProperties'] === undefined
  const described = closed && isObject ? { ...result, unevaluatedProperties: false } : result
  return nullable === true ? { anyOf: [{ type: 'null' }, described] } : described
}

function reference($ref: string, closed: boolean): Json {
  return { $ref: `spec#/$defs/${$ref.slice($ref.lastIndexOf('/') + 1)}${closed ? '' : '.open'}` }
}

function convertedMember(name: string, value: unknown, closed: boolean): [string, unknown][] {
  const each = (close: boolean) => (value as readonly unknown[]).map((item) => converted(item, close))
  switch (name) {
    case 'properties':
      return [
        [
          name,
          Object.fromEntries(Object.entries(value as Json).map(([field, one]) => [field, converted(one, closed)])),
        ],
      ]
    case 'items':
      return [[name, converted(value, closed)]]
    case 'additionalProperties':
      return [[name, closed || value !== false ? converted(value, closed) : true]]
    case 'allOf':
      return [[name, each(false)]]
    case 'oneOf':
    case 'anyOf':
      return [['anyOf', each(closed)]]
    default:
      return [[name, value]]
  }
}
