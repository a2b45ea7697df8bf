import type { Kind } from '../core/kind.ts'
import { apiVersion } from '../core/manifest.ts'
import { forEditors, type SchemaNode } from './structural.ts'

const draft = 'http://json-schema.org/draft-07/schema#'
const texts = { type: 'object', additionalProperties: { type: 'string' } }

const metadata = {
  type: 'object',
  description: 'Name of the object, and where it is.',
  required: ['name'],
  properties: {
    name: {
      type: 'string',
      minLength: 1,
      maxLength: 63,
      pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
      description: 'Unique among the objects of the kind.',
    },
    namespace: { type: 'string', minLength: 1, maxLength: 63, description: 'Namespace in the cluster.' },
    labels: { ...texts, description: 'Labels.' },
    annotations: { ...texts, description: 'Annotations.' },
  },
}

/** `AtlassianUser` as `atlassian-user`. */
const kebab = (name: string): string => name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()

export const editorSchemaFile = ({ name }: Pick<Kind, 'name'>): string => `${kebab(name)}.schema.json`

/** JSON Schema (draft-07, which every editor reads) of a manifest of one kind. */
export const editorSchema = ({ name, description, schema }: Kind) => ({
  $schema: draft,
  title: name,
  description,
  type: 'object',
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  additionalProperties: false,
  properties: {
    apiVersion: { type: 'string', enum: [apiVersion], description: 'Version of the schema.' },
    kind: { type: 'string', enum: [name], description },
    metadata,
    spec: { description: 'What is wanted.', ...forEditors(schema as SchemaNode) },
  },
})

/** One schema for every file: it picks that of the kind. */
export const anyKindSchema = (kinds: readonly Kind[]) => ({
  $schema: draft,
  title: 'Roster manifest',
  type: 'object',
  required: ['apiVersion', 'kind'],
  properties: { kind: { type: 'string', enum: kinds.map(({ name }) => name) } },
  allOf: kinds.map((kind) => ({
    if: { required: ['kind'], properties: { kind: { enum: [kind.name] } } },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: { $ref: editorSchemaFile(kind) },
  })),
})
