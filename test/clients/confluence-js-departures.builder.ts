/** What the client finds where an answer has a field or a value that its schema does not list. */
type Finding =
  | { readonly kind: 'keys'; readonly endpoint: string; readonly path: string; readonly keys: readonly string[] }
  | { readonly kind: 'value'; readonly endpoint: string; readonly path: string; readonly value: string }

/** Where the client keeps them (confluence.js 3.2.0, core/schemaAudit). */
const findingsKey = Symbol.for('apis-code-gen.schemaAudit')

interface Departure {
  /** What the client's schema says. */
  readonly client: string
  /** What Atlassian's description with its overlay says. */
  readonly described: string
  /** Whether a finding is this departure; left out where the client throws instead. */
  readonly is?: (finding: Finding) => boolean
}

/** Where the client departs from Atlassian's description. Each is seen in this run, or the last test fails. */
export const departures = {
  'a permission of the newer kind': {
    client: 'addPermissionToSpace: operation.key is one of 14 values, none of them manage_templates',
    described: 'confluence-v1, overlay: SpacePermissionV2.operation.key has manage_templates and nine more',
    is: ({ kind, endpoint, path }) =>
      kind === 'value' && /^POST .*\/space\/\w+\/permission$/.test(endpoint) && path === 'operation.key',
  },
  'the links of one space role': {
    client: 'getSpaceRolesById: no _links',
    described: 'confluence-v2: the 200 of GET /space-roles/{id} is a SpaceRole and _links',
    is: (finding) =>
      finding.kind === 'keys' &&
      /^GET .*\/space-roles\/[\w-]+$/.test(finding.endpoint) &&
      finding.keys.join() === '_links',
  },
  'a change of a space role without a task': {
    client: 'updateSpaceRole: taskId is a string or left out',
    described: 'confluence-v2, overlay: UpdateSpaceRoleResponse.taskId can be null',
  },
} as const satisfies Readonly<Record<string, Departure>>

/** What the client found since the last time, in words; a departure goes into `seen` by its name instead. */
export function takeMismatches(seen: Set<string>): string[] {
  const store = globalThis as { [findingsKey]?: Finding[] }
  const found = store[findingsKey] ?? []
  store[findingsKey] = []
  const entries: readonly (readonly [string, Departure])[] = Object.entries(departures)
  return found.flatMap((finding) => {
    const name = entries.find(([, { is }]) => is?.(finding) === true)?.[0]
    if (name !== undefined) seen.add(name)
    const what = finding.kind === 'keys' ? finding.keys.join(', ') : finding.value
    return name === undefined ? [`${finding.endpoint}: at ${finding.path}, ${what}`] : []
  })
}
