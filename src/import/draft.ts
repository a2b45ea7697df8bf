import type { Fields } from '../core/resource.ts'

/** A manifest that is to be written, before its name is final. */
export interface Draft {
  readonly kind: string
  /** Wished for `metadata.name`; gets a number where it is taken. */
  readonly name: string
  readonly spec: Fields
  /** Comment lines above it. */
  readonly head: readonly string[]
  /** Comments at the end of the line of a value. */
  readonly notes: readonly DraftNote[]
}

export interface DraftNote {
  /** `['spec', 'members', 0, 'email']` */
  readonly path: readonly (string | number)[]
  readonly text: string
}
