import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { endsWaiting, statuses, type Judged } from '../statuses.builder.ts'
import { describeInCluster, startControlPlane, type ControlPlane } from './control-plane.builder.ts'

const path = '/apis/roster.dev/v1alpha1/namespaces/default/atlassiangroups'
// whoever deletes an object with a finalizer leaves its conditions as they are: nothing new to wait for
const written = Object.entries(statuses).filter(([, { metadata }]) => metadata.deletionTimestamp === undefined)

describeInCluster('kubectl wait', () => {
  let plane: ControlPlane
  beforeAll(async () => {
    plane = await startControlPlane()
    await plane.kubectl(['create', '-f', join(import.meta.dirname, '../../crds')])
    await plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s'])
  })
  afterAll(() => plane.close())

  /** An object with this status. A change of its spec makes a generation. */
  async function make(name: string, { metadata, status }: Judged): Promise<void> {
    const object = { apiVersion: 'roster.dev/v1alpha1', kind: 'AtlassianGroup', metadata: { name } }
    expect(await plane.call('POST', path, { ...object, spec: { name } })).toMatchObject({ status: 201 })
    for (let generation = 2; generation <= metadata.generation; generation += 1) {
      const spec = { description: `generation ${generation}` }
      await plane.call('PATCH', `${path}/${name}`, { spec }, 'application/merge-patch+json')
    }
    const { status: code } = await plane.call(
      'PATCH',
      `${path}/${name}/status`,
      { status },
      'application/merge-patch+json',
    )
    expect(code).toBe(200)
  }

  test.each(written)('of an object that %s does as docs/kstatus.md says', async (words, object) => {
    const name = words.toLowerCase().replaceAll(/\W+/g, '-')
    await make(name, object)
    const { code } = await plane.kubectl(['wait', '--for=condition=Ready', `atgroup/${name}`, '--timeout=0s'])
    expect(code === 0).toBe(endsWaiting(object))
  })
})
