import type { Json } from '../core/resource.ts'

/** metav1.Condition without its time, which moves with `status` alone. */
export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly observedGeneration: number
  /** CamelCase, stable. */
  readonly reason: string
  /** For people, without anything that changes by itself: no times, no request ids. */
  readonly message: string
}

/** All that this controller has to say in `status`: what is left out is removed. */
export interface Status {
  readonly observedGeneration: number
  /** Of the controller's own types only. */
  readonly conditions: readonly Condition[]
  readonly [field: string]: Json | readonly Condition[] | undefined
}

/** A condition whose status or reason changed: worth an event. */
export interface Transition {
  /** Undefined where there was none before. */
  readonly from?: Condition
  /** Undefined where it went away. */
  readonly to?: Condition
}

export type StatusWrite =
  /** `gone`: there is no such object any more, or another one has its name. */
  | { readonly outcome: 'unchanged' | 'gone' }
  | { readonly outcome: 'written'; readonly transitions: readonly Transition[] }
