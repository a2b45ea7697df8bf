import type { KubeClient } from '../kubernetes/kube-client.ts'
import { isKubeStatus } from '../kubernetes/kube-error.ts'
import { apiVersionOf, configMapType, secretType, type KubeObject } from '../kubernetes/kube-object.ts'
import { StateMovedError } from '../core/state.ts'
import type { Secrets } from '../run/connection.ts'
import type { ConfigMaps } from '../state/config-map-store.ts'
import { managedBy } from './object-writes.ts'

/** Secrets are read one at a time, when they are needed: never listed, never kept. */
export const secretsOf = (client: KubeClient): Secrets => ({
  read: async (namespace, name, key) => {
    const secret = await orNone(client.get(secretType, { namespace, name }))
    const data = secret?.data?.[key]
    return data === undefined ? undefined : Buffer.from(data, 'base64').toString('utf8')
  },
})

/** The ConfigMaps of one namespace. */
export function configMapsOf(client: KubeClient, namespace: string): ConfigMaps {
  const typed = { apiVersion: apiVersionOf(configMapType), kind: configMapType.kind }
  return {
    read: async (name) => {
      const found = await orNone(client.get(configMapType, { namespace, name }))
      return found && { data: found.data ?? {}, resourceVersion: found.metadata.resourceVersion ?? '' }
    },
    write: async (name, data, resourceVersion) => {
      const labels = { 'app.kubernetes.io/managed-by': managedBy }
      try {
        const written =
          resourceVersion === undefined
            ? await client.create<KubeObject>(configMapType, { ...typed, metadata: { namespace, name, labels }, data })
            : await client.patch<KubeObject>(
                configMapType,
                { namespace, name },
                { type: 'merge', body: { metadata: { resourceVersion }, data } },
              )
        return written.metadata.resourceVersion ?? ''
      } catch (error) {
        if (isKubeStatus(error, 409) || isKubeStatus(error, 404)) {
          throw new StateMovedError(`ConfigMap ${name} was written by somebody else`, { cause: error })
        }
        throw error
      }
    },
    remove: async (name) => {
      await orNone(client.delete(configMapType, { namespace, name }))
    },
  }
}

async function orNone<Result>(call: Promise<Result>): Promise<Result | undefined> {
  try {
    return await call
  } catch (error) {
    if (isKubeStatus(error, 404)) return undefined
    throw error
  }
}
