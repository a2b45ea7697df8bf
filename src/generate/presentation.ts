/** A column of `kubectl get`; `wide` ones show with `-o wide` only. */
export interface Column {
  readonly name: string
  readonly jsonPath: string
  readonly type?: 'string' | 'integer' | 'date'
  readonly wide?: true
}

/** How a kind shows in `kubectl`. */
export interface Presentation {
  /** Long enough not to meet those of other tools: kubectl picks one at random where two are alike. */
  readonly shortName: string
  readonly columns: readonly Column[]
  /** Text fields of the spec that `kubectl get --field-selector` can ask for; at most eight (CustomResourceDefinition). */
  readonly selectable: readonly string[]
}

const column = (name: string, field: string): Column => ({ name, jsonPath: `.spec.${field}` })
const wide = (name: string, field: string): Column => ({ ...column(name, field), wide: true })

export const presentations: Readonly<Record<string, Presentation>> = {
  AtlassianOrganization: {
    shortName: 'atorg',
    columns: [
      column('Organization', 'organizationId'),
      wide('Provisioning', 'provisioning.method'),
      wide('Interval', 'interval'),
    ],
    selectable: ['organizationId'],
  },
  AtlassianUser: {
    shortName: 'atuser',
    columns: [column('Email', 'email'), column('State', 'state')],
    selectable: ['email', 'state', 'organizationRef.name'],
  },
  AtlassianGroup: {
    shortName: 'atgroup',
    columns: [column('Group', 'name'), wide('Deletion', 'deletionPolicy')],
    selectable: ['name', 'organizationRef.name'],
  },
  AtlassianGroupMembership: {
    shortName: 'atmembers',
    columns: [column('Group', 'group'), column('Authority', 'authority')],
    selectable: ['group', 'authority', 'organizationRef.name'],
  },
  JiraRoleBinding: {
    shortName: 'jirarb',
    columns: [
      column('Site', 'site'),
      column('Role', 'role'),
      column('Authority', 'authority'),
      wide('Projects', 'projects.keys'),
    ],
    selectable: ['site', 'role', 'authority', 'organizationRef.name'],
  },
  ConfluenceSpaceGrant: {
    shortName: 'confgrant',
    columns: [
      column('Site', 'site'),
      column('Level', 'level'),
      column('Authority', 'authority'),
      wide('Role', 'role'),
      wide('Spaces', 'spaces.keys'),
    ],
    selectable: ['site', 'level', 'role', 'authority', 'organizationRef.name'],
  },
}

/** Those that Flux and others have taught people to look for. */
export const commonColumns: readonly Column[] = [
  { name: 'Ready', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  { name: 'Status', jsonPath: '.status.conditions[?(@.type=="Ready")].message' },
  { name: 'Age', jsonPath: '.metadata.creationTimestamp', type: 'date' },
]
