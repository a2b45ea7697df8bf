import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv2019, type ErrorObject, type ValidateFunction } from 'ajv/dist/2019.js'
import jsonPatch, { type Operation } from 'fast-json-patch'
import type { Api } from './exchange.ts'

type Json = Readonly<Record<string, unknown>>

const files: Partial<Record<Api, readonly string[]>> = {
  organization: ['admin-organizations.openapi.json'],
  control: ['admin-control-auth-policies.openapi.json'],
  'user-management': ['admin-user-management.openapi.json'],
  scim: ['scim-user-provisioning.openapi.json'],
  jira: ['jira-v3.openapi.json'],
  confluence: ['confluence-v1.openapi.json', 'confluence-v2.openapi.json'],
}

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
}

/** An operation of the files, by what tells it from the others. */
export interface Described {
  readonly api: Api
  readonly method: string
  /** As the sandbox's routes have it. */
  readonly path: string
  readonly operation: string
  readonly tags: readonly string[]
}

export interface Spec {
  /** @param path template as the sandbox's routes have it */
  find(api: Api, method: string, path: string): SpecOperation | undefined
  /** Every operation of every file. */
  operations(): Described[]
}

/** The folder of Atlassian's OpenAPI files; undefined where it is not there. */
export function findSpecFolder(fromEnvironment: string | undefined): string | undefined {
  return [fromEnvironment ?? '', resolve(import.meta.dirname, '../../../shared/specs')].find(
    (folder) => folder !== '' && existsSync(resolve(folder, 'overlay.json')),
  )
}

/** Reads the files with the corrections of `overlay.json` applied, each when it is first asked for. */
export function loadSpec(folder: string): Spec {
  const overlay = readJson(folder, 'overlay.json')
  const load = remembered((file: string) => loadFile(folder, file, overlay))
  const operationAt = remembered((line: string) => {
    const [file = '', method = '', template = ''] = line.split(' ')
    const loaded = load(file)
    const item = at(loaded.document, 'paths', template)
    const operation = at(item, method)
    return operation ? specOperation(loaded, item as Json, operation as Json) : undefined
  })
  return {
    find(api, method, path) {
      for (const file of files[api] ?? []) {
        const operation = operationAt(`${file} ${method.toLowerCase()} ${path.slice(prefixOf(file).length)}`)
        if (operation) return operation
      }
      return undefined
    },
    operations: () =>
      Object.entries(files).flatMap(([api, names]) =>
        names.flatMap((file) => describedIn(load(file).document, { api: api as Api, prefix: prefixOf(file) })),
      ),
  }
}

interface Loaded {
  readonly document: Json
  readonly ajv: Ajv2019
  /** Turns the text of a parameter into the type that its schema names. */
  readonly coercing: Ajv2019
}

function loadFile(folder: string, file: string, overlay: Json): Loaded {
  const corrections = (overlay[file] as readonly (Operation & { why: string })[]).map(
    ({ why: _why, ...operation }) => operation,
  )
  const document = jsonPatch.applyPatch(readJson(folder, file), corrections).newDocument as Json
  const options = { strict: false, allErrors: true, validateFormats: false }
  const [ajv, coercing] = [new Ajv2019(options), new Ajv2019({ ...options, coerceTypes: true })]
  for (const each of [ajv, coercing]) each.addSchema({ $id: 'spec', $defs: definitions(document) })
  return { document, ajv, coercing }
}

/** What the sandbox's routes have before the file's own path. */
function prefixOf(file: string): string {
  return file.startsWith('confluence-v2') ? '/wiki/api/v2' : ''
}

function describedIn(document: Json, { api, prefix }: { readonly api: Api; readonly prefix: string }): Described[] {
  const methods = new Set(['get', 'post', 'put', 'patch', 'delete'])
  return Object.entries(document['paths'] as Json).flatMap(([path, item]) =>
    Object.entries(item as Json)
      .filter(([method]) => methods.has(method))
      .map(([method, operation]) => ({
        api,
        method: method.toUpperCase(),
        path: `${prefix}${path}`,
        operation: String(at(operation, 'operationId')),
        tags: (at(operation, 'tags') ?? []) as readonly string[],
      })),
  )
}

function remembered<Result>(make: (key: string) => Result): (key: string) => Result {
  const made = new Map<string, Result>()
  return (key) => {
    if (!made.has(key)) made.set(key, make(key))
    return made.get(key) as Result
  }
}

function readJson(folder: string, file: string): Json {
  return JSON.parse(readFileSync(resolve(folder, file), 'utf8'))
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((current, key) => (current as Json | undefined)?.[key], value)
}

function resolved(document: Json, value: unknown): unknown {
  const ref = at(value, '$ref')
  return typeof ref === 'string' ? at(document, ...ref.slice(2).split('/')) : value
}

function specOperation({ document, ajv, coercing }: Loaded, item: Json, operation: Json): SpecOperation {
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
    checkContentType(contentType) {
      const types = Object.keys((at(requested, 'content') ?? {}) as Json)
      return types.includes(contentType.split(';')[0] ?? '') ? [] : [`${contentType} is none of ${types.join(', ')}`]
    },
  }
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

/** Each schema twice: closed, and open for use below `allOf`, where each part sees the fields of the others. */
function definitions(document: Json): Json {
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
function converted(schema: unknown, closed: boolean): unknown {
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
