import { apis } from './apis.ts'
import { at, documentNames, prefixOf, resolved, type Documents, type Json } from './contract-document.builder.ts'

/** Members of a schema that say nothing of which values fit it. */
const prose = new Set([
  'title',
  'description',
  'summary',
  'example',
  'examples',
  'externalDocs',
  'xml',
  'default',
  'deprecated',
  'discriminator',
  'readOnly',
  'writeOnly',
])

/** By file name, the facts of the operations that the sandbox answers, as text of OpenAPI documents without prose. */
export function distill(documents: Documents): Readonly<Record<string, string>> {
  return Object.fromEntries(
    apis.flatMap(({ api, routes }) =>
      (documentNames[api] ?? []).map((name) => {
        const answered = new Set(routes.map(({ method, path }) => `${method.toLowerCase()} ${path}`))
        const only = (method: string, path: string) => answered.has(`${method} ${prefixOf(name)}${path}`)
        return [`${name}.json`, `${printed(distilled(documents.read(name), only))}\n`]
      }),
    ),
  )
}

function distilled(document: Json, only: (method: string, path: string) => boolean): Json {
  const paths = sorted(document['paths'] as Json).flatMap(([path, item]) => {
    const operations = sorted(item as Json).filter(([method]) => only(method, path))
    const facts = operations.map(([method, operation]) => [method, operationFacts(document, item as Json, operation)])
    return facts.length > 0 ? [[path, Object.fromEntries(facts)]] : []
  })
  const schemas = usedBy(document, paths).map((name) => [name, bare(at(document, 'components', 'schemas', name))])
  return { paths: Object.fromEntries(paths), components: { schemas: Object.fromEntries(schemas) } }
}

function operationFacts(document: Json, item: Json, operation: unknown): Json {
  const parameters = [item['parameters'], at(operation, 'parameters')].flatMap((each) => each ?? [])
  const requested = resolved(document, at(operation, 'requestBody'))
  const responses = sorted((at(operation, 'responses') ?? {}) as Json)
  return {
    operationId: at(operation, 'operationId'),
    ...(parameters.length > 0 && { parameters: parameters.map((each) => parameterFacts(resolved(document, each))) }),
    ...(requested !== undefined && { requestBody: bodyFacts(requested) }),
    responses: Object.fromEntries(
      responses.map(([status, response]) => [status, bodyFacts(resolved(document, response))]),
    ),
  }
}

/** `explode` tells whether a list is written as one value, with commas. */
function parameterFacts(parameter: unknown): Json {
  return {
    name: at(parameter, 'name'),
    in: at(parameter, 'in'),
    ...(at(parameter, 'required') === true && { required: true }),
    ...(at(parameter, 'explode') === false && { explode: false }),
    schema: bare(at(parameter, 'schema')),
  }
}

function bodyFacts(body: unknown): Json {
  const content = Object.entries((at(body, 'content') ?? {}) as Json)
  const schemaOf = (media: unknown) => (at(media, 'schema') === undefined ? {} : { schema: bare(at(media, 'schema')) })
  return {
    ...(at(body, 'required') === true && { required: true }),
    ...(content.length > 0 && {
      content: Object.fromEntries(content.map(([type, media]) => [type, schemaOf(media)])),
    }),
  }
}

/** A field may be named as a member of a schema is (`description`), so the names below `properties` all stay. */
function bare(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(bare)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => !prose.has(name) && !name.startsWith('x-'))
      .map(([name, value]) => [name, name === 'properties' ? bareProperties(value) : bare(value)]),
  )
}

function bareProperties(properties: unknown): Json {
  return Object.fromEntries(Object.entries(properties as Json).map(([name, schema]) => [name, bare(schema)]))
}

/** Names of the schemas that the value refers to, and those refer to, in order of their names. */
function usedBy(document: Json, value: unknown): string[] {
  const used = new Set(namesIn(value))
  // a set that grows while it is walked is walked to its new end
  for (const name of used) {
    for (const each of namesIn(bare(at(document, 'components', 'schemas', name)))) used.add(each)
  }
  return [...used].toSorted()
}

function namesIn(value: unknown): string[] {
  return [...JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name = '']) => name)
}

function sorted(object: Json): [string, unknown][] {
  return Object.entries(object).toSorted(([one], [other]) => (one < other ? -1 : 1))
}

/** JSON in which what fits into 120 characters stands on one line. */
function printed(value: unknown, indent = ''): string {
  const line = JSON.stringify(value)
  if (typeof value !== 'object' || value === null || indent.length + line.length <= 120) return line
  const deeper = `${indent} `
  const members = Array.isArray(value)
    ? value.map((each) => printed(each, deeper))
    : Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${printed(each, deeper)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${members.map((member) => `${deeper}${member}`).join(',\n')}\n${indent}${close}`
}
