import type { Principal } from './principal.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type Fields = { readonly [name: string]: Json }

/**
 * The smallest remote thing that is read as a whole, and the unit of authority: one account, one group, one group's
 * members, one role in one project, one space's access.
 */
export interface Scope<Ref = unknown> {
  /** The kind that reads and writes it. */
  readonly kind: string
  /** Unique within `kind`, made of immutable remote ids. For comparing and printing only; act on `ref`. */
  readonly key: string
  /** What the kind needs to call Atlassian: remote ids, never display names. */
  readonly ref: Ref
  /** For people: `Jira space (project) PAY, role Developers`. */
  readonly title: string
  /** Holds one thing only, so that an authority over others says nothing. */
  readonly single?: true
  /** Why nothing in it can be written, and where to change it instead: an IdP owns the group. */
  readonly readOnly?: string
  /** Removals need this switch in the manifest: `default group of jira-software, set allowDefaultGroups to remove`. */
  readonly guarded?: string
  /** At least this many active people must be left after the run, counted through groups. */
  readonly keepPeople?: KeepPeople
}

export interface KeepPeople {
  readonly minimum: number
  /** `project Administrator of PAY` */
  readonly what: string
}

/**
 * The smallest piece of access that can be created, updated or deleted on its own. Desired and observed state are both
 * plain sets of resources, so `diff` knows no kinds.
 */
export interface Resource<Ref = unknown, F extends Fields = Fields> {
  readonly scope: Scope
  /** Unique within `scope`, made of immutable remote ids. For comparing and printing only; act on `ref`. */
  readonly key: string
  readonly ref: Ref
  /** Compared deeply, field by declared field. `{}` when existence is the whole fact. */
  readonly fields: F
  /** For people: an e-mail, `group pay-devs`. */
  readonly title: string
  /** Whose access this is, where it is somebody's. */
  readonly principal?: Principal
  /** Why it is never removed just because nobody declared it: an app account, a portal customer. */
  readonly keep?: string
  /** Counts towards `scope.keepPeople`. */
  readonly counts?: boolean
  /** Why somebody should look at it before it appears: it gives power over others. */
  readonly privileged?: string
  /** What an owner should know when it appears or goes: `costs a Jira seat`. */
  readonly notes?: readonly string[]
}

export const scopeId = (scope: Scope): string => `${scope.kind}/${scope.key}`
export const resourceId = (resource: Resource): string => `${scopeId(resource.scope)}/${resource.key}`

/** Code point order: the same on every machine, unlike `localeCompare`. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
