import { Ajv2019, type ErrorObject, type ValidateFunction } from 'ajv/dist/2019.js'
import { at, resolved, type Json } from './contract-document.builder.ts'
import { converted, definitions } from './contract-schema.builder.ts'

export interface SpecOperation {
  readonly operation: string
  /** Mistakes of an answer: a status that is not described, a body that differs, a field that is not described. */
  checkAnswer(status: number, body: unknown): string[]
  checkBody(body: unknown): string[]
  /** Mistakes of the values of the path's template. */
  checkPath(params: Readonly<Record<string, string>>): string[]
  /** Mistakes of a query: parameters that are not described, missing ones, values of another type or enum. */
  checkQuery(query: URLSearchParams): string[]
  /** Whether a body of this media type is described. */
  checkContentType(contentType: string): string[]
  /** Whether an answer that is described may come in a media type that was asked for. */
  checkAccept(accept: string): string[]
  /** Described headers that are required and missing, and `x-` headers that are not described. Names in lower case. */
  checkHeaders(names: readonly string[]): string[]
}

export interface Loaded {
  readonly document: Json
  readonly ajv: Ajv2019
  /** Turns the text of a parameter into the type that its schema names. */
  readonly coercing: Ajv2019
}

export function loaded(document: Json): Loaded {
  const options = { strict: false, allErrors: true, validateFormats: false }
  const [ajv, coercing] = [new Ajv2019(options), new Ajv2019({ ...options, coerceTypes: true })]
  for (const each of [ajv, coercing]) each.addSchema({ $id: 'spec', $defs: definitions(document) })
  return { document, ajv, coercing }
}

export function specOperation({ document, ajv, coercing }: Loaded, item: Json, operation: Json): SpecOperation {
  const requested = resolved(document, operation['requestBody'])
  const answer = remembered((status) => {
    const response = resolved(document, at(operation, 'responses', status))
    return { response, validate: validatorOf(ajv, schemaOf(response)) }
  })
  const asked = remembered(() => validatorOf(ajv, schemaOf(requested)))
  const parameters = parametersOf(document, item, operation)
  const checkParameters = remembered((place) => {
    const described = parameters.filter((each) => each.place === place)
    return { described, validate: coercing.compile(parametersSchema(described)) }
  })
  return {
    operation: String(operation['operationId']),
    checkAnswer(status, body) {
      const { response, validate } = answer(String(status))
      if (!response) return [`status ${status} is not described`]
      if (!validate) return status < 300 && body !== undefined ? ['a body, and none is described'] : []
      return mistakes(validate, body)
    },
    checkBody(body) {
      const validate = asked('')
      if (body === undefined) return at(requested, 'required') === true ? ['no body, and one is required'] : []
      return validate ? mistakes(validate, body) : ['a body, and none is described']
    },
    checkPath: (params) => mistakes(checkParameters('path').validate, { ...params }),
    checkQuery(query) {
      const { described, validate } = checkParameters('query')
      return mistakes(validate, valuesOf(query, described))
    },
    checkContentType: (contentType) => unlisted(contentType.split(';')[0] ?? '', typesOf(requested)),
    checkAccept(accept) {
      const asked = accept.split(',').map((each) => each.split(';')[0]!.trim())
      const offered = successesOf(operation).flatMap((each) => typesOf(resolved(document, each)))
      const fits = offered.length === 0 || asked.some((each) => each === '*/*' || offered.includes(each))
      return fits ? [] : unlisted(accept, offered)
    },
    checkHeaders: (names) => headerMistakes(names, parameters),
  }
}

const typesOf = (holder: unknown): string[] => Object.keys((at(holder, 'content') ?? {}) as Json)

const unlisted = (type: string, types: readonly string[]): string[] =>
  types.includes(type) ? [] : [`${type} is none of ${types.join(', ')}`]

function successesOf(operation: Json): unknown[] {
  const responses = Object.entries((operation['responses'] ?? {}) as Json)
  return responses.filter(([status]) => status.startsWith('2')).map(([, response]) => response)
}

function headerMistakes(names: readonly string[], parameters: readonly Parameter[]): string[] {
  const described = parameters.filter(({ place }) => place === 'header')
  const known = new Set(described.map(({ name }) => name.toLowerCase()))
  return [
    ...described
      .filter(({ name, required }) => required && !names.includes(name.toLowerCase()))
      .map(({ name }) => `${name} is required`),
    ...names.filter((name) => name.startsWith('x-') && !known.has(name)).map((name) => `${name} is not described`),
  ]
}

function schemaOf(holder: unknown): unknown {
  return at(Object.values((at(holder, 'content') ?? {}) as Json)[0], 'schema')
}

function validatorOf(ajv: Ajv2019, schema: unknown): ValidateFunction | undefined {
  return schema === undefined ? undefined : ajv.compile(converted(schema, true) as Json)
}

interface Parameter {
  readonly name: string
  readonly place: string
  readonly required: boolean
  readonly schema: unknown
  readonly list: boolean
  /** A list is written as one value, with commas. */
  readonly joined: boolean
}

function parametersOf(document: Json, item: Json, operation: Json): Parameter[] {
  const all = [item['parameters'], operation['parameters']].flatMap((each) => (each ?? []) as readonly unknown[])
  return all.map((each) => {
    const parameter = resolved(document, each)
    const schema = at(parameter, 'schema')
    return {
      name: String(at(parameter, 'name')),
      place: String(at(parameter, 'in')),
      required: at(parameter, 'required') === true,
      schema,
      list: at(resolved(document, schema), 'type') === 'array',
      joined: at(parameter, 'explode') === false,
    }
  })
}

function parametersSchema(parameters: readonly Parameter[]): Json {
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, converted(schema, true)])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  }
}

/** A parameter that is there twice and described once stays a list, which its schema refuses. */
function valuesOf(query: URLSearchParams, parameters: readonly Parameter[]): Record<string, unknown> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name)
      const parameter = parameters.find((each) => each.name === name)
      if (parameter?.list) return [name, parameter.joined ? values.flatMap((value) => value.split(',')) : values]
      return [name, values.length === 1 ? values[0] : values]
    }),
  )
}

function mistakes(validate: ValidateFunction, value: unknown): string[] {
  if (validate(value)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }: ErrorObject) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  )
}

export function remembered<Result>(make: (key: string) => Result): (key: string) => Result {
  const made = new Map<string, Result>()
  return (key) => {
    if (!made.has(key)) made.set(key, make(key))
    return made.get(key) as Result
  }
}
