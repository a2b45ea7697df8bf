import { afterAll, beforeAll, expect, test } from 'vitest'
import { steadyClock, systemClock } from '../../src/clock.ts'
import { loadKubeConfig, openCluster, type ClusterAccess } from '../../src/kubernetes/cluster-access.ts'
import { createKubeClient } from '../../src/kubernetes/create-kube-client.ts'
import type { KubeClient } from '../../src/kubernetes/kube-client.ts'
import { isKubeStatus } from '../../src/kubernetes/kube-error.ts'
import { configMapType, type KubeObject } from '../../src/kubernetes/kube-object.ts'
import { startLease } from '../../src/kubernetes/lease.ts'
import { startReflector } from '../../src/kubernetes/reflector.ts'
import { describeInCluster, startControlPlane, type ControlPlane } from './control-plane.builder.ts'

type ConfigMap = KubeObject & { readonly data?: Readonly<Record<string, string>> }

const named = (name: string, data: Readonly<Record<string, string>> = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
})

describeInCluster('the client of the Kubernetes API', () => {
  let plane: ControlPlane
  let access: ClusterAccess
  let client: KubeClient
  const ended = new AbortController()
  const random = () => 0.5
  beforeAll(async () => {
    plane = await startControlPlane()
    access = openCluster(loadKubeConfig(plane.kubeconfig))
    client = createKubeClient({ access, clock: steadyClock, random, userAgent: 'roster-test' })
  })
  afterAll(async () => {
    ended.abort()
    await access.close()
    await plane.close()
  })
  const dataOf = async (name: string) =>
    (await client.get<ConfigMap>(configMapType, { name, namespace: 'default' })).data

  test('an object is made, read, applied, patched and deleted', async () => {
    await client.create(configMapType, named('one', { a: '1' }))
    await client.apply(configMapType, named('one', { b: '2' }), { fieldManager: 'roster-test' })
    expect(await dataOf('one')).toEqual({ a: '1', b: '2' })
    const where = { name: 'one', namespace: 'default' }
    await client.patch(configMapType, where, { type: 'merge', body: { data: { a: null } } })
    expect(await dataOf('one')).toEqual({ b: '2' })
    await client.delete(configMapType, where)
    const gone = await client.get(configMapType, where).catch((error: unknown) => error)
    expect(isKubeStatus(gone, 404)).toBe(true)
  })

  test('hundreds of calls go over a handful of connections, and a long list comes in pages', async () => {
    const names = Array.from({ length: 600 }, (_, index) => `page-${index}`)
    await Promise.all(names.map((name) => client.create(configMapType, named(name))))
    const { items } = await client.list<ConfigMap>(configMapType, { namespace: 'default' })
    expect(items.filter(({ metadata }) => metadata.name.startsWith('page-'))).toHaveLength(600)
    expect(access.connections()).toBeLessThanOrEqual(7)
  })

  test('what changes is told once and in order, also over a crash of the server', async () => {
    const told: string[] = []
    const reflector = startReflector<ConfigMap>({
      client,
      type: configMapType,
      namespace: 'default',
      signal: ended.signal,
      clock: steadyClock,
      random,
      onChange: ({ type, key }) => void (key.endsWith('/watched') && told.push(type)),
    })
    await reflector.whenSynced
    await client.create(configMapType, named('watched'))
    await client.apply(configMapType, named('watched', { a: '1' }), { fieldManager: 'roster-test' })
    await expect.poll(() => told).toEqual(['Added', 'Updated'])
    await plane.kill()
    await plane.start()
    await client.delete(configMapType, { name: 'watched', namespace: 'default' })
    await expect.poll(() => told, { timeout: 30_000 }).toEqual(['Added', 'Updated', 'Deleted'])
    expect(reflector.counts().missed).toBe(0)
    expect(reflector.store.has('default/page-1')).toBe(true)
  })

  test('of two who want a Lease one may write, and the other as soon as it is given back', async () => {
    const clocks = { clock: systemClock, steady: steadyClock }
    const hold = (identity: string) =>
      startLease({ client, namespace: 'default', name: 'writer', identity, ...clocks, random })
    const [first, second] = [hold('first'), hold('second')]
    const fresh = () => [first, second].map((lease) => lease.isFresh())
    await expect.poll(() => fresh().filter(Boolean)).toEqual([true])
    const [holder, other] = first.held() ? [first, second] : [second, first]
    await holder.release()
    await expect.poll(() => other.isFresh(), { timeout: 30_000 }).toBe(true)
    expect(holder.isFresh()).toBe(false)
    await other.release()
  })
})
