import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { kinds } from '../kinds/index.ts'
import { corpus } from './corpus.builder.ts'
import { crd } from './crd.ts'
import { misfits } from './misfits.builder.ts'
import { presentations } from './presentation.ts'
import type { SchemaNode } from './structural.ts'

const names = [...kinds.keys()]
const rootOf = (name: string): SchemaNode => crd(kinds.get(name)!).spec.versions[0]!.schema.openAPIV3Schema
const specOf = (name: string): SchemaNode => rootOf(name).properties!['spec']!

const keywords = new Set([
  'type',
  'description',
  'default',
  'enum',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'items',
  'minItems',
  'maxItems',
  'properties',
  'required',
  'additionalProperties',
  'maxProperties',
])

/** The rules of structural schemas that a TypeBox value breaks most easily; only an API server knows them all. */
function faults(node: SchemaNode, at: string): string[] {
  const foreign = Object.keys(node).filter((key) => !keywords.has(key) && !key.startsWith('x-kubernetes-'))
  return [
    ...foreign.map((key) => `${at}: ${key}`),
    ...(node.type ? [] : [`${at}: no type`]),
    ...('properties' in node && 'additionalProperties' in node
      ? [`${at}: additionalProperties next to properties`]
      : []),
    ...children(node, at).flatMap(([child, path]) => faults(child, path)),
  ]
}

function children(node: SchemaNode, at: string): (readonly [SchemaNode, string])[] {
  const fields = Object.entries(node.properties ?? {}).map(([name, each]) => [each, `${at}.${name}`] as const)
  const others = [node.items, node.additionalProperties].filter((each) => typeof each === 'object')
  return [...fields, ...others.map((each) => [each, `${at}[]`] as const)]
}

/** Without a limit on every size, the API server takes a rule for too costly and refuses the definition. */
function boundless(node: SchemaNode, at: string): string[] {
  const isFree =
    (node.type === 'string' && !('maxLength' in node) && !('enum' in node)) ||
    (node.type === 'array' && !('maxItems' in node)) ||
    (typeof node.additionalProperties === 'object' && !('maxProperties' in node))
  return [...(isFree ? [at] : []), ...children(node, at).flatMap(([child, path]) => boundless(child, path))]
}

const undescribed = (node: SchemaNode, at: string): string[] => [
  ...(node.description ? [] : [at]),
  ...children(node, at).flatMap(([child, path]) => undescribed(child, path)),
]

describe.each(names)('the definition of %s', (name) => {
  test('is structural', () => expect(faults(rootOf(name), 'root')).toEqual([]))
  test('has a limit on every size', () => expect(boundless(specOf(name), 'spec')).toEqual([]))
  test('describes every field', () => expect(undescribed(specOf(name), 'spec')).toEqual([]))
})

test('every kind has a short name of its own, and columns', () => {
  expect(Object.keys(presentations)).toEqual(names)
  const shortNames = Object.values(presentations).map(({ shortName }) => shortName)
  expect(new Set(shortNames).size).toBe(names.length)
})

test('what the schema says reaches the definition', () => {
  const { required, properties } = specOf('AtlassianGroupMembership')
  expect(required, 'a field with a default is optional').toEqual(['group', 'authority'])
  expect(properties!['members']).toMatchObject({
    type: 'array',
    default: [],
    items: {
      'x-kubernetes-validations': [
        {
          rule: '[has(self.user), has(self.email), has(self.accountId)].filter(x, x).size() == 1',
          message: 'exactly one of user, email, accountId is needed',
        },
      ],
    },
  })
})

test('a field whose name is a word of CEL is escaped in rules', () => {
  const from = specOf('AtlassianOrganization').properties!['delegations']!.items!.properties!['from']!
  expect(JSON.stringify(from['x-kubernetes-validations'])).toContain('has(self.__namespace__)')
})

test('an object that nobody has looked at yet is at generation -1', () => {
  expect(rootOf('AtlassianUser').properties!['status']).toMatchObject({ default: { observedGeneration: -1 } })
})

const ruleMessages = (node: SchemaNode, at: string): string[] => [
  ...((node['x-kubernetes-validations'] ?? []) as readonly { readonly message: string }[]).map(
    ({ message }) => message,
  ),
  ...children(node, at).flatMap(([child, path]) => ruleMessages(child, path)),
]

test.each(names)('each rule of a %s is broken by a sample', (name) => {
  const broken = Object.values(corpus[name]!).filter(({ verdict }) => verdict === 'against a rule')
  const messages = broken.flatMap(({ spec }) => misfits(kinds.get(name)!, spec).map(({ message }) => message))
  expect(messages).toEqual(expect.arrayContaining(ruleMessages(specOf(name), 'spec')))
})

describe.each(names)('a %s', (name) => {
  const kind = kinds.get(name)!
  // the API server fills in defaults, checks the schema, then the rules: Ajv stands in for the first two
  const ajv = new Ajv({ strict: false, useDefaults: true })
  const validate = ajv.compile(structuredClone(specOf(name)))
  const samples = Object.entries(corpus[name]!)

  test.each(samples)('is judged by the command line: %s', (_, { spec, verdict }) => {
    expect(misfits(kind, spec).length === 0).toBe(verdict === 'good')
  })

  test.each(samples)('is judged alike by the schema of its definition: %s', (_, { spec, verdict }) => {
    expect(validate(structuredClone(spec))).toBe(verdict !== 'against the schema')
  })
})
