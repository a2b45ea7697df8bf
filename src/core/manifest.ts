import type { Diagnostic, Origin } from './diagnostic.ts'

export const apiVersion = 'roster.dev/v1alpha1'

/** One declared object, and where it stands. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
  readonly annotations?: Readonly<Record<string, string>>
  /** As read, without defaults, not validated. */
  readonly spec: unknown
  /** Where a person can fix it. */
  readonly origin: Origin
  /** Where the value at `path` (`['spec', 'members', 0]`) stands; the manifest itself where the path leads nowhere. */
  readonly locate: (path: readonly (string | number)[], atKey?: boolean) => Origin
  /** Gone from its source: it keeps its scope for one last time and asks for nothing. */
  readonly retired?: boolean
}

export interface Declaration {
  readonly manifests: readonly Manifest[]
  /** Errors here belong to no manifest (an unparsable file): removals are held everywhere. */
  readonly diagnostics: readonly Diagnostic[]
}

export const manifestId = ({ kind, namespace, name }: Pick<Manifest, 'kind' | 'namespace' | 'name'>): string =>
  `${kind}/${namespace === undefined ? '' : `${namespace}/`}${name}`
