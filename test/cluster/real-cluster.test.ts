import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { findHelm, template, type Rendered } from './chart.builder.ts'
import { describeInRealCluster, startControlPlane, type ControlPlane, type Ran } from './control-plane.builder.ts'

const namespace = 'atlassian'

interface PodTemplate {
  readonly metadata: object
  readonly spec: { readonly containers: readonly object[] }
}

/** With all that is a kind of Kubernetes itself. The definitions have tests of their own. */
const values = ['networkPolicy.enabled=true', 'crds.install=false']

describeInRealCluster('what only the kube-apiserver judges:', () => {
  let plane: ControlPlane
  let objects: readonly Rendered[]
  beforeAll(async () => {
    plane = await startControlPlane()
    objects = await template((await findHelm())!, values)
    const labels = {
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    }
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }])
    // a pod names the account, and the admission of both looks for it
    await apply(objects.filter(({ kind }) => kind === 'ServiceAccount'))
  })
  afterAll(() => plane.close())

  const apply = (all: readonly object[], ...flags: readonly string[]): Promise<Ran> =>
    plane.kubectl(['apply', '--server-side', '--validate=strict', '--warnings-as-errors', ...flags, '-f', '-'], {
      input: all.map((each) => stringify(each)).join('---\n'),
    })
  const podTemplate = (): PodTemplate => {
    const deployment = objects.find(({ kind }) => kind === 'Deployment')!
    return (deployment['spec'] as { readonly template: PodTemplate }).template
  }
  const pod = (change: (spec: PodTemplate['spec']) => object) => {
    const { metadata, spec } = podTemplate()
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, name: 'roster', namespace },
      spec: change(spec),
    }
  }

  test('every object of the chart passes the validation of its kind, without a warning', async () => {
    expect(await apply(objects, '--dry-run=server')).toMatchObject({ code: 0, stderr: '' })
  })

  test('the validation would refuse a Deployment that does not select its own pods', async () => {
    const deployment = objects.find(({ kind }) => kind === 'Deployment')!
    const spec = { ...(deployment['spec'] as object), selector: { matchLabels: { app: 'other' } } }
    const { code, stderr } = await apply([{ ...deployment, spec }], '--dry-run=server')
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('`selector` does not match') })
  })

  test('the pod of the chart is let into a namespace of the restricted pod security standard', async () => {
    expect(await apply([pod((spec) => spec)], '--dry-run=server')).toMatchObject({ code: 0, stderr: '' })
  })

  test('a pod that may become root is not', async () => {
    const asRoot = pod(({ containers, ...spec }) => ({
      ...spec,
      securityContext: {},
      containers: containers.map((each) => ({ ...each, securityContext: {} })),
    }))
    const { code, stderr } = await apply([asRoot], '--dry-run=server')
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('violates PodSecurity "restricted') })
  })

  test('a quota on the number of objects holds for the kinds of Roster', async () => {
    await plane.kubectl(['apply', '--server-side', '-f', join(import.meta.dirname, '../../crds')])
    await plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s'])
    const resource = 'count/atlassiangroups.roster.dev'
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few', namespace } }
    await apply([{ ...quota, spec: { hard: { [resource]: '1' } } }])
    // nobody counts here: kube-controller-manager would
    const status = { hard: { [resource]: '1' }, used: { [resource]: '0' } }
    const path = `/api/v1/namespaces/${namespace}/resourcequotas/few/status`
    await plane.call('PATCH', path, { status }, 'application/merge-patch+json')
    const group = (name: string) => ({
      apiVersion: 'roster.dev/v1alpha1',
      kind: 'AtlassianGroup',
      metadata: { name, namespace },
      spec: { name },
    })
    expect(await apply([group('first')])).toMatchObject({ code: 0 })
    const second = await apply([group('second')])
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('exceeded quota: few') })
  })

  test('a token of a service account lives for ten minutes at least', async () => {
    const short = plane.serviceAccountToken(namespace, 'roster', 60)
    await expect(short).rejects.toThrow('may not specify a duration less than 10 minutes')
  })
})
