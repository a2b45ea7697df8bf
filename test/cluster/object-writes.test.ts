import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { finalizer, type ClusterObject } from '../../src/controller/cluster-object.ts'
import { createObjectWrites } from '../../src/controller/object-writes.ts'
import { rosterType } from '../../src/controller/resource-types.ts'
import { isKubeStatus } from '../../src/kubernetes/kube-error.ts'
import { describeInCluster, startControlPlane, type ControlPlane } from './control-plane.builder.ts'
import { openClient, type OpenClient } from './kube-client.builder.ts'

const other = 'example.com/other'
const type = rosterType('AtlassianGroup')

describeInCluster('the finalizer of an object', () => {
  let plane: ControlPlane
  let open: OpenClient
  beforeAll(async () => {
    plane = await startControlPlane()
    open = openClient(plane.kubeconfig)
    await plane.kubectl(['apply', '--server-side', '-f', join(import.meta.dirname, '../../crds')])
    await plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s'])
  })
  afterAll(async () => {
    await open.access.close()
    await plane.close()
  })

  const where = (name: string) => ({ name, namespace: 'default' })
  const get = (name: string) => open.client.get<ClusterObject>(type, where(name))
  const make = (name: string, finalizers: readonly string[] = []) =>
    open.client.create<ClusterObject>(type, {
      apiVersion: 'roster.dev/v1alpha1',
      kind: 'AtlassianGroup',
      metadata: { ...where(name), finalizers },
      spec: { name },
    })
  /** Somebody else changes it, so that whoever knows an older version is refused. */
  const touch = (name: string) =>
    open.client.patch<ClusterObject>(type, where(name), { type: 'merge', body: { metadata: { labels: { a: 'b' } } } })

  /** Writes, of a process whose watch tells these versions one after the other, and the last one from then on. */
  function writes(...versions: readonly (ClusterObject | undefined)[]) {
    const slept: number[] = []
    const told = [...versions]
    const objects = createObjectWrites({
      client: open.client,
      events: { record: () => undefined, flush: async () => undefined },
      clock: { now: () => 0, sleep: async (ms) => void slept.push(ms) },
      newest: () => (told.length > 1 ? told.shift() : told[0]),
    })
    return { ...objects, slept }
  }
  const finalizersOf = async (name: string) => (await get(name)).metadata.finalizers ?? []

  test('is added beside those of others, and taken away alone', async () => {
    const made = await make('beside', [other])
    await writes(made).hold(made)
    expect(await finalizersOf('beside')).toEqual([other, finalizer])
    await writes(await get('beside')).release(made)
    expect(await finalizersOf('beside')).toEqual([other])
  })

  test('is added as soon as the watch knows what somebody else has changed meanwhile', async () => {
    const made = await make('stale')
    const touched = await touch('stale')
    const { hold, slept } = writes(made, made, touched)
    await hold(made)
    expect(await finalizersOf('stale')).toEqual([finalizer])
    expect(slept).toHaveLength(2)
  })

  test('is refused where the watch does not come to know it', async () => {
    const made = await make('never')
    await touch('never')
    const { hold, slept } = writes(made)
    const refusal = await hold(made).catch((error: unknown) => error)
    expect({ isConflict: isKubeStatus(refusal, 409), slept: slept.length }).toEqual({ isConflict: true, slept: 4 })
    expect(await finalizersOf('never')).toEqual([])
  })

  test('of one that is gone, or made anew under its name, is left alone', async () => {
    const made = await make('anew')
    await open.client.delete(type, where('anew'))
    await writes(made).hold(made)
    const anew = await make('anew', [finalizer])
    await writes(anew).release(made)
    expect(await finalizersOf('anew')).toEqual([finalizer])
  })
})
