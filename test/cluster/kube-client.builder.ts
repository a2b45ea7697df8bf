import { steadyClock } from '../../src/clock.ts'
import { loadKubeConfig, openCluster, type ClusterAccess } from '../../src/kubernetes/cluster-access.ts'
import { createKubeClient } from '../../src/kubernetes/create-kube-client.ts'
import type { KubeClient } from '../../src/kubernetes/kube-client.ts'
import type { KubeObject } from '../../src/kubernetes/kube-object.ts'

/** The program's own client, on real connections and the real clock. */
export interface OpenClient {
  readonly client: KubeClient
  readonly access: ClusterAccess
  /** HTTP status of each try, or `<error>`. */
  readonly tries: string[]
}

export function openClient(kubeconfig: string): OpenClient {
  const access = openCluster(loadKubeConfig(kubeconfig))
  const tries: string[] = []
  const onTry = ({ code }: { readonly code: string }): void => void tries.push(code)
  const client = createKubeClient({ access, clock: steadyClock, random: half, userAgent: 'roster-test', onTry })
  return { client, access, tries }
}

/** For all that asks for chance. */
export const half = (): number => 0.5

export const configMap = (name: string, data: Readonly<Record<string, string>> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
})
