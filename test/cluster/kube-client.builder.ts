import type { KubeConfig } from '@kubernetes/client-node'
import { steadyClock } from '../../src/clock.ts'
import { loadKubeConfig, openCluster, type ClusterAccess } from '../../src/kubernetes/cluster-access.ts'
import { createKubeClient } from '../../src/kubernetes/create-kube-client.ts'
import type { KubeClient } from '../../src/kubernetes/kube-client.ts'
import type { ControlPlane } from './control-plane.builder.ts'
import type { KubeObject } from '../../src/kubernetes/kube-object.ts'

/** The program's own client, on real connections and the real clock. */
export interface OpenClient {
  readonly client: KubeClient
  readonly access: ClusterAccess
  /** HTTP status of each try, or `<error>`. */
  readonly tries: string[]
}

/** @param from path of a kubeconfig, or what one says */
export function openClient(from: string | KubeConfig): OpenClient {
  const access = openCluster(typeof from === 'string' ? loadKubeConfig(from) : from)
  const tries: string[] = []
  const onTry = ({ code }: { readonly code: string }): void => void tries.push(code)
  const client = createKubeClient({ access, clock: steadyClock, random: half, userAgent: 'roster-test', onTry })
  return { client, access, tries }
}

/** A service account that may do all with ConfigMaps and Leases, and a token of it. */
export async function createRobot(plane: ControlPlane, name: string, lifeSeconds?: number): Promise<string> {
  const argvs = [
    ['create', 'serviceaccount', name],
    ['create', 'clusterrole', name, '--verb=*', '--resource=configmaps,leases.coordination.k8s.io'],
    ['create', 'clusterrolebinding', name, `--clusterrole=${name}`, `--serviceaccount=default:${name}`],
  ]
  for (const argv of argvs) {
    const { code, stderr } = await plane.kubectl(argv)
    if (code !== 0) throw new Error(`kubectl ${argv.join(' ')}: ${stderr}`)
  }
  return plane.serviceAccountToken('default', name, lifeSeconds)
}

/** For all that asks for chance. */
export const half = (): number => 0.5

export const configMap = (name: string, data: Readonly<Record<string, string>> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
})
