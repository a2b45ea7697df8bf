import { steadyClock } from '../../src/clock.ts'
import { KubeError } from '../../src/kubernetes/kube-error.ts'
import { configMapType } from '../../src/kubernetes/kube-object.ts'
import { startReflector, type Reflector } from '../../src/kubernetes/reflector.ts'
import type { KubeObject } from '../../src/kubernetes/kube-object.ts'
import type { ControlPlane } from './control-plane.builder.ts'
import { configMap, half, type OpenClient } from './kube-client.builder.ts'

/** Watches the ConfigMaps of a test by the program's own reflector, and keeps what it is told. */
export interface Witness extends Reflector<KubeObject> {
  /** `Added one 1`: what happened, to which, and the number that it carries then. */
  readonly told: readonly string[]
  /** Status, or code, of what failed. */
  readonly faults: readonly (number | string)[]
}

/** @param label of the ConfigMaps, so that tests of one server do not see each other's */
export function startWitness({ client }: OpenClient, label: string, signal: AbortSignal): Witness {
  const told: string[] = []
  const faults: (number | string)[] = []
  const reflector = startReflector<KubeObject>({
    client,
    type: configMapType,
    namespace: 'default',
    labelSelector: `test=${label}`,
    signal,
    clock: steadyClock,
    random: half,
    onChange: ({ type, object: { metadata, data } }) => void told.push(`${type} ${metadata.name} ${data?.['n']}`),
    onFault: (error) => void (error instanceof KubeError && faults.push(error.status ?? error.failure.code ?? '')),
  })
  return { ...reflector, told, faults }
}

/** Changes what a witness sees, by calls of the administrator that meet no fault. */
export function createMover(plane: ControlPlane, label: string) {
  const path = '/api/v1/namespaces/default/configmaps'
  const done = async (answer: ReturnType<ControlPlane['call']>): Promise<void> => {
    const { status, body } = await answer
    if (status >= 300) throw new Error(`the change was refused: ${JSON.stringify(body)}`)
  }
  return {
    add: (name: string) => {
      const { metadata, ...object } = configMap(name, { n: '1' })
      return done(plane.call('POST', path, { ...object, metadata: { ...metadata, labels: { test: label } } }))
    },
    set: (name: string, n: number) =>
      done(plane.call('PATCH', `${path}/${name}`, { data: { n: `${n}` } }, 'application/merge-patch+json')),
    remove: (name: string) => done(plane.call('DELETE', `${path}/${name}`)),
  }
}

/** Prints a figure of a test, and hands it back. */
export function tellTime(what: string, ms: number): number {
  process.stderr.write(`\n${what}: ${(ms / 1000).toFixed(1)} s\n`)
  return ms
}
