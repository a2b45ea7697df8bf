import type { Diagnostic, Origin } from '../core/diagnostic.ts'
import { apiVersion, type Manifest } from '../core/manifest.ts'
import { didYouMean } from '../core/schema.ts'
import type { Positions } from './yaml-position.ts'

type Fields = Readonly<Record<string, unknown>>
type Shaped = { readonly manifest: Manifest } | { readonly problems: readonly Diagnostic[] }

/** `status` is what `kubectl get -o yaml` adds: it is read by nobody. */
const topLevel = ['apiVersion', 'kind', 'metadata', 'spec', 'status']

/** A DNS subdomain (RFC 1123), as Kubernetes demands of `metadata.name`. At most 253 characters. */
const namePattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const labelPattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

/** The envelope of a Kubernetes object around a spec that is not looked at here. All its mistakes at once. */
export function toManifest(value: unknown, { locate }: Positions): Shaped {
  if (!isObject(value)) return { problems: [notAnObject(value, locate([]))] }
  if (!('apiVersion' in value) && !('kind' in value)) return { problems: [noManifest(locate([]))] }
  const problems = [...envelopeProblems(value), ...metadataProblems(value['metadata'])]
  if (problems.length > 0) {
    return { problems: problems.map((each) => ({ ...each, origin: locate(each.path ?? [], each.atKey) })) }
  }
  const { name, namespace, annotations } = value['metadata'] as MetadataFields
  return {
    manifest: {
      apiVersion: value['apiVersion'] as string,
      kind: value['kind'] as string,
      name,
      ...(namespace !== undefined && { namespace }),
      ...(annotations && { annotations }),
      spec: value['spec'],
      origin: locate(['kind'], true),
      locate,
    },
  }
}

interface MetadataFields {
  readonly name: string
  readonly namespace?: string
  readonly annotations?: Readonly<Record<string, string>>
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const notAnObject = (value: unknown, origin: Diagnostic['origin']): Diagnostic => ({
  code: 'NOT_AN_OBJECT',
  severity: 'error',
  message: `a manifest must be an object, this is ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}`,
  ...(origin && { origin }),
  hint: `it begins with "apiVersion: ${apiVersion}"`,
})

/** One complaint, not one for each of its fields: it was never meant to be a manifest. */
const noManifest = (origin: Origin): Diagnostic => ({
  code: 'NOT_AN_OBJECT',
  severity: 'error',
  message: 'this is no manifest: it has neither "apiVersion" nor "kind"',
  origin,
  hint: 'keep other YAML files out of the directory of the declaration',
})

const mistake = (code: Diagnostic['code'], message: string, path: readonly string[], more: Partial<Diagnostic> = {}) =>
  ({ code, severity: 'error', message, path, ...more }) satisfies Diagnostic

function envelopeProblems(value: Fields): readonly Diagnostic[] {
  const problems: Diagnostic[] = []
  for (const field of ['apiVersion', 'kind']) {
    const given = value[field]
    if (given === undefined) problems.push(mistake('NOT_AN_OBJECT', `missing field "${field}"`, [], hintFor(field)))
    else if (typeof given !== 'string') problems.push(mistake('NOT_AN_OBJECT', `"${field}" must be a string`, [field]))
  }
  for (const field of Object.keys(value).filter((each) => !topLevel.includes(each))) {
    const more = { atKey: true, ...didYouMean(field, topLevel) }
    problems.push(mistake('NOT_AN_OBJECT', `unknown field "${field}"`, [field], more))
  }
  return problems
}

const hintFor = (field: string): { hint?: string } =>
  field === 'apiVersion' ? { hint: `write "apiVersion: ${apiVersion}"` } : {}

function metadataProblems(metadata: unknown): readonly Diagnostic[] {
  if (metadata === undefined) return [mistake('INVALID_NAME', 'missing field "metadata.name"', [])]
  if (!isObject(metadata)) return [mistake('INVALID_NAME', '"metadata" must be an object with a name', ['metadata'])]
  const { name, namespace, annotations } = metadata
  const problems: Diagnostic[] = []
  if (name === undefined) problems.push(mistake('INVALID_NAME', 'missing field "metadata.name"', ['metadata']))
  else if (!matches(name, namePattern, 253)) problems.push(badName('name', name))
  if (namespace !== undefined && !matches(namespace, labelPattern, 63)) problems.push(badName('namespace', namespace))
  if (annotations !== undefined) problems.push(...annotationProblems(annotations))
  return problems
}

const matches = (value: unknown, pattern: RegExp, maxLength: number): boolean =>
  typeof value === 'string' && value.length <= maxLength && pattern.test(value)

function badName(field: string, given: unknown): Diagnostic {
  if (typeof given !== 'string') {
    const hint = `write it in quotes: ${field}: "${String(given)}"`
    return mistake(
      'INVALID_NAME',
      `"metadata.${field}" must be a string`,
      ['metadata', field],
      isObject(given) ? {} : { hint },
    )
  }
  const hint = 'lower-case letters, digits and "-", and a letter or digit at both ends'
  return mistake('INVALID_NAME', `"${given}" cannot be a ${field}`, ['metadata', field], { hint })
}

function annotationProblems(annotations: unknown): readonly Diagnostic[] {
  if (!isObject(annotations))
    return [mistake('NOT_AN_OBJECT', '"annotations" must be an object', ['metadata', 'annotations'])]
  const wrong = Object.entries(annotations).filter(([, value]) => typeof value !== 'string')
  return wrong.map(([key, value]) => {
    const hint = { hint: `write it in quotes: "${String(value)}"` }
    return mistake('NOT_AN_OBJECT', `annotation "${key}" must be a string`, ['metadata', 'annotations', key], hint)
  })
}
