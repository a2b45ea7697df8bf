import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { chart, findHelm, runHelm, template, type Rendered } from './chart.builder.ts'

const helm = (await findHelm()) ?? ''
const crds = join(chart, '../../crds')

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

/** `namespace name: verbs resource`, for each thing that a role lets do. */
const rightsOf = (objects: readonly Rendered[]): readonly string[] =>
  objects
    .filter(({ kind, metadata }) => kind.endsWith('Role') && !/-(view|edit)$/.test(metadata.name))
    .flatMap(({ metadata, rules }) =>
      (rules as readonly Rule[]).flatMap(({ resources, verbs }) =>
        resources.map((resource) => `${metadata.namespace ?? '*'}: ${verbs.join(',')} ${resource}`),
      ),
    )

const kindsOf = (objects: readonly Rendered[]): readonly string[] =>
  [...new Set(objects.map(({ kind }) => kind))].toSorted()

const podOf = (objects: readonly Rendered[]) => {
  const deployment = objects.find(({ kind }) => kind === 'Deployment')
  return (deployment as unknown as { spec: { template: { spec: Pod } } }).spec.template.spec
}

interface Pod {
  readonly securityContext: unknown
  readonly volumes: readonly { readonly name: string }[]
  readonly containers: readonly [
    {
      readonly args: readonly string[]
      readonly image: string
      readonly securityContext: unknown
      readonly env: readonly { readonly name: string; readonly value?: string }[]
    },
  ]
}

const accepted: Record<string, readonly string[]> = {
  'by default': [],
  'with two namespaces watched': ['watchNamespaces=["web","payments"]', 'organizationNamespaces=["security"]'],
  'with everything optional on': [
    'serviceMonitor.enabled=true',
    'prometheusRule.enabled=true',
    'dashboard.enabled=true',
    'networkPolicy.enabled=true',
  ],
  'with everything optional off': [
    'crds.install=false',
    'rbac.create=false',
    'serviceAccount.create=false',
    'service.enabled=false',
    'podDisruptionBudget.enabled=false',
  ],
  'behind a proxy with an authority of its own': [
    'proxy.https="http://proxy:3128"',
    'proxy.noProxy="internal.example"',
    'extraAuthorities.configMapName="authorities"',
  ],
}

const refused: Record<string, readonly [set: string, path: string]> = {
  'a value that is not there': ['replicaCount=3', 'replicaCount'],
  'a typo one level down': ['crds.instal=true', 'instal'],
  'no replica': ['replicas=0', 'replicas'],
  'a name that no namespace has': ['watchNamespaces=["Web"]', 'watchNamespaces'],
  'a digest that is none': ['image.digest="latest"', 'digest'],
  'a privileged port, which a non-root process does not get': ['ports.metrics=80', 'metrics'],
  'authorities from two places': ['extraAuthorities={"configMapName":"a","secretName":"b"}', 'extraAuthorities'],
}

