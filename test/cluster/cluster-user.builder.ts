import { expect } from 'vitest'
import { list, type Manifest } from './cluster-world.builder.ts'
import type { ControlPlane } from './control-plane.builder.ts'

export interface Status {
  readonly observedGeneration?: number
  readonly lastHandledReconcileAt?: string
  readonly conditions?: readonly {
    readonly type: string
    readonly status: string
    readonly reason: string
    readonly message: string
  }[]
}

/** Somebody with kubectl. Every command that fails is an error. */
export interface ClusterUser {
  kubectl(argv: readonly string[], input?: string): Promise<string>
  apply(...items: readonly object[]): Promise<string>
  /** Does not wait for the end. */
  remove(...items: readonly object[]): Promise<string>
  annotate(object: Manifest, annotation: string): Promise<string>
  /** Empty where it is about an earlier spec; undefined where the object is gone. */
  statusOf(object: Manifest): Promise<Status | undefined>
  /** Waits until a condition is there, such as `Ready=True Succeeded`, about the spec as it is now. */
  until(object: Manifest, condition: string): Promise<void>
  untilGone(object: Manifest): Promise<void>
}

const patience = { timeout: 20_000, interval: 100 }

export function createClusterUser(plane: ControlPlane): ClusterUser {
  async function kubectl(argv: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await plane.kubectl(argv, input === undefined ? {} : { input })
    if (code !== 0) throw new Error(stderr)
    return stdout
  }
  async function statusOf({ kind, metadata: { name, namespace } }: Manifest): Promise<Status | undefined> {
    const { code, stdout } = await plane.kubectl(['get', kind, name, '-n', namespace, '-o', 'json'])
    if (code !== 0) return undefined
    const { metadata, status } = JSON.parse(stdout) as { metadata: { generation: number }; status: Status }
    return status.observedGeneration === metadata.generation ? status : {}
  }
  const said = async (object: Manifest): Promise<readonly string[]> =>
    ((await statusOf(object))?.conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`)
  return {
    kubectl,
    statusOf,
    apply: (...items) => kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], list(items)),
    remove: (...items) => kubectl(['delete', '--wait=false', '-f', '-'], list(items)),
    annotate: ({ kind, metadata: { name, namespace } }, annotation) =>
      kubectl(['annotate', '--overwrite', '-n', namespace, `${kind}/${name}`, annotation]),
    until: async (object, condition) => {
      const message = `${object.kind} ${object.metadata.name}`
      await expect.poll(() => said(object), { ...patience, message }).toContain(condition)
    },
    untilGone: async (object) => {
      await expect.poll(() => statusOf(object), { ...patience, message: object.metadata.name }).toBeUndefined()
    },
  }
}
