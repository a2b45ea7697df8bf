import { manifestId, type Manifest } from '../core/manifest.ts'
import type { KubeObject } from '../kubernetes/kube-object.ts'

/** An object of one of Roster's kinds, as the API server has it. */
export interface ClusterObject extends KubeObject {
  readonly apiVersion: string
  readonly kind: string
}

export const finalizer = 'roster.dev/finalizer'
export const organizationKind = 'AtlassianOrganization'

/** `Kind/namespace/name`, as `manifestId` has it. */
export const objectId = ({ kind, metadata: { namespace, name } }: ClusterObject): string =>
  manifestId({ kind, name, ...(namespace !== undefined && { namespace }) })

export const isLeaving = ({ metadata }: ClusterObject): boolean => metadata.deletionTimestamp !== undefined
export const holdsFinalizer = ({ metadata }: ClusterObject): boolean =>
  metadata.finalizers?.includes(finalizer) ?? false

/** An object has no lines: every mistake in it stands at the object itself, by its id. */
export function manifestOf(object: ClusterObject): Manifest {
  const { apiVersion, kind, spec, metadata } = object
  const origin = { file: objectId(object) }
  return {
    apiVersion,
    kind,
    name: metadata.name,
    ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
    ...(metadata.annotations && { annotations: metadata.annotations }),
    spec,
    origin,
    locate: () => origin,
  }
}
