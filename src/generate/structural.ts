/** The part of a JSON Schema that the schemas of the kinds are made of. */
export interface SchemaNode {
  readonly [keyword: string]: unknown
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly items?: SchemaNode
  readonly additionalProperties?: boolean | SchemaNode
  readonly default?: unknown
}

/**
 * The schema in the form that the API server accepts: `additionalProperties` must not stand next to `properties` (unknown
 * fields are pruned there), and a field with a default is optional, because defaults are filled in before the check.
 */
export function structural(node: SchemaNode): SchemaNode {
  const { additionalProperties: extra, ...rest } = optionalDefaults(node, structural)
  return typeof extra === 'object' ? { ...rest, additionalProperties: extra } : rest
}

/** The schema for editors: it refuses unknown fields, and has no keywords of Kubernetes. */
export function forEditors(node: SchemaNode): SchemaNode {
  const own = Object.entries(optionalDefaults(node, forEditors)).filter(
    ([keyword]) => !keyword.startsWith('x-kubernetes-'),
  )
  return Object.fromEntries(own)
}

function optionalDefaults(node: SchemaNode, each: (child: SchemaNode) => SchemaNode): SchemaNode {
  const { properties, required = [], items, additionalProperties, ...rest } = node
  const needed = required.filter((name) => properties?.[name]?.default === undefined)
  const fields = Object.entries(properties ?? {}).map(([name, child]) => [name, each(child)])
  return {
    ...rest,
    ...(needed.length > 0 && { required: needed }),
    ...(properties && { properties: Object.fromEntries(fields) as Record<string, SchemaNode> }),
    ...(items && { items: each(items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'object' ? each(additionalProperties) : additionalProperties,
    }),
  }
}
