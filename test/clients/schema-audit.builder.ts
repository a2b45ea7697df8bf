/** What the client finds where an answer has a field or a value that its schema does not list. */
export type Finding =
  | { readonly kind: 'keys'; readonly endpoint: string; readonly path: string; readonly keys: readonly string[] }
  | { readonly kind: 'value'; readonly endpoint: string; readonly path: string; readonly value: string }

/** Where a client departs from Atlassian's description, with both facts. */
export interface Departure {
  /** What the client's schema says. */
  readonly client: string
  /** What Atlassian's description with its overlay says. */
  readonly described: string
  /** Whether a finding is this departure; left out where the client throws instead. */
  readonly is?: (finding: Finding) => boolean
}

/** Where jira.js 6 and confluence.js 3 keep their findings while AUDIT_SCHEMAS is `true` (core/schemaAudit). */
const findingsKey = Symbol.for('apis-code-gen.schemaAudit')

/** What the client found since the last time, in words; a departure goes into `seen` by its name instead. */
export function takeMismatches(
  departures: Readonly<Record<string, Departure>> = {},
  seen: Set<string> = new Set(),
): string[] {
  const store = globalThis as { [findingsKey]?: Finding[] }
  const found = store[findingsKey] ?? []
  store[findingsKey] = []
  return found.flatMap((finding) => {
    const name = Object.entries(departures).find(([, { is }]) => is?.(finding) === true)?.[0]
    if (name !== undefined) seen.add(name)
    const what = finding.kind === 'keys' ? finding.keys.join(', ') : finding.value
    return name === undefined ? [`${finding.endpoint}: at ${finding.path}, ${what}`] : []
  })
}
