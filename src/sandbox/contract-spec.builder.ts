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
}

export interface Spec {
  /** @param path template as the sandbox's routes have it */
  find(api: Api, method: string, path: string): SpecOperation | undefined
}

/** The folder of Atlassian's OpenAPI files; undefined where it is not there. */
export function findSpecFolder(fromEnvironment: string | undefined): string | undefined {
  return [fromEnvironment ?? '', resolve(import.meta.dirname, '../../../shared/specs')].find(
    (folder) => folder !== '' && existsSync(resolve(folder, 'overlay.json')),
  )
}

/** Reads the files with the corrections of `overlay.json` applied. */
export function loadSpec(folder: string): Spec {
  const overlay = readJson(folder, 'overlay.json')
  const documents = new Map<string, { document: Json; ajv: Ajv2019 }>()
  const load = (file: string) => {
    const found = documents.get(file)
    if (found) return found
    const corrections = (overlay[file] as readonly (Operation & { why: string })[]).map(
      ({ why: _why, ...operation }) => operation,
    )
    const document = jsonPatch.applyPatch(readJson(folder, file), corrections).newDocument as Json
    const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false })
    ajv.addSchema({ $id: 'spec', $defs: definitions(document) })
    const loaded = { document, ajv }
    documents.set(file, loaded)
    return loaded
  }
  return {
    find(api, method, path) {
      for (const file of files[api] ?? []) {
        const { document, ajv } = load(file)
        const template = file.startsWith('confluence-v2') ? path.replace('/wiki/api/v2', '') : path
        const operation = at(document, 'paths', template, method.toLowerCase())
        if (operation) return specOperation(document, operation as Json, ajv)
      }
      return undefined
    },
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

function specOperation(document: Json, operation: Json, ajv: Ajv2019): SpecOperation {
  const schemaOf = (holder: unknown) => at(Object.values((at(holder, 'content') ?? {}) as Json)[0], 'schema')
  return {
    operation: String(operation['operationId']),
    checkAnswer(status, body) {
      const response = resolved(document, at(operation, 'responses', String(status)))
      if (!response) return [`status ${status} is not described`]
      const schema = schemaOf(response)
      if (!schema) return status < 300 && body !== undefined ? ['a body, and none is described'] : []
      return mistakes(ajv.compile(converted(schema, true) as Json), body)
    },
    checkBody(body) {
      const schema = schemaOf(resolved(document, operation['requestBody']))
      return schema ? mistakes(ajv.compile(converted(schema, true) as Json), body) : ['a body, and none is described']
    },
  }
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