describe.skipIf(helm === '')('the chart', () => {
  test.each(Object.entries(accepted))('%s, passes lint --strict', async (_, sets) => {
    const flags = sets.flatMap((set) => ['--set-json', set])
    expect(await runHelm(helm, ['lint', '--strict', chart, ...flags])).toMatchObject({ code: 0 })
  })

  test.each(Object.entries(refused))('refuses %s', async (_, [set, path]) => {
    const { code, stderr } = await runHelm(helm, ['template', chart, '--set-json', set])
    expect({ code, names: stderr.includes(path), by: stderr.includes('schema') }).toEqual({
      code: 1,
      names: true,
      by: true,
    })
  })

  test('carries the definitions of crds/, and keeps them when it is uninstalled', async () => {
    const found = (await template(helm)).filter(({ kind }) => kind === 'CustomResourceDefinition')
    const written = readdirSync(crds).map((name) => parse(readFileSync(join(crds, name), 'utf8')) as Rendered)
    const specs = (objects: readonly Rendered[]) =>
      Object.fromEntries(objects.map(({ metadata, spec }) => [metadata.name, spec]))
    expect(specs(found)).toEqual(specs(written))
    expect(found.map(({ metadata }) => metadata.annotations?.['helm.sh/resource-policy'])).toEqual(
      found.map(() => 'keep'),
    )
  })

  test('leaves the definitions alone, or lets them go, where that is asked for', async () => {
    expect(kindsOf(await template(helm, ['crds.install=false']))).not.toContain('CustomResourceDefinition')
    const kept = (await template(helm, ['crds.keep=false'])).map(({ metadata }) => metadata.annotations)
    expect(kept.filter((annotations) => annotations?.['helm.sh/resource-policy'])).toEqual([])
  })

  test('reads secrets in the namespaces of organizations only, one at a time', async () => {
    const rights = rightsOf(await template(helm, ['organizationNamespaces=["security"]']))
    expect(rights.filter((right) => right.endsWith('secrets'))).toEqual(['security: get secrets'])
  })

  test('has no right over the whole cluster where namespaces are named', async () => {
    const objects = await template(helm, ['watchNamespaces=["web"]', 'rbac.aggregate=false'])
    expect(kindsOf(objects).filter((kind) => kind.startsWith('Cluster'))).toEqual([])
    expect(rightsOf(objects).filter((right) => right.endsWith('jirarolebindings'))).toEqual([
      'web: list,watch,patch jirarolebindings',
      'atlassian: list,watch,patch jirarolebindings',
    ])
    expect(podOf(objects).containers[0].args.slice(-4)).toEqual(['--namespace', 'web', '--namespace', 'atlassian'])
  })

  test('gives no right to every resource, and none to change a right', async () => {
    const rights = rightsOf(await template(helm))
    expect(rights.filter((right) => right.slice(3).includes('*') || /role(binding)?s$/.test(right))).toEqual([
      '*: list,watch,patch jirarolebindings',
    ])
  })

  test('meets the restricted level of pod security', async () => {
    const { securityContext, containers, volumes } = podOf(await template(helm))
    expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
    expect(containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(volumes.map(({ name }) => name)).toEqual(['tmp'])
  })

  test('takes a digest before a tag', async () => {
    const digest = `sha256:${'a'.repeat(64)}`
    const objects = await template(helm, ['image.tag="1"', `image.digest="${digest}"`])
    expect(podOf(objects).containers[0].image).toBe(`roster@${digest}`)
  })

  test('never calls the API server by way of the proxy', async () => {
    const { env } = podOf(await template(helm, accepted['behind a proxy with an authority of its own'])).containers[0]
    expect(env.filter(({ value }) => value !== undefined)).toEqual([
      { name: 'ROSTER_CA_FILE', value: '/etc/roster/authorities/ca.crt' },
      { name: 'HTTPS_PROXY', value: 'http://proxy:3128' },
      { name: 'NO_PROXY', value: '$(KUBERNETES_SERVICE_HOST),kubernetes.default.svc,internal.example' },
    ])
  })

  test('makes what is optional only where it is asked for', async () => {
    const optional = [
      'ConfigMap',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'PrometheusRule',
      'Service',
      'ServiceMonitor',
    ]
    const found = async (sets: readonly string[] = []) =>
      kindsOf(await template(helm, sets)).filter((kind) => optional.includes(kind))
    expect(await found()).toEqual(['PodDisruptionBudget', 'Service'])
    expect(await found(accepted['with everything optional on'])).toEqual(optional)
    expect(await found(accepted['with everything optional off'])).toEqual([])
  })
  test('gives the alerts and the dashboard on as they are in its files', async () => {
    const objects = await template(helm, ['prometheusRule.enabled=true', 'dashboard.enabled=true'])
    const found = (kind: string) => objects.find((each) => each.kind === kind)
    const file = (name: string) => readFileSync(join(chart, 'files', name), 'utf8')
    expect(found('PrometheusRule')).toMatchObject({
      spec: { groups: [{ rules: parse(file('alerts.yaml')) as unknown }] },
    })
    expect(found('ConfigMap')).toMatchObject({
      metadata: { labels: { grafana_dashboard: '1' } },
      data: { 'roster.json': file('dashboard.json') },
    })
  })
})
