/** Where objects of one type are served: `/apis/{group}/{version}/[namespaces/{namespace}/]{plural}`. */
export interface ResourceType {
  /** Empty for the core group, which is served under `/api`. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
}

/** `ObjectMeta` of Kubernetes, as far as a controller reads it. `managedFields` are never kept. */
export interface ObjectMeta {
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  /** RFC 3339. */
  readonly creationTimestamp?: string
  /** RFC 3339. Set while finalizers hold the object. */
  readonly deletionTimestamp?: string
  readonly finalizers?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export interface KubeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec?: unknown
  readonly status?: unknown
  /** Of Secrets (base64) and ConfigMaps. */
  readonly data?: Readonly<Record<string, string>>
}

/** Names one object of a type. `namespace` is left out for types that have none. */
export interface ObjectName {
  readonly namespace?: string
  readonly name: string
}

/** `namespace/name`, or the name alone. */
export const objectKey = ({ namespace, name }: ObjectName): string =>
  namespace === undefined ? name : `${namespace}/${name}`

export const apiVersionOf = ({ group, version }: ResourceType): string =>
  group === '' ? version : `${group}/${version}`

const core = (kind: string, plural: string, namespaced = true): ResourceType => ({
  group: '',
  version: 'v1',
  kind,
  plural,
  namespaced,
})

export const namespaceType = core('Namespace', 'namespaces', false)
export const secretType = core('Secret', 'secrets')
export const configMapType = core('ConfigMap', 'configmaps')
export const leaseType: ResourceType = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
}
export const eventType: ResourceType = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
}
