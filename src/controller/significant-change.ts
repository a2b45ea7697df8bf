import { isDeepStrictEqual } from 'node:util'
import type { ClusterObject } from './cluster-object.ts'

/** Annotations that ask for something. The others are other people's. */
export const annotations = {
  /** An opaque token of Flux; a new one asks for a pass at once. */
  requestedAt: 'reconcile.fluxcd.io/requestedAt',
  /** Digests of what is held, on the organization. */
  approved: 'roster.dev/approved',
  /** `Retain`: nothing is withdrawn when the object is deleted. */
  deletion: 'roster.dev/deletion',
} as const

/** Whether somebody asks for something: a spec, an annotation, a deletion. Status and finalizers are our own doing. */
export function isSignificant(before: ClusterObject, after: ClusterObject): boolean {
  const said = ({ metadata, spec }: ClusterObject): unknown => [
    spec,
    metadata.deletionTimestamp !== undefined,
    ...Object.values(annotations).map((name) => metadata.annotations?.[name]),
  ]
  // generations count changes of the spec, and are cheaper to compare
  const isSameSpec =
    before.metadata.generation !== undefined && before.metadata.generation === after.metadata.generation
  return isSameSpec
    ? !isDeepStrictEqual(said({ ...before, spec: null }), said({ ...after, spec: null }))
    : !isDeepStrictEqual(said(before), said(after))
}

export const requestedAt = ({ metadata }: ClusterObject): string | undefined =>
  metadata.annotations?.[annotations.requestedAt]

/** Digests that somebody who may write the organization lets pass. */
export const approvedDigests = ({ metadata }: ClusterObject): readonly string[] =>
  (metadata.annotations?.[annotations.approved] ?? '').split(',').map((digest) => digest.trim())
