/** Where a person can fix it. Lines and columns count from 1. */
export interface Origin {
  /** Path as given by the user, or `Kind/namespace/name` in the cluster. */
  readonly file: string
  readonly line?: number
  readonly column?: number
  /** Where the value ends, for underlining; same line. */
  readonly endColumn?: number
}

export const codes = {
  YAML_SYNTAX: 'the file is not valid YAML',
  FILE_UNREADABLE: 'the file or directory cannot be read',
  FILE_TOO_LARGE: 'the file is larger than a manifest may be',
  EMPTY_FILE: 'the file declares nothing',
  NOT_AN_OBJECT: 'a document is not a Kubernetes-style object',
  UNKNOWN_KIND: 'no such kind, or not in this version',
  INVALID_NAME: 'metadata.name is missing or not a DNS label',
  INVALID_SPEC: 'the spec does not fit its schema',
  DUPLICATE_OBJECT: 'two objects have the same kind and name',
  NO_ORGANIZATION: 'no AtlassianOrganization is in sight, or more than one',
  NOT_SUPPORTED: 'the declaration asks for something that this version does not do',
  CREDENTIALS_MOVED: 'a proposed change decides where credentials go',
  CREDENTIAL_MISSING: 'a credential is not where the organization says',
  NETWORK_SETTING: 'a proxy or a file of authorities that the environment names is not usable',
  CREDENTIAL_EXPIRING: 'a credential ends soon',
  UNKNOWN_USER: 'there is no such account',
  UNKNOWN_GROUP: 'there is no such group',
  UNKNOWN_ROLE: 'there is no such role',
  UNKNOWN_PROJECT: 'there is no such project, or it is hidden from the credential',
  UNKNOWN_SPACE: 'there is no such space, or it is hidden from the credential',
  UNKNOWN_SITE: 'the organization has no such site',
  UNKNOWN_REFERENCE: 'another manifest is referred to and does not exist',
  UNKNOWN_PRODUCT: 'no default group is known for the product',
  AMBIGUOUS: 'a name means more than one thing',
  CONFLICTING_DEMANDS: 'two manifests demand different things of the same entry',
  IDENTITY_CHANGED: 'an e-mail or a name means another account or group than it did',
  NOT_WRITABLE: 'Atlassian does not let this be written through the chosen way',
  WRONG_MODE: 'the site does not use this permission model',
  NOT_DELEGATED: 'the manifest reaches beyond what is delegated to it',
  IDENTITIES_UNREAD: 'accounts or groups could not be read, so names could not be resolved',
  CATALOGUE_UNREAD: 'projects, roles or spaces could not be read, so names could not be resolved',
  EXPIRES_SOON: 'an entry ends soon',
  EXPIRED: 'an entry has ended and can go from the manifest',
} as const

export type DiagnosticCode = keyof typeof codes

/** Not to be had from Atlassian, or not there yet: another look may find it. */
export const absences: readonly DiagnosticCode[] = [
  'IDENTITIES_UNREAD',
  'CATALOGUE_UNREAD',
  'UNKNOWN_USER',
  'UNKNOWN_GROUP',
  'UNKNOWN_ROLE',
  'UNKNOWN_PROJECT',
  'UNKNOWN_SPACE',
  'UNKNOWN_PRODUCT',
]

/** A problem that a person must fix, or should know. Returned as data, never thrown. */
export interface Diagnostic {
  readonly code: DiagnosticCode
  /** An error makes the run incomplete and holds removals; a warning does neither. */
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly origin?: Origin
  /** Within the manifest: `['spec', 'members', 1, 'user']`. The source turns it into a line and a column. */
  readonly path?: readonly (string | number)[]
  /** Points at the key rather than at the value. */
  readonly atKey?: boolean
  /** The way out: `did you mean "members"?` */
  readonly hint?: string
}

export const isError = (diagnostic: Diagnostic): boolean => diagnostic.severity === 'error'
