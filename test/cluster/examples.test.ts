import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeInCluster, startControlPlane, type ControlPlane } from './control-plane.builder.ts'

const root = join(import.meta.dirname, '../..')
const example = join(root, 'examples/cluster')

interface Written {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly spec: Readonly<Record<string, unknown>>
}

const documents = (file: string): readonly Written[] =>
  parseAllDocuments(readFileSync(join(example, file), 'utf8')).map((each) => each.toJS() as Written)

describeInCluster('the example for a cluster', () => {
  let plane: ControlPlane
  beforeAll(async () => {
    plane = await startControlPlane()
    await plane.kubectl(['create', '-f', join(root, 'crds')])
    await plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s'])
  })
  afterAll(() => plane.close())

  const apply = () => plane.kubectl(['apply', '--server-side', '--validate=strict', '-k', example])

  test('is taken by the API server as it is written, with every field known', async () => {
    expect(await apply()).toMatchObject({ code: 0, stderr: '' })
    const files = ['organization/organization.yaml', 'organization/people.yaml', 'payments/access.yaml']
    for (const { kind, metadata, spec } of files.flatMap(documents)) {
      const { stdout } = await plane.kubectl(['get', kind, metadata.name, '-n', metadata.namespace!, '-o', 'json'])
      expect(JSON.parse(stdout)).toMatchObject({ spec })
    }
  })

  test('can be applied again, which changes no object', async () => {
    expect(await apply()).toMatchObject({ code: 0 })
    const generations = ['get', 'roster', '-A', '-o', 'jsonpath={.items[*].metadata.generation}']
    expect((await plane.kubectl(generations)).stdout).toBe('1 1 1 1 1 1 1')
  })

  test('has its keys in the Secret that the README makes', async () => {
    const make = ['create', 'secret', 'generic', 'acme', '-n', 'atlassian', '--dry-run=client', '-o', 'json']
    const { stdout } = await plane.kubectl([...make, `--from-file=${join(root, 'examples/acme/keys')}`])
    const { data } = JSON.parse(stdout) as { readonly data: Readonly<Record<string, string>> }
    const [organization] = documents('organization/organization.yaml')
    const named = [...JSON.stringify(organization).matchAll(/"secretKeyRef":\{"name":"acme","key":"([^"]+)"\}/g)]
    expect(named.map(([, key]) => key)).toEqual(['organization-api-key', 'scim-key', 'api-token'])
    expect(named.filter(([, key]) => data[key!] === undefined)).toEqual([])
  })

  test('is found at the paths that Flux and Argo CD are given', () => {
    const all = ['flux/roster.yaml', 'argocd/roster.yaml'].map((file) => readFileSync(join(example, file), 'utf8'))
    const paths = [...all.join('\n').matchAll(/^ +(?:path|chart): (\S+)$/gm)].map(([, path]) => path!)
    expect(paths.toSorted()).toEqual(['./examples/cluster', 'charts/roster', 'charts/roster', 'examples/cluster'])
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})
