import { stringify } from 'yaml'
import type { Kind } from '../core/kind.ts'
import { apiVersion } from '../core/manifest.ts'
import { commonColumns, presentations, type Column } from './presentation.ts'
import { statusSchema } from './status-schema.ts'
import { structural, type SchemaNode } from './structural.ts'

const [group, version] = apiVersion.split('/') as [string, string]

const pluralOf = (name: string): string => `${name.toLowerCase()}s`

/** Name of the custom resource definition of a kind. */
export const crdName = (name: string): string => `${pluralOf(name)}.${group}`

/** The custom resource definition of one kind (`apiextensions.k8s.io/v1`). */
export function crd(kind: Kind) {
  const { name } = kind
  const presentation = presentations[name]
  if (!presentation) throw new Error(`presentation.ts says nothing of ${name}`)
  const names = {
    kind: name,
    listKind: `${name}List`,
    plural: pluralOf(name),
    singular: name.toLowerCase(),
    shortNames: [presentation.shortName],
    categories: ['roster'],
  }
  const served = {
    name: version,
    served: true,
    storage: true,
    subresources: { status: {} },
    selectableFields: presentation.selectable.map((field) => ({ jsonPath: `.spec.${field}` })),
    additionalPrinterColumns: [...presentation.columns, ...commonColumns].map(printerColumn),
    schema: { openAPIV3Schema: objectSchema(kind) },
  }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: crdName(name) },
    spec: { group, scope: 'Namespaced', names, versions: [served] },
  }
}

function objectSchema({ name, description, schema }: Kind): SchemaNode {
  return {
    type: 'object',
    description,
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string', description: `Version of the schema: ${apiVersion}.` },
      kind: { type: 'string', description: name },
      metadata: { type: 'object' },
      spec: { description: 'What is wanted.', ...structural(schema as SchemaNode) },
      status: statusSchema,
    },
  }
}

const printerColumn = ({ name, jsonPath, type = 'string', wide }: Column) => ({
  name,
  type,
  jsonPath,
  ...(wide && { priority: 1 }),
})

export const crdText = (kind: Kind): string =>
  `# Written by \`npm run generate\` from src/kinds. Do not edit.\n${stringify(crd(kind), { aliasDuplicateObjects: false, lineWidth: 120 })}`
